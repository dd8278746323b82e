"""Where a person starts: the first steps with their true state, then what happened and what needs one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest

from tests.browser.pages.simulator import STOP, Scene
from tests.console_visits import signed_in, text
from tests.consoles import Console


def begun(console: Console) -> tuple[int, Scene]:
    """A workspace that has made its first three steps, the text among them."""
    workspace = console.workspace()
    number = f"44770{workspace:07d}"
    line = console.line(workspace, number)
    _process(console, workspace, line, "unsubscribe", "Stop", "started")
    query = "SELECT connection_id FROM sayso.inbound_numbers WHERE number = %s"
    scene = Scene(console, workspace, line, int(console.execute(query, number)[0][0]))
    scene.text(447700900900, "hello", "none", None, [])
    return workspace, scene


def _process(console: Console, workspace: int, line: int, kind: str, name: str, state: str) -> None:
    console.execute(
        "INSERT INTO sayso.processes (workspace_id, line_id, type, name, state) VALUES (%s, %s, %s, %s, %s)",
        workspace,
        line,
        kind,
        name,
        state,
    )


def stopped(console: Console, scene: Scene, phone: int) -> None:
    """A text that stopped its sender."""
    made = scene.text(phone, "stop", "unsubscribe", "stop", STOP)
    console.block(scene.workspace_id, phone, inbound_id=made, since=datetime.now(UTC))


def test_a_new_workspace_is_shown_its_first_steps(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == "/home/"
    page = text(answer)
    assert "Welcome to Sayso, Nora" in page
    assert "Step 1, done" not in page
    console.line(workspace, f"44770{workspace:07d}")
    page = text(client.get("/home/"))
    assert "Step 1, done" in page
    assert "1 line" in page
    assert "Step 2, done" not in page


def test_the_dashboard_comes_with_the_first_three_steps(console: Console) -> None:
    workspace, _ = begun(console)
    page = text(signed_in(console.person((workspace, "analyst"))).get("/home/"))
    assert "Dashboard" in page
    assert "In the last 30 days nobody said stop by text." in page
    assert "Nothing waits for you." in page
    assert "Reach real telephones" in page
    assert "Work with others" in page


def test_a_provider_and_a_colleague_end_the_next_steps(console: Console) -> None:
    workspace, scene = begun(console)
    console.execute("UPDATE sayso.connections SET kind = 'sinch' WHERE id = %s", scene.connection)
    console.person((workspace, "agent"))
    page = text(signed_in(console.person((workspace, "owner"))).get("/home/"))
    assert "Next steps" not in page


@pytest.mark.rule("R6.1")
def test_the_sentence_counts_people_who_said_stop_and_how_soon_they_were_stopped(console: Console) -> None:
    workspace, scene = begun(console)
    for phone in range(447700900801, 447700900804):
        stopped(console, scene, phone)
    client = signed_in(console.person((workspace, "owner")))
    page = text(client.get("/home/"))
    assert "people said stop by text, and were stopped, typically within" in page
    assert "In the last 30 days 3 people" in page
    assert "+44 7700 900803" in page
    # One who said it again is one person; one whom nothing blocks is not called stopped.
    scene.text(447700900801, "stop again", "unsubscribe", "stop", STOP)
    scene.text(447700900805, "stop", "unsubscribe", "stop", STOP)
    page = text(client.get("/home/"))
    assert "4 people said stop by text; 3 are blocked" in page


def test_old_stops_are_not_counted(console: Console) -> None:
    workspace, scene = begun(console)
    old = datetime.now(UTC) - timedelta(days=31)
    console.execute(
        "INSERT INTO sayso.inbox (workspace_id, inbound_id, phone, line_id) VALUES (%s, "
        "((date_part('epoch', %s) * 1000)::bigint - 1767225600000) << 20, 447700900801, %s)",
        workspace,
        old,
        scene.line,
    )
    page = text(signed_in(console.person((workspace, "owner"))).get("/home/"))
    assert "nobody said stop by text" in page


@pytest.mark.rule("R4.3")
def test_what_needs_a_person_is_named_with_what_it_lacks(console: Console) -> None:
    workspace, scene = begun(console)
    scene.text(447700900801, "where is my parcel", "inbox", None, [])
    _process(console, workspace, scene.line, "help", "Help me", "new")
    answer = signed_in(console.person((workspace, "owner"))).get("/home/")
    page = text(answer)
    query = "SELECT id FROM sayso.processes WHERE workspace_id = %s AND name = 'Help me'"
    ((process,),) = console.execute(query, workspace)
    assert f'<a href="/keywords/{process}/">Complete it</a>' in answer.content.decode()
    assert "1 person waits for an answer" in page
    assert "“Help me” on" in page
    assert "Needs a message" in page


def test_alarms_are_the_operators(console: Console) -> None:
    workspace, _ = begun(console)
    console.execute(
        "INSERT INTO sayso.alarms (code, subject, sentence, first_at, last_at) VALUES "
        "('stage_failing', %s, 'The receipts stage fails.', now(), now())",
        f"test {workspace}",
    )
    person = console.person((workspace, "owner"))
    assert "The receipts stage fails." not in text(signed_in(person).get("/home/"))
    console.execute("UPDATE console.accounts_user SET is_operator = true WHERE id = %s", person.id)
    page = signed_in(person).get("/home/")
    assert "The receipts stage fails." in text(page)
    assert '<a href="/alarms/">See alarms</a>' in page.content.decode()


def test_agents_have_no_dashboard(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "agent")))
    assert client.get("/home/").status_code == HTTPStatus.FORBIDDEN
    assert client.get("/home/heard/").status_code == HTTPStatus.FORBIDDEN


def test_the_dashboard_asks_the_database_the_same_however_much_there_is(console: Console) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    workspace, scene = begun(console)
    client = signed_in(console.person((workspace, "owner")))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/home/heard/").status_code == HTTPStatus.OK
        return len(queries)

    stopped(console, scene, 447700900801)
    _process(console, workspace, scene.line, "help", "Help", "new")
    few = asked()
    for phone in range(447700900810, 447700900822):
        stopped(console, scene, phone)
        _process(console, workspace, scene.line, "respond", f"Respond {phone}", "new")
    assert asked() == few
