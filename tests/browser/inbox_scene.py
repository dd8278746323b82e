"""An inbox worth looking at: `python -m tests.browser.inbox_scene` takes its pictures into `.screens/`."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.people import sign_in
from tests.browser.serving import chromium, served
from tests.consoles import Console
from tests.conversing import AMIRA, Shop

FOLDER = Path(".screens")
WIDTHS = {1440: 900, 1024: 768, 390: 844}
OTHERS = (
    ("+441632960844", "Danke, hat geklappt 👍", "Jonas Weber"),
    ("+33639981244", "Oui", ""),
    ("+972525550188", "האם העגלה האפורה חוזרת לפני חג המולד?", "נועה לוי"),
    ("+447700900641", "please dont stop the vouchers!!", ""),
    (
        "+447700900733",
        "Ask: can I bring my own car seat? It is an old one, but it still has all of its straps.",
        "Léa Marchand",
    ),
    ("+491713920044", "Do you deliver to Potsdam", ""),
)
SENT = (
    "INSERT INTO sayso.messages (workspace_id, phone, recipient, connection_id, line_id, sender, class, "
    "purpose, category, body, encoding, parts, id) SELECT %s, %s, 'x', 1, %s, 'x', 'advertising', 'api', "
    "'promotions', %s, 'GSM-7', 1, sayso.id_at(now() - interval '20 hours') RETURNING id"
)


def furnish(console: Console) -> tuple[Shop, dict[str, str]]:
    """A shop with conversations; its pages by name."""
    shop = Shop(console)
    shop.rows(
        "INSERT INTO sayso.categories (workspace_id, name) VALUES (%s, 'promotions'), (%s, 'events')",
        shop.workspace, shop.workspace,
    )  # fmt: skip
    stops = [shop.texts(said, sender=who) for who, said in (
        ("+447700900227", "stop pls"), ("+491713920071", "STOP!!"), ("+12025550143", "Arrêt"), ("+447700900502", "stop"),
    )]  # fmt: skip
    for number, said, name in OTHERS:
        if name:
            shop.contact(int(number), name=name)
        shop.texts(said, sender=number)
    shop.contact(int(AMIRA), name="Amira Haddad")
    words = "Hi Amira, prams are 20% off until Sunday: frn.li/a8Kq2\nReply STOP to end"
    ((message,),) = shop.rows(SENT, shop.workspace, int(AMIRA), shop.line, words)
    shop.rows(
        "INSERT INTO sayso.outcomes VALUES (%s, %s, 'delivered', '', 133, now())", shop.workspace, message
    )
    shop.rows(
        "INSERT INTO sayso.last_texted VALUES (%s, %s, %s, NULL, %s, false, now())",
        shop.workspace, int(AMIRA), shop.line, message,
    )  # fmt: skip
    blocked = shop.texts("stop", "But one question: do you repair prams?", sender="+447700900319")
    silent = shop.texts("Do you repair prams?", "stop", sender="+447700900320")
    media = '[{"url": "https://pics.example/1.jpg", "content_type": "image/jpeg"}]'
    asked = shop.texts("Hi! Do you still have the Hazel pram in grey? The site says sold out")
    shop.texts("It looks like this", media=media)
    shop.texts("Is the grey pram back before Christmas?")
    pages = {
        "inbox": "", "inbox-talk": f"{asked}/", "inbox-blocked": f"{blocked}/", "inbox-silent": f"{silent}/",
        "inbox-about": f"{asked}/about/", "inbox-stopped": "stopped/", "inbox-stop": f"stopped/{stops[0]}/",
        "inbox-event": "event/", "inbox-canned": "canned/", "inbox-canned-new": "canned/new/", "inbox-mine": "?show=mine",
    }  # fmt: skip
    return shop, pages


def take(console: Console, browser: Browser) -> int:
    """Take every picture; answer how many."""
    shop, pages = furnish(console)
    with served(console) as url:
        for (width, height), theme in product(WIDTHS.items(), ("light", "dark")):
            size = {"width": width, "height": height}
            page = browser.new_context(viewport=size, color_scheme=theme).new_page()  # type: ignore[arg-type]
            sign_in(page, url, shop.agent)
            if (width, theme) == (1440, "light"):
                for name, words in (
                    ("Open", "We are open till 18:00."),
                    ("Thanks", "Thank you, we are on it."),
                ):
                    page.goto(f"{url}/inbox/canned/new/")
                    page.get_by_label("Name").fill(name)
                    page.get_by_label("Text").fill(words)
                    page.get_by_role("button", name="Save").click()
                page.goto(f"{url}/inbox/{pages['inbox-talk']}")
                page.get_by_label("Reply to").fill("Hello Amira, the grey one is on its way.")
                page.get_by_role("button", name="Send reply").click()
                page.get_by_label("New label").fill("prams")
                page.keyboard.press("Enter")
                page.get_by_role("button", name="Remove label prams").wait_for()
                shop.texts("Yes please 🙏")
            for name, path in pages.items():
                page.goto(f"{url}/inbox/{path}")
                page.evaluate("document.querySelector('[data-toast]')?.remove()")
                page.screenshot(path=FOLDER / f"{name}-{width}-{theme}.png")
            page.goto(f"{url}/inbox/{pages['inbox-talk']}")
            page.get_by_label("Reply to").fill("Yes, we expect it on 4 December. We’ll text you.")
            page.get_by_text("Canned replies").click()
            page.locator(".parts .glyph").wait_for()
            page.screenshot(path=FOLDER / f"inbox-writing-{width}-{theme}.png")
            page.context.close()
    return (len(pages) + 1) * len(WIDTHS) * 2


def test_pictures(console: Console) -> None:
    """Not in the suite: run by the command above, for eyes."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        sys.stdout.write(f"{take(console, browser)} pictures in {FOLDER}/\n")


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-s", "-o", "timeout=600"]))
