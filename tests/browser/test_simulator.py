"""Telephones in the browser, on a real `sayso serve`: what they send, what comes back, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from sayso.cli.demo_client import Client
from tests.browser.looking import complaining
from tests.browser.people import sign_in
from tests.consoles import PASSWORD, Person
from tests.journeys.shop import GOODBYE, Shop, open_shop
from tests.running import Sayso, serving

# The engine decides, the carrier delivers, the receipt comes back and the page asks again.
SOON = 15_000


@dataclass(frozen=True)
class Stage:
    """A running Sayso with a shop of its own workspace, and who is what there."""

    sayso: Sayso
    shop: Shop
    workspace: int
    people: dict[str, Person]


@pytest.fixture(scope="module")
def sayso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sayso]:
    with serving(tmp_path_factory.mktemp("telephones"), SAYSO_PASSWORD=PASSWORD) as running:
        yield running


@pytest.fixture
def stage(sayso: Sayso, request: pytest.FixtureRequest) -> Stage:
    """A workspace, its shop and its people, for one test alone."""
    workspace = int(sayso.command("workspace", "create", "Fern & Co", "--country", "US")["id"])
    client: Client = sayso.client(workspace)
    shop = open_shop(sayso, client)
    people = {}
    for role in ("owner", *getattr(request, "param", ())):
        email = f"{role}{workspace}@fern.example"
        made = sayso.command("user", "create", email, "--workspace", str(workspace), "--role", role)
        people[role] = Person(int(made.get("id", 0)), email)
    return Stage(sayso, shop, workspace, people)


def at_the_telephones(page: Page, stage: Stage) -> None:
    sign_in(page, stage.sayso.url, stage.people["owner"])
    page.goto(f"{stage.sayso.url}/simulator/")
    expect(page.get_by_role("heading", name="Simulator")).to_be_visible()


def text(page: Page, who: str, body: str) -> None:
    page.get_by_label(f"Text from {who}").fill(body)
    page.get_by_role("button", name=f"Send from {who}").click()


def unloaded(page: Page) -> None:
    """The page is still the one that was opened."""
    expect(page.locator("h1")).to_have_attribute("data-kept", "yes")


@pytest.mark.rule("R15.1", "R6.1")
def test_stop_from_a_telephone_is_seen_at_once_everywhere(browser: Browser, stage: Stage) -> None:
    """The confirmation on the telephone, the decision with its reasons, the block under Opt-outs."""
    with complaining(browser) as page:
        at_the_telephones(page, stage)
        page.locator("h1").evaluate("heading => heading.dataset.kept = 'yes'")
        other = page.context.new_page()
        other.goto(f"{stage.sayso.url}/opt-outs/")
        expect(other.get_by_text("Nobody has asked to stop.")).to_be_visible()
        text(page, "Ada", "šťóp")
        ada = page.get_by_role("log", name="Texts on Ada’s telephone")
        expect(ada.locator(".said.ours")).to_have_text("šťóp", timeout=SOON)
        expect(ada.locator(".said").last).to_have_text(GOODBYE, timeout=SOON)
        expect(ada.locator(".said-meta").first).to_contain_text("blocked after", timeout=SOON)
        scene = page.locator("#scenes li").first
        expect(scene).to_contain_text("Opt-out")
        expect(scene).to_contain_text("Ada is blocked for all advertising")
        expect(scene).to_contain_text("The confirmation was delivered.", timeout=SOON)
        expect(scene.locator(".why")).to_contain_text("stop")
        expect(page.get_by_label("Text from Ada")).to_be_focused()
        expect(page.get_by_label("Text from Ada")).to_have_value("")
        unloaded(page)
        other.reload()
        expect(other.get_by_role("rowheader")).to_have_count(1)
        expect(other.get_by_role("main")).to_contain_text("šťóp")
    (entry, *_) = stage.shop.client.get(f"/api/v1/consents?phone=%2B{_key(stage)}")["items"]
    assert (entry["action"], entry["source"]) == ("reject", "sms_reply")


def _key(stage: Stage) -> int:
    from sayso.core.fiction import telephones

    return telephones(stage.workspace, "US")[0].key
