"""Opt-outs and their proof, replay and country rules, as people meet them in a browser."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import proof_scene
from tests.browser.looking import by_keyboard, complaining, faults
from tests.browser.people import enter
from tests.consoles import Console, Person

PROOF = f"/opt-outs/{proof_scene.PHONE}/"


@pytest.fixture
def imke(console: Console) -> Person:
    """A compliance owner of a workspace with a past."""
    workspace = console.workspace()
    proof_scene.furnish(console, workspace)
    return console.person((workspace, "compliance_owner"), name="Imke Vos")


@pytest.mark.rule("R14.2")
def test_what_a_compliance_owner_alone_sees_is_accessible_and_fits(
    page: Page, address: str, imke: Person
) -> None:
    enter(page, address, imke)
    page.goto(f"{address}/countries/DE/allow/")
    found = faults(page, "allowing a country")
    _replay(page, address)
    assert found + faults(page, "the result of a replay") == []


@pytest.mark.rule("R14.4", "R4.13")
def test_a_compliance_owner_replays_last_month_and_sees_who_would_change_state(
    page: Page, address: str, imke: Person, tmp_path: Path
) -> None:
    """By keyboard alone, before anything is saved."""
    enter(page, address, imke)
    page.goto(f"{address}/replay/")
    by_keyboard(page, "Match mode of its own keywords")
    page.keyboard.type("contains")
    by_keyboard(page, "Replay")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("3 people would be stopped who are not now")
    table = page.get_by_role("region", name="Texts that would be read differently")
    expect(table.get_by_text("jetzt ist es aber genug")).to_be_visible()
    row = table.get_by_role("row").filter(has_text="+44 7700 900402")
    for words in ("ich habe genug von euch", "Waits in the inbox", "Opts out", "genug", "stands in the text"):
        expect(row).to_contain_text(words)
    with page.expect_download() as saving:
        page.get_by_role("link", name="Download CSV").click()
    saving.value.save_as(tmp_path / "changes.csv")
    with (tmp_path / "changes.csv").open(encoding="utf-8-sig", newline="") as opened:
        assert {found["wanted"] for found in csv.DictReader(opened)} == {"unsubscribe"}
    by_keyboard(page, "Take it to the process")
    page.keyboard.press("Enter")
    expect(page.locator("[name=match_mode][value=contains]")).to_be_checked()


def test_a_replay_of_a_file_goes_on_by_itself(
    page: Page, address: str, imke: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sayso.console.replay import runs

    monkeypatch.setattr(runs, "STEP_SECONDS", 0.0)
    file = tmp_path / "texts.csv"
    file.write_text("text,from\n" + "".join(f"es ist genug,+4477009{n:05}\n" for n in range(3_000)))
    enter(page, address, imke)
    page.goto(f"{address}/replay/")
    page.get_by_label("Match mode of its own keywords").select_option("contains")
    page.get_by_label("A file").check()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("status").first).to_contain_text("Of 3000 texts, 3000 would be read differently.")


def test_a_replay_works_without_scripting(browser: Browser, address: str, imke: Person) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        enter(page, address, imke)
        _replay(page, address)


@pytest.mark.rule("R5.5", "R6.5")
def test_the_proof_of_one_number_by_keyboard(page: Page, address: str, imke: Person) -> None:
    """From the list to the number, why it may not be texted, its ledger, and the way back."""
    enter(page, address, imke)
    page.goto(f"{address}/opt-outs/")
    by_keyboard(page, "+44 7700 900227")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="+44 7700 900227")).to_be_visible()
    expect(page.locator(".why").first).to_contain_text("No advertising was sent since the stop of 21-11-2026")
    expect(page.locator(".verdicts .why.stop")).to_contain_text("Advertising: no")
    expect(page.locator(".verdicts .why.go")).to_contain_text("Transactional: yes")
    expect(page.locator(".proofs .said").first).to_have_text(proof_scene.SAID)
    by_keyboard(page, "Texts and messages, newest first")
    said = page.get_by_role("region", name="Texts and messages, newest first")
    expect(said.get_by_role("row").filter(has_text="Last chance")).to_contain_text("Held back")
    ledger = page.get_by_role("region", name="Consent ledger, newest first")
    expect(ledger.get_by_role("row").nth(1)).to_contain_text("21-11-2026 14:18:09")
    page.locator("main").focus()
    by_keyboard(page, "Record a yes")
    page.keyboard.press("Enter")
    page.wait_for_url("**/back/")
    by_keyboard(page, "How")
    page.keyboard.type("Told Jo in the store")
    by_keyboard(page, "The words they agreed to")
    page.keyboard.type("Text me offers.")
    by_keyboard(page, "Record")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Recorded as pending")).to_be_visible()
    expect(ledger.get_by_role("row").nth(1)).to_contain_text("Imke Vos")


def test_the_proof_without_scripting_and_as_a_file(browser: Browser, address: str, imke: Person) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        enter(page, address, imke)
        page.goto(f"{address}/opt-outs/?number=07700900227")
        page.get_by_role("link", name="+44 7700 900227").click()
        expect(page.get_by_text("Advertising: no")).to_be_visible()
        with page.expect_download() as saving:
            page.get_by_role("link", name="Proof as text").click()
        assert saving.value.suggested_filename.startswith(f"proof-{proof_scene.PHONE}-")


@pytest.mark.rule("R6.1")
def test_a_block_by_hand_shows_itself_to_a_colleague_at_once(page: Page, address: str, imke: Person) -> None:
    with page.expect_response(lambda answer: "/live/" in answer.url):
        enter(page, address, imke)
        page.goto(f"{address}/opt-outs/")
    expect(page.locator("#count")).to_have_text("1 opt-out")
    other = page.context.new_page()
    other.goto(f"{address}/opt-outs/block/")
    other.get_by_label("Number", exact=True).fill("+44 7700 900600")
    other.get_by_label("Reason").fill("Told us on the telephone.")
    other.get_by_role("button", name="Block").click()
    expect(other.get_by_text("+44 7700 900600 is blocked for all advertising.")).to_be_visible()
    expect(page.locator("#results")).to_contain_text("+44 7700 900600")
    expect(page.locator("#count")).to_have_text("2 opt-outs")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_proof_is_printed_without_the_frame_and_black_on_white(
    page: Page, console: Console, address: str, imke: Person, theme: str
) -> None:
    console.execute("UPDATE console.accounts_user SET theme = %s WHERE id = %s", theme, imke.id)
    enter(page, address, imke)
    page.set_viewport_size({"width": 700, "height": 990})  # what A4 leaves between its margins
    page.goto(address + PROOF)
    frame = page.locator(".rail, .topbar, .tabbar, .crumb, .actions, .btn, button, #toast, #dialog")
    made = page.get_by_text("Made ", exact=False).first
    expect(page.locator(".tabbar")).to_be_visible()
    expect(made).to_be_hidden()
    page.emulate_media(media="print")
    assert [one for one in frame.all() if one.is_visible()] == []
    expect(page.get_by_role("heading", level=1)).to_have_text("Proof for +44 7700 900227, Little Fern")
    expect(made).to_have_text(re.compile(r"^Made \d\d-\d\d-\d{4} \d\d:\d\d:\d\d\."))
    for words in (
        "No advertising was sent since the stop",
        proof_scene.SAID,
        "Your parcel comes",
        "sms_reply",
    ):
        expect(page.locator("#proof").get_by_text(words).first).to_be_visible()
    seen = "one => { const is = getComputedStyle(one); return [is.color, is.backgroundColor]; }"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    for part in ("body", ".lede", ".why b", ".panel", ".panel td", ".said.out", ".pill.stop"):
        color, ground = page.locator(part).first.evaluate(seen)
        assert color == "rgb(0, 0, 0)", part
        assert ground in {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}, part
    kept = "all => all.map(one => getComputedStyle(one).breakInside)"
    assert set(page.locator("main tbody tr, main .proofs > li").evaluate_all(kept)) == {"avoid"}
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def _replay(page: Page, address: str) -> None:
    page.goto(f"{address}/replay/")
    page.get_by_label("Match mode of its own keywords").select_option("contains")
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("status").first).to_contain_text("3 people would be stopped")
