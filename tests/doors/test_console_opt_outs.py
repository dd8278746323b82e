"""The opt-outs page: what it shows, of whom, in which words."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest

from tests.console_visits import signed_in, text
from tests.consoles import Console


@pytest.mark.parametrize("before", ["", "x", "-5", "9" * 25, "1;DROP", "²"])
def test_a_broken_cursor_starts_at_the_newest(console: Console, before: str) -> None:
    workspace = console.workspace()
    console.block(workspace, 447700900227, "stop here")
    client = signed_in(console.person((workspace, "owner")))
    assert "stop here" in text(client.get("/opt-outs/", {"before": before}))


@pytest.mark.parametrize(
    "typed",
    [
        "+44 7700 900227",
        "0044 7700 900227",
        "447700900227",
        "07700 900 227",
        "tel:+447700900227",
        "+44 (0)7700 900-227",
    ],
)
def test_a_number_is_found_in_every_spelling(console: Console, typed: str) -> None:
    workspace = console.workspace()
    console.block(workspace, 447700900227, "the one")
    console.block(workspace, 447700900228, "another")
    page = text(signed_in(console.person((workspace, "owner"))).get("/opt-outs/", {"number": typed}))
    assert "the one" in page
    assert "another" not in page


@pytest.mark.parametrize("typed", ["stop", "\x00", "<b>x</b>", "9" * 60, "+44 7700 900999"])
def test_what_is_not_found_is_said(console: Console, typed: str) -> None:
    workspace = console.workspace()
    console.block(workspace, 447700900227, "the one")
    answer = signed_in(console.person((workspace, "owner"))).get("/opt-outs/", {"number": typed})
    assert answer.status_code == HTTPStatus.OK
    assert "Clear filter" in text(answer)
    assert "<b>x</b>" not in answer.content.decode()


def test_a_number_without_an_opt_out_leads_to_its_proof_all_the_same(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    answer = client.get("/opt-outs/", {"number": "07700 900999"})
    assert "No opt-out of +44 7700 900999" in text(answer)
    assert 'href="/opt-outs/447700900999/"' in answer.content.decode()
    unread = text(client.get("/opt-outs/", {"number": "77"}))
    assert "That is no whole number" in unread


def test_pages_of_fifty_by_cursor(console: Console) -> None:
    workspace = console.workspace()
    for number in range(52):
        console.block(workspace, 447700900000 + number, f"stop number {number}.")
    client = signed_in(console.person((workspace, "owner")))
    newest = client.get("/opt-outs/")
    assert "1–50 of 52" in text(newest)
    assert "stop number 51." in text(newest)
    assert "stop number 1." not in text(newest)
    older = re.search(r'href="(/opt-outs/\?before=\d+)"', newest.content.decode())
    assert older
    last = text(client.get(older[1]))
    assert "51–52 of 52" in last
    assert "stop number 0." in last


def test_lifted_blocks_are_not_shown(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, 447700900227, "came back", lifted_at="2026-11-22", lifted_by="keyword")
    page = text(signed_in(console.person((workspace, "owner"))).get("/opt-outs/"))
    assert "Nobody has asked to stop." in page


@pytest.mark.rule("R6.1")
def test_every_scope_is_said_in_words(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, "11221", "shared_short_code", "baby")
    own = console.line(workspace, "447700900118")
    console.block(workspace, 447700900001)
    console.block(workspace, 447700900002, scope="line", line_id=line)
    console.block(workspace, 447700900003, scope="line_transactional", line_id=own)
    console.block(workspace, 447700900004, scope="category", category="events")
    console.block(workspace, 447700900005, scope="all")
    page = text(signed_in(console.person((workspace, "owner"))).get("/opt-outs/"))
    for words in (
        "All advertising",
        "Advertising from 11221 / baby",
        "Transactional texts from +44 7700 900118",
        "The category “events”",
        "Everything, transactional texts too",
    ):
        assert words in page


def test_what_people_wrote_is_shown_word_for_word(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, 447700900001, "<script>alert('stop')</script>\n&amp; stop")
    page = signed_in(console.person((workspace, "owner"))).get("/opt-outs/").content.decode()
    assert "&lt;script&gt;alert(&#x27;stop&#x27;)&lt;/script&gt;\n&amp;amp; stop" in page


def test_a_page_asks_the_database_the_same_however_many_rows(console: Console) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    workspace = console.workspace()
    lines = [console.line(workspace, f"44770090{number}") for number in range(1000, 1003)]
    client = signed_in(console.person((workspace, "owner")))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/opt-outs/").status_code == HTTPStatus.OK
        return len(queries)

    console.block(workspace, 447700900001, scope="line", line_id=lines[0])
    few = asked()
    for number, line in enumerate(lines * 5):
        console.block(workspace, 447700901000 + number, scope="line", line_id=line)
    assert asked() == few


def test_htmx_gets_the_results_alone(console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, 447700900227)
    page = signed_in(console.person((workspace, "owner"))).get("/opt-outs/", headers={"HX-Request": "true"})
    assert "<html" not in page.content.decode()
    assert 'hx-swap-oob="true"' in page.content.decode()


def _list(name: str, said: str) -> object:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, said.encode())


@pytest.mark.rule("R6.9")
def test_a_list_of_opt_outs_comes_in_and_goes_out(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    file = _list("stops.csv", "number;reason\n+447700900227;=1+1\nnobody;\n")
    page = text(client.post("/opt-outs/import/", {"what": "blocks", "file": file}))
    assert "1 blocked" in page
    assert "0 stood already, 1 refused" in page
    assert "=1+1" in text(client.get("/opt-outs/"))
    strange = text(client.post("/opt-outs/import/", {"what": "blocks", "file": _list("x.csv", "a,b\n1,2\n")}))
    assert "No column looks like the number" in strange
    out = client.post("/opt-outs/export/", {"which": "blocks"})
    assert out["content-disposition"].startswith('attachment; filename="blocks-')
    agent = signed_in(console.person((workspace, "agent")))
    assert agent.get("/opt-outs/import/").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.rule("R6.8")
def test_a_list_of_deactivated_numbers_says_of_which_day_it_is(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    some = "number,date\n+447700900227,\n+447700900228,2026-11-02\n"
    asked = {"what": "deactivated", "file": _list("gone.csv", some)}
    answer = client.post("/opt-outs/import/", asked)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say of which day the list is" in text(answer)
    query = "SELECT phone, since::date::text FROM sayso.consent_states WHERE workspace_id = %s ORDER BY phone"
    assert console.execute(query, workspace) == []
    dated = client.post("/opt-outs/import/", asked | {"file": _list("gone.csv", some), "as_of": "2026-11-01"})
    assert "Consent of 2 ended" in text(dated)
    assert [phone for phone, _ in console.execute(query, workspace)] == [447700900227, 447700900228]
    whole = "number,date\n+447700900229,2026-11-02\n"
    client.post("/opt-outs/import/", {"what": "deactivated", "file": _list("gone.csv", whole)})
    assert len(console.execute(query, workspace)) == 3


@pytest.mark.rule("R6.8")
def test_who_may_block_says_whose_a_number_is(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    console.execute(
        "INSERT INTO sayso.consent_states"
        " VALUES (%s, 447700900227, 0, '*review', 'review', now(), 'sms_reply')",
        workspace,
    )
    address = "/opt-outs/447700900227/whose/"
    assert "A text says that this is the wrong number" in text(client.get("/opt-outs/447700900227/"))
    assert "still the same person" in text(client.get(address))
    assert "Choose one" in text(client.post(address, {"reason": "x"}))
    client.post(address, {"decision": "changed", "reason": "The caller told us."})
    proof = text(client.get("/opt-outs/447700900227/"))
    assert "A text says that this is the wrong number" not in proof
    assert "changed hands" in proof
    assert "The caller told us." in proof
    assert "still the same person" not in text(client.get(address))
    agent = signed_in(console.person((workspace, "agent")))
    assert agent.get(address).status_code == HTTPStatus.FORBIDDEN
