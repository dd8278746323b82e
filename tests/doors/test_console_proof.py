"""The proof of one number: may it be texted, its blocks and ledger, what is done by hand, and the file."""

from __future__ import annotations

import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest

from tests.browser import proof_scene
from tests.console_visits import signed_in, text
from tests.consoles import Console

PHONE = 447700900227
PAGE = f"/opt-outs/{PHONE}/"
STOPPED = proof_scene.STOPPED
_codes = itertools.count(1)


def ledger(console: Console, workspace: int, **more: object) -> None:
    """An entry as a text makes it."""
    row = {
        "workspace_id": workspace,
        "phone": PHONE,
        "action": "reject",
        "category": "*",
        "source": "sms_reply",
        "identification": f"+{PHONE}",
        "message": "baby stop pls",
        "timestamp": datetime(2026, 11, 21, 14, 18, 9, tzinfo=UTC),
        "imported_timestamp": datetime(2026, 11, 21, 14, 18, 10, tzinfo=UTC),
    } | more
    columns = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    console.execute(f"INSERT INTO sayso.consents ({columns}) VALUES ({marks})", *row.values())


def text_of(markup: str) -> str:
    """The words of a part of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))


def heard(console: Console, workspace: int, line: int, body: str) -> int:
    """A text as the engine keeps it; its id."""
    query = (
        "INSERT INTO sayso.inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body, "
        "provider_at, received_at, outcome, because) VALUES (%s, sayso.new_id(), %s, %s, %s, '11221', %s, "
        "now(), now(), 'unsubscribe', %s) RETURNING id"
    )
    because = json.dumps([{"rule": "R4.7", "fact": "“stop” begins the text. It is an opt-out word."}])
    return int(console.execute(query, workspace, line, PHONE, f"+{PHONE}", body, because)[0][0])


@pytest.mark.rule("R6.7")
def test_the_page_says_what_explain_says(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, PHONE, since=datetime(2026, 11, 21, 14, 18, 9, tzinfo=UTC))
    page = text(signed_in(console.person((workspace, "analyst"))).get(PAGE))
    assert "Advertising: no" in page
    assert "Blocked for all advertising: “stop” is an opt-out word of “Stop” on 11221 / baby." in page
    assert "since 21-11-2026 14:18:09 · keyword" in page
    assert "Phone number is blacklisted by an opt-out keyword." in page
    assert "Transactional: yes" in page


@pytest.mark.rule("R6.4")
def test_categories_are_answered_apart_where_the_answers_differ(console: Console) -> None:
    workspace = console.workspace()
    for name, basis in (("events", "legitimate_interest"), ("news", "consent"), ("sales", "consent")):
        console.execute(
            "INSERT INTO sayso.categories (workspace_id, name, legal_basis) VALUES (%s, %s, %s)",
            workspace,
            name,
            basis,
        )
    page = text(signed_in(console.person((workspace, "owner"))).get(PAGE))
    assert "Advertising, events: yes" in page
    assert "Advertising, news and sales: no" in page
    assert "Nobody said yes to advertising: unknown is not yes." in page


@pytest.mark.rule("R6.1")
def test_lines_are_answered_apart_where_the_answers_differ(console: Console) -> None:
    workspace = console.workspace()
    baby = console.line(workspace, "11221", "shared_short_code", "baby")
    console.line(workspace, "447700900118")
    console.execute(
        "INSERT INTO sayso.consent_states VALUES (%s, %s, 0, '*', 'accept', now(), 'api')", workspace, PHONE
    )
    console.block(workspace, PHONE, scope="line", line_id=baby)
    page = text(signed_in(console.person((workspace, "owner"))).get(PAGE))
    assert "Advertising: depends on the line" in page
    assert "11221 / baby: no" in page
    assert "+44 7700 900118: yes" in page


@pytest.mark.rule("R5.5")
def test_blocks_and_ledger_stand_with_exact_times_and_the_text_that_did_it(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "11221", "shared_short_code", "baby")
    did_it = heard(console, workspace, line, "<b>baby</b> stop pls")
    console.block(workspace, PHONE, "baby stop", inbound_id=did_it)
    console.block(
        workspace, PHONE, "old words", scope="all", lifted_at=datetime.now(UTC), lifted_by="sms_reply"
    )
    ledger(console, workspace, category="events", inbound_id=did_it)
    answer = signed_in(console.person((workspace, "owner"))).get(PAGE)
    page = text(answer)
    assert "1 standing of 2" in page
    assert "&lt;b&gt;baby&lt;/b&gt; stop pls" in answer.content.decode()
    assert "+44 7700 900227 to 11221 / baby, received" in page
    assert "by a text of the number itself" in page
    for field in ("21-11-2026 14:18:09", "21-11-2026 14:18:10", "reject", "events", "sms_reply", "phone"):
        assert field in page


@pytest.mark.rule("R5.4", "R6.7")
def test_what_was_sent_after_the_stop_stands_with_its_moment_and_why_it_might_leave(console: Console) -> None:
    workspace = console.workspace()
    proof_scene.furnish(console, workspace)
    named = "INSERT INTO sayso.contacts (workspace_id, phone, attributes) VALUES (%s, %s, %s)"
    console.execute(named, workspace, PHONE, '{"first_name": "Dana", "last_name": "Brooks"}')
    moved = "INSERT INTO sayso.message_events (workspace_id, message_id, status, reason, detail, at) SELECT "
    moved += "workspace_id, id, 'deferred', 'failed_over', 'It leaves by connection 2 (Spare).', now() "
    console.execute(f"{moved} FROM sayso.messages WHERE body LIKE 'Your parcel comes%%'")
    answer = signed_in(console.person((workspace, "marketer"))).get(PAGE)
    page = text(answer)
    assert "Dana Brooks" in page
    assert "No advertising was sent since the stop of 21-11-2026 14:18:09." in page
    assert "1 confirmation and 1 transactional message were sent; the stop doesn’t reach those." in page
    assert "1 message was held back." in page
    rows = re.findall(
        r'<tr role="row">.*?</tr>', answer.content.decode().partition('id="said"')[2], re.DOTALL
    )
    parcel = text_of(next(row for row in rows if "Your parcel comes" in row))
    for words in ("23-11-2026 14:18:09", "Transactional message", "After a stop", "Sent 23-11-2026 14:18:10",
                  "no block of this line or of every message reaches it",
                  "leaves by connection 2 (Spare)"):  # fmt: skip
        assert words in parcel
    refused = text_of(next(row for row in rows if "Last chance" in row))
    for words in ("Advertising, promotions", "Held back", "Not sent", "blacklisted by an opt-out keyword"):
        assert words in refused
    before = text_of(next(row for row in rows if "Prams are 20% off" in row))
    assert "Delivered 20-11-2026 14:18:13" in before
    assert "After a stop" not in before
    assert "why do you still text me??" in page, "what they wrote stands among it"


@pytest.mark.rule("R5.4")
def test_advertising_that_was_asked_for_before_a_stop_and_left_after_it_is_never_hidden(
    console: Console,
) -> None:
    workspace = console.workspace()
    line = proof_scene.furnish(console, workspace)["line"]
    at = proof_scene.STOPPED - timedelta(minutes=3)
    late = (at, "advertising", "api", "promotions", "A race", "They agreed to promotions.")
    proof_scene.message(console, (workspace, line), late, ((0, "queued", ""), (200, "sent", "")))
    answer = signed_in(console.person((workspace, "owner"))).get(PAGE)
    assert "1 advertising message left since the stop of 21-11-2026 14:18:09." in text(answer)
    assert '<div class="why stop"><b>1 advertising message left' in answer.content.decode()


def test_texts_and_messages_go_on_by_cursor(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from sayso.console.opt_outs import views  # once Django is configured

    workspace = console.workspace()
    proof_scene.furnish(console, workspace)
    monkeypatch.setattr(views, "ENTRIES", 4)
    client = signed_in(console.person((workspace, "owner")))
    newest = client.get(PAGE)
    assert "Your parcel comes" in text(newest)
    assert "Prams are 20% off" not in text(newest)
    assert "No advertising was sent since the stop" in text(newest)
    older = re.search(r'href="\?(said_before=\d+)#said"', newest.content.decode())
    assert older
    last = text(client.get(f"{PAGE}?{older[1]}"))
    assert "Prams are 20% off" in last
    assert "Your parcel comes" not in last


def code_stop(console: Console, line: int, at: datetime) -> None:
    """A bare stop to the code of a line, as the engine keeps it."""
    console.execute(
        "INSERT INTO sayso.code_blocks SELECT inbound_number_id, %s, %s, 1 FROM sayso.lines WHERE id = %s",
        PHONE, at, line,
    )  # fmt: skip


def shared(console: Console) -> tuple[int, int, int]:
    """Two workspaces on one code, the first of which was told to stop: both, and the line of the second."""
    theirs, ours = console.workspace("Quiet Harbour"), console.workspace()
    code = f"7{next(_codes):04}"
    line = console.line(theirs, code, "shared_short_code", "harbour")
    console.execute(
        "INSERT INTO sayso.lines (workspace_id, inbound_number_id, provider_keyword) "
        "SELECT %s, inbound_number_id, 'baby' FROM sayso.lines WHERE id = %s",
        ours, line,
    )  # fmt: skip
    ((own, number),) = console.execute(
        "SELECT l.id, n.number FROM sayso.lines l JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id "
        "WHERE l.workspace_id = %s", ours,
    )  # fmt: skip
    console.block(theirs, PHONE, "stop all of it", since=STOPPED)
    code_stop(console, line, STOPPED)
    return ours, own, int(number)


def test_numbers_in_stored_sentences_are_grouped_and_quoted_words_are_not(console: Console) -> None:
    workspace = console.workspace()
    reason = "the text “stop, +12025550103” to +12025550143, not x+12025550143 or 00447700900118."
    console.block(workspace, PHONE, "stop, +12025550103", reason=reason)
    shown = "the text “stop, +12025550103” to +1 202 555 0143, not x+12025550143 or 00447700900118."
    client = signed_in(console.person((workspace, "owner")))
    assert text(client.get(PAGE)).count(shown) == 2  # beside the block, and in the answer
    assert shown in text(client.get("/opt-outs/"))
    assert reason in client.get(f"{PAGE}proof.json").content.decode()


@pytest.mark.rule("R3.3")
def test_a_stop_that_only_a_shared_code_tells_of_opens_the_proof_too(console: Console) -> None:
    ours, line, code = shared(console)
    parcel = (STOPPED + timedelta(hours=1), "transactional", "api", "", "Your parcel comes.", "It may.")
    proof_scene.message(console, (ours, line), parcel, ((1, "sent", ""),))
    client = signed_in(console.person((ours, "owner")))
    page = text(client.get(PAGE))
    assert (
        f"No advertising was sent since the stop of 21-11-2026 14:18:09. The number said stop to the shared "
        f"code {code} without naming a sender: no advertising goes out from that code until the number "
        "itself texts START or YES to it. 1 transactional message was sent; the stop doesn’t reach that."
    ) in page
    assert "No block of its own: the stop stands on the shared code." in page
    for theirs in ("Quiet Harbour", "harbour", "stop all of it"):
        assert theirs not in page
    assert "After a stop" in page
    proof = client.get(f"{PAGE}proof.json").json()
    assert proof["since_the_stop"]["on_shared_code"] == str(code)
    assert proof["since_the_stop"]["stopped_at"] == "2026-11-21T14:18:09+00:00"
    assert f"said stop to the shared code {code}" in client.get(f"{PAGE}proof.txt").content.decode()


@pytest.mark.rule("R3.3")
def test_advertising_from_elsewhere_is_counted_and_the_code_named(console: Console) -> None:
    ours, _, code = shared(console)
    other = console.line(ours, "447700900118")
    offer = (STOPPED + timedelta(hours=1), "advertising", "api", "news", "Prams.", "They agreed to news.")
    proof_scene.message(console, (ours, other), offer, ((1, "sent", ""),))
    page = text(signed_in(console.person((ours, "owner"))).get(PAGE))
    assert "1 advertising message left since the stop of 21-11-2026 14:18:09." in page
    assert f"to the shared code {code} without naming a sender" in page
    assert "After a stop" not in page


@pytest.mark.rule("R3.3")
def test_a_code_stop_that_is_over_or_on_nobodys_code_here_is_not_spoken_of(console: Console) -> None:
    ours, line, _ = shared(console)
    client = signed_in(console.person((ours, "owner")))
    said_yes = "INSERT INTO sayso.consent_states VALUES (%s, %s, 0, '*', 'accept', %s, 'sms_reply')"
    console.execute(said_yes, ours, PHONE, STOPPED + timedelta(hours=1))
    assert "since the stop" not in text(client.get(PAGE))
    stranger = console.workspace("Stranger")
    assert "since the stop" not in text(signed_in(console.person((stranger, "owner"))).get(PAGE))
    console.block(ours, PHONE, scope="line", line_id=line, since=STOPPED + timedelta(hours=2))
    page = text(client.get(PAGE))
    assert "No advertising was sent since the stop of 21-11-2026 16:18:09." in page
    assert "without naming a sender" not in page


@pytest.mark.rule("R2.1")
def test_who_may_open_and_who_may_act(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, PHONE)
    agent, analyst = (signed_in(console.person((workspace, role))) for role in ("agent", "analyst"))
    for path in ("/opt-outs/", PAGE, f"{PAGE}proof.json", "/opt-outs/block/", f"{PAGE}back/"):
        assert agent.get(path).status_code == HTTPStatus.FORBIDDEN
    assert "Record a yes" not in text(analyst.get(PAGE))
    assert analyst.get(f"{PAGE}proof.json").status_code == HTTPStatus.OK
    assert analyst.get("/opt-outs/block/").status_code == HTTPStatus.FORBIDDEN
    assert analyst.post(f"{PAGE}back/", {"category": "*"}).status_code == HTTPStatus.FORBIDDEN
    for role in ("owner", "admin", "compliance_owner"):
        assert "Record a yes" in text(signed_in(console.person((workspace, role))).get(PAGE))


@pytest.mark.rule("R6.1", "R2.4")
def test_a_number_is_blocked_by_hand_with_a_reason_and_a_name(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "compliance_owner"), name="Imke Vos"))
    said = {"phone": "07700 900227", "scope": "all", "reason": "Told Jo on the telephone."}
    answer = client.post("/opt-outs/block/", said, follow=True)
    page = text(answer)
    assert answer.redirect_chain == [(PAGE, HTTPStatus.SEE_OTHER)]
    assert "+44 7700 900227 is blocked for everything." in page
    assert "Told Jo on the telephone." in page
    assert "Stopped by Imke Vos" in page
    assert "Transactional: no" in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"phone": "stop", "scope": "channel", "reason": "x"}, "This is no phone number."),
        ({"phone": "+447700900227", "scope": "channel", "reason": ""}, "Fill this in: it is needed."),
        ({"phone": "+447700900227", "scope": "everywhere", "reason": "x"}, "What was chosen here is gone."),
        ({"phone": "+447700900227", "scope": "line", "reason": "x"}, "Name the line with the scope line"),
    ],
)
def test_what_cannot_be_blocked_is_said_beside_its_field(
    console: Console, said: dict[str, str], sentence: str
) -> None:
    workspace = console.workspace()
    console.line(workspace, "447700900118")
    answer = signed_in(console.person((workspace, "owner"))).post("/opt-outs/block/", said)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in text(answer)


@pytest.mark.rule("R6.5")
def test_a_yes_with_evidence_lifts_and_says_who_did_it(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, PHONE, source="console")
    client = signed_in(console.person((workspace, "owner"), name="Nora Ilves"))
    said = {
        "category": "*",
        "method": "Store form",
        "at": "2026-11-22T09:30:00",
        "wording": "Text me offers.",
    }
    page = text(client.post(f"{PAGE}back/", said, follow=True))
    assert "Recorded, and lifted what stood against it." in page
    assert "0 standing of 1" in page
    assert "by Nora Ilves" in page
    assert "Store form" in page
    assert "22-11-2026 09:30:00" in page
    assert "Advertising: yes" in page


@pytest.mark.rule("R6.5")
def test_a_yes_without_its_wording_stays_pending(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, PHONE)
    client = signed_in(console.person((workspace, "owner")))
    page = text(client.post(f"{PAGE}back/", {"category": "*", "method": "A call"}, follow=True))
    assert "Recorded as pending: nothing is lifted yet." in page
    assert "1 standing of 1" in page
    assert "pending" in page


@pytest.mark.parametrize("kind", ["json", "txt"])
def test_the_proof_is_a_file(console: Console, kind: str) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "11221", "shared_short_code", "baby")
    did_it = heard(console, workspace, line, "baby stop pls\nBLOCKS (0)")
    console.block(workspace, PHONE, "baby stop pls\nBLOCKS (0)", inbound_id=did_it)
    ledger(console, workspace, inbound_id=did_it)
    answer = signed_in(console.person((workspace, "analyst"))).get(f"{PAGE}proof.{kind}")
    assert f'attachment; filename="proof-{PHONE}-' in answer["Content-Disposition"]
    body = answer.content.decode()
    assert "It carries no chain of hashes" in body
    if kind == "json":
        proof = json.loads(body)
        assert proof["blocks"][0]["text_id"] == str(did_it)
        assert proof["texts"][0]["body"] == "baby stop pls\nBLOCKS (0)"
        assert proof["ledger"][0]["timestamp"] == "2026-11-21T14:18:09+00:00"
        assert proof["said_and_sent"][0]["words"] == "baby stop pls\nBLOCKS (0)"
        assert proof["since_the_stop"]["messages"] == []
        assert proof["complete"] is True
    else:
        assert "\nBLOCKS (0)" not in body
        assert "Advertising: no." in body
        assert "No advertising was sent since the stop of 21-11-2026" in body
        assert "the number, to 11221 / baby: Text" in body


@pytest.mark.parametrize("key", ["12", "-5", "9" * 19, "0"])
def test_a_key_that_is_no_number_is_not_found(console: Console, key: str) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    assert client.get(f"/opt-outs/{key}/").status_code == HTTPStatus.NOT_FOUND


def test_another_workspaces_number_is_known_to_nobody_else(console: Console) -> None:
    console.block(console.workspace(), PHONE, "somebody else’s words")
    workspace = console.workspace()
    page = text(signed_in(console.person((workspace, "owner"))).get(PAGE))
    assert "somebody else" not in page
    assert "No block, and none ever." in page


def test_a_sender_that_is_no_number_has_a_proof_too(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, -77, "stop", written="INFO")
    page = text(signed_in(console.person((workspace, "owner"))).get("/opt-outs/-77/"))
    assert "INFO" in page
    assert "Record a yes" not in page


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ({"scope": "all"}, "two"),
        ({"source": "term"}, "three"),
        ({"from": "2026-11-23"}, "three"),
        ({"to": "2026-11-22"}, "two"),
        ({"scope": "all", "to": "2026-11-22"}, "two"),
    ],
)
def test_filters_by_scope_source_and_date(console: Console, asked: dict[str, str], seen: str) -> None:
    workspace = console.workspace()
    console.block(workspace, PHONE, "two", scope="all", since=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    console.block(workspace, PHONE, "three", source="term", since=datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
    page = text(signed_in(console.person((workspace, "owner"))).get("/opt-outs/", asked))
    assert [word for word in ("two", "three") if f" {word} " in page] == [seen]
    assert "1 opt-out" in page


def test_filters_that_mean_nothing_are_left_out(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, PHONE, "the one")
    client = signed_in(console.person((workspace, "owner")))
    for asked in ({"scope": "x"}, {"source": "\x00"}, {"from": "yesterday"}, {"to": "9999-99-99"}):
        assert "the one" in text(client.get("/opt-outs/", asked))


def test_htmx_gets_the_part_alone(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, PHONE)
    page = signed_in(console.person((workspace, "owner"))).get(PAGE, headers={"HX-Request": "true"})
    assert page.content.decode().startswith('<div id="proof"')
