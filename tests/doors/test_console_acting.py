"""How pages act: the bridge, refusals, roles, operators, and who may hear live notes."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import pytest

from sayso import console as room
from tests.console_visits import signed_in, text, visitor
from tests.consoles import Console, apart

AREAS_OF_AGENTS = {"inbox"}


def test_an_action_writes_and_the_next_page_shows_it(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    answer = client.post("/kit/form/", {"phone": "+44 7700 900555", "scope": "channel"})
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.SEE_OTHER, "/kit/")
    page = client.get("/kit/")
    assert "Number blocked." in text(page)
    assert "1 block" in text(page)
    assert "Number blocked." not in text(client.get("/kit/"))


@pytest.mark.rule("R2.4")
def test_what_a_person_does_is_audited_as_theirs(console: Console) -> None:
    workspace = console.workspace()
    person = console.person((workspace, "owner"))
    signed_in(person).post("/kit/form/", {"phone": "+44 7700 900555", "scope": "channel"})
    query = "SELECT user_id, action, object_type FROM sayso.audit WHERE workspace_id = %s"
    assert console.execute(query, workspace) == [(person.id, "created", "block")]


def test_what_is_refused_is_said_beside_its_field(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    answer = client.post("/kit/form/", {"phone": "12", "scope": "channel"})
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_phone-help id_phone-error"' in page
    assert 'value="12"' in page
    assert "things to mend" not in page


def test_more_than_one_fault_is_counted_at_the_top(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    answer = client.post("/kit/form/", {"phone": "", "scope": "everything"})
    assert "2 things to mend." in text(answer)
    assert answer.content.decode().count("autofocus") == 1


@pytest.mark.rule("R2.1")
def test_an_action_that_the_role_lacks_is_the_403_page(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "analyst")))
    answer = client.post("/kit/form/", {"phone": "+44 7700 900555", "scope": "channel"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Your role does not allow you to block numbers" in text(answer)
    assert console.execute("SELECT 1 FROM sayso.blocks WHERE workspace_id = %s", workspace) == []


def test_after_a_write_htmx_is_sent_on(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    filled = {"phone": "+44 7700 900555", "scope": "channel"}
    answer = client.post("/kit/form/", filled, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (HTTPStatus.NO_CONTENT, "/kit/")


@pytest.mark.rule("R2.1")
@pytest.mark.parametrize("role", ["owner", "admin", "marketer", "agent", "analyst", "compliance_owner"])
def test_an_agent_opens_the_inbox_alone_and_nobody_the_operators_pages(role: str) -> None:
    from sayso.console.access import Area, Role, may_open

    opened = {area.value for area in Area if may_open(Role(role), area)}
    assert "operator" not in opened
    assert "inbox" in opened
    assert (opened == AREAS_OF_AGENTS) == (role == "agent")
    assert may_open(Role(role), Area.OPERATOR, operator=True)


def test_an_operator_is_made_and_unmade(console: Console) -> None:
    person = console.person((console.workspace(), "owner"))
    query = "SELECT is_operator FROM console.accounts_user WHERE id = %s"
    for wanted in (True, False):
        assert apart(lambda wanted=wanted: room.set_operator(person.email.upper(), wanted))
        assert console.execute(query, person.id) == [(wanted,)]
    assert not apart(lambda: room.set_operator("nobody@littlefern.example", True))


async def _asked(live: Any, session: str, topics: str, until: int) -> list[dict[str, Any]]:
    """The first messages of a stream, after a note for the person's workspace; then the page leaves."""
    sent: list[dict[str, Any]] = []
    enough = asyncio.Event()
    arrived = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if arrived:
            return arrived.pop()
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 2:
            live.hear("keywords,inbox *")
        if len(sent) >= until:
            enough.set()

    headers = [(b"host", b"localhost"), (b"cookie", f"sayso_session={session}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/live/", "query_string": f"topics={topics}".encode()}
    await asyncio.wait_for(live({**scope, "headers": headers}, receive, send), 20)
    return sent


def _heard(console: Console, role: str | None, topics: str, until: int = 3) -> tuple[int, bytes]:
    client = signed_in(console.person((console.workspace(), role))) if role else visitor()
    session = client.cookies["sayso_session"].value if role else ""
    sent = apart(lambda: asyncio.run(_asked(room.Live(room.app()), session, topics, until)))
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])


def test_a_page_is_told_the_topics_that_it_asked_for(console: Console) -> None:
    status, said = _heard(console, "owner", "keywords")
    assert status == HTTPStatus.OK
    assert b"event: keywords\ndata: changed\n\n" in said
    assert b"inbox" not in said


@pytest.mark.rule("R2.1")
def test_a_role_hears_only_of_what_it_may_open(console: Console) -> None:
    _, said = _heard(console, "agent", "inbox,keywords")
    assert b"event: inbox" in said
    assert b"keywords" not in said
    assert _heard(console, "agent", "keywords", until=1) == (HTTPStatus.NO_CONTENT, b"")


def test_nobody_hears_without_signing_in(console: Console) -> None:
    status, _ = _heard(console, None, "inbox", until=1)
    assert status == HTTPStatus.FOUND


def test_another_workspace_is_not_told() -> None:
    from sayso.console.live import Live, _Stream

    async def silent(*_: Any) -> None: ...

    live = Live(silent)
    ours, theirs = _Stream(1, frozenset({"inbox"})), _Stream(12, frozenset({"inbox"}))
    live._streams |= {ours, theirs}
    live.hear("inbox,opt_outs 1,2")
    assert (ours.untold, theirs.untold) == ({"inbox"}, set())
    live.hear("")
    assert theirs.untold == {"inbox"}


def test_one_person_keeps_twenty_streams_open(console: Console) -> None:
    from sayso.console.live import _Stream

    person = console.person((console.workspace(), "owner"))
    session = signed_in(person).cookies["sayso_session"].value
    live = room.Live(room.app())
    live._streams |= {_Stream(1, frozenset({"inbox"}), person.id) for _ in range(19)}
    live._streams |= {_Stream(1, frozenset({"inbox"}), person.id + 1) for _ in range(20)}
    last = apart(lambda: asyncio.run(_asked(live, session, "inbox", 3)))
    assert last[0]["status"] == HTTPStatus.OK
    live._streams.add(_Stream(1, frozenset({"inbox"}), person.id))
    refused = apart(lambda: asyncio.run(_asked(live, session, "inbox", 2)))
    assert refused[0]["status"] == HTTPStatus.TOO_MANY_REQUESTS


def test_who_is_signed_out_and_asks_for_a_stream_of_news_gets_no_page(console: Console) -> None:
    """A browser takes the sign-in page for a broken stream, and says so where nobody did anything wrong."""
    answer = visitor().get("/live/?topics=inbox", headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer["Content-Type"]) == (HTTPStatus.UNAUTHORIZED, "text/plain")
