"""An inbox worth looking at: questions, a picture, somebody who stopped and asks, somebody who stopped."""

from __future__ import annotations

from tests.consoles import Console
from tests.conversing import AMIRA, Shop

PAGES = (
    ("inbox", "/inbox/"),
    ("inbox-talk", "/inbox/{asked}/"),
    ("inbox-about", "/inbox/{asked}/about/"),
    ("inbox-blocked", "/inbox/{blocked}/"),
    ("inbox-silent", "/inbox/{silent}/"),
    ("inbox-all", "/inbox/?show=all"),
    ("inbox-mine", "/inbox/?show=mine"),
    ("inbox-stopped", "/inbox/stopped/"),
    ("inbox-stop", "/inbox/stopped/{stop}/"),
    ("inbox-event", "/inbox/event/"),
    ("inbox-canned", "/inbox/canned/"),
    ("inbox-canned-new", "/inbox/canned/new/"),
)
STOPS = (
    ("+491713920071", "STOP!!"),
    ("+12025550143", "Arrêt"),
    ("+447700900502", "stop"),
    ("+447700900227", "stop pls"),
)
OTHERS = (
    ("+441632960844", "Danke, hat geklappt 👍", "Jonas Weber"),
    ("+33639981244", "Oui", ""),
    ("+972525550188", "האם העגלה האפורה חוזרת לפני חג המולד?", "נועה לוי"),
    ("+447700900641", "please dont stop the vouchers!!", ""),
    (
        "+447700900733",
        "Ask: can I bring my own car seat? It is old, but has all of its straps.",
        "Léa Marchand",
    ),
    ("+491713920044", "Do you deliver to Potsdam", ""),
)
SENT = (
    "INSERT INTO sayso.messages (workspace_id, phone, recipient, connection_id, line_id, sender, class, "
    "purpose, category, body, encoding, parts, id) SELECT %s, %s, 'x', 1, %s, 'x', 'advertising', 'api', "
    "'promotions', %s, 'GSM-7', 1, sayso.id_at(now() - interval '20 hours') RETURNING id"
)
WORDS = "Hi Amira, prams are 20% off until Sunday: frn.li/a8Kq2\nReply STOP to end"
PICTURE = '[{"url": "https://pics.example/1.jpg", "content_type": "image/jpeg"}]'


def furnish(console: Console, workspace_id: int) -> dict[str, int]:
    """Conversations and opt-outs; ids of some of them."""
    shop = Shop(console, workspace=workspace_id)
    for name in ("promotions", "events"):
        console.category(workspace_id, name)
    for name, body in (("Open", "We are open till 18:00."), ("Thanks", "Thank you, we are on it.")):
        canned = "INSERT INTO sayso.canned_replies (workspace_id, name, body) VALUES (%s, %s, %s)"
        shop.rows(canned, workspace_id, name, body)
    stop = [shop.texts(said, sender=who) for who, said in STOPS][-1]
    for number, said, name in OTHERS:
        if name:
            shop.contact(int(number), name=name)
        shop.texts(said, sender=number)
    return {"stop": stop, **_asking(shop)}


def _asking(shop: Shop) -> dict[str, int]:
    """Somebody who answers a campaign, somebody who stopped and asks, somebody who asked and stopped."""
    shop.contact(int(AMIRA), name="Amira Haddad")
    ((message,),) = shop.rows(SENT, shop.workspace, int(AMIRA), shop.line, WORDS)
    delivered = "INSERT INTO sayso.outcomes VALUES (%s, %s, 'delivered', '', 133, now())"
    shop.rows(delivered, shop.workspace, message)
    texted = "INSERT INTO sayso.last_texted VALUES (%s, %s, %s, NULL, %s, false, now())"
    shop.rows(texted, shop.workspace, int(AMIRA), shop.line, message)
    blocked = shop.texts("stop", "But one question: do you repair prams?", sender="+447700900319")
    silent = shop.texts("Do you repair prams?", "stop", sender="+447700900320")
    asked = shop.texts("Hi! Do you still have the Hazel pram in grey? The site says sold out")
    shop.texts("It looks like this", media=PICTURE)
    shop.texts("Is the grey pram back before Christmas?")
    label = "INSERT INTO sayso.conversation_labels VALUES (%s, %s, %s, 'prams', 'prams')"
    shop.rows(label, shop.workspace, int(AMIRA), shop.line)
    return {"blocked": blocked, "silent": silent, "asked": asked}
