"""Unrouted texts and the quarantine at the console (R3.3, R5.11)."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings

from sayso import console as room
from sayso.providers.contract import Inbound
from sayso.providers.simulator.carrier_side import callback, write_inbound
from sayso.storage.vault import seal
from tests.console_visits import signed_in, text
from tests.consoles import Console, apart


def _operator(console: Console) -> tuple[int, Any]:
    workspace = console.workspace()
    person = console.person((workspace, "owner"))
    apart(lambda: room.set_operator(person.email, True))
    return workspace, signed_in(person)


def _connection(console: Console, secret: str = "") -> int:
    secrets = seal(settings.SAYSO_VALUES.secret_key, {"webhook_secret": secret}) if secret else b""
    query = (
        "INSERT INTO sayso.connections (name, kind, secrets, hook_token, parts_per_second) "
        "VALUES ('Simulator', 'simulator', %s, md5(random()::text) || md5(random()::text), 100) RETURNING id"
    )
    return int(console.execute(query, secrets)[0][0])


def _kept(ref: str, signed_with: str) -> tuple[bytes, bytes]:
    """A STOP as a door keeps it: request line and headers, and the body."""
    now = datetime.now(UTC)
    body = write_inbound(
        Inbound(ref=ref, sender="+447700900227", recipient="447700900118", body="STOP", at=now)
    )
    request = callback(f"{settings.SAYSO_VALUES.public_url}/hooks/t/inbound", body, signed_with, now)
    lines = ["POST /hooks/t/inbound HTTP/1.1", "Authorization: Basic c2VjcmV0"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join(lines).encode(), body


def _unrouted(console: Console, connection: int, body: str, *, kept: bool = True) -> int:
    ((id_,),) = console.execute("SELECT sayso.new_id()")
    if kept:
        headers, raw = _kept(f"unrouted {id_}", "any")
        console.execute(
            "INSERT INTO sayso.callbacks (id, connection_id, kind, headers, body) "
            "VALUES (%s, %s, 'inbound', %s, %s)",
            id_, connection, headers, raw,
        )  # fmt: skip
    console.execute(
        "INSERT INTO sayso.unrouted (id, connection_id, kind, sender, recipient, body, why, at) "
        "VALUES (%s, %s, 'unrouted', '+447700900227', '447700900118', %s, 'No line has this number.', now())",
        id_, connection, body,
    )  # fmt: skip
    return int(id_)


@pytest.mark.rule("R3.3", "R2.4")
def test_an_unrouted_text_is_decided_again(console: Console) -> None:
    workspace, client = _operator(console)
    id_ = _unrouted(console, _connection(console), "hello <script>?")
    page = client.get("/unrouted/")
    assert "hello &lt;script&gt;?" in page.content.decode()
    assert "No line has this number." in text(page)
    client.post(f"/unrouted/{id_}/again/")
    assert console.execute("SELECT body FROM sayso.inbound_queue WHERE id = %s", id_) == [("STOP",)]
    console.execute("DELETE FROM sayso.inbound_queue WHERE id = %s", id_)
    assert client.post(f"/unrouted/{id_}/again/").status_code == HTTPStatus.NOT_FOUND
    query = "SELECT action, object_id FROM sayso.audit WHERE workspace_id = %s AND object_type = 'unrouted'"
    assert console.execute(query, workspace) == [("decided_again", str(id_))]


@pytest.mark.rule("R3.3")
def test_a_text_whose_callback_is_no_longer_kept_stays_on_the_list(console: Console) -> None:
    _, client = _operator(console)
    id_ = _unrouted(console, _connection(console), "hello", kept=False)
    answer = client.post(f"/unrouted/{id_}/again/")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "no longer kept" in text(answer)
    assert console.execute("SELECT settled_at FROM sayso.unrouted WHERE id = %s", id_) == [(None,)]


@pytest.mark.rule("R3.3", "R2.4")
def test_an_unrouted_text_is_settled_once_asked(console: Console) -> None:
    workspace, client = _operator(console)
    id_ = _unrouted(console, _connection(console), "settle me, says nobody")
    assert "Take the text from +447700900227 off the list?" in text(client.get(f"/unrouted/{id_}/settle/"))
    client.post(f"/unrouted/{id_}/settle/")
    assert "settle me, says nobody" not in text(client.get("/unrouted/"))
    assert "Nothing of this kind" in text(client.get("/unrouted/?kind=poison"))
    assert console.execute("SELECT action FROM sayso.audit WHERE workspace_id = %s", workspace) == [
        ("settled",)
    ]


@pytest.mark.rule("R5.11", "R2.4")
def test_quarantine_is_looked_at_released_and_emptied(console: Console) -> None:
    workspace, client = _operator(console)
    connection = _connection(console, "the secret after")
    insert = (
        "INSERT INTO sayso.quarantine (connection_id, kind, headers, body, why) "
        "VALUES (%s, 'inbound', %s, %s, 'The signature does not fit.')"
    )
    for ref, secret in (("one", "the secret after"), ("one", "the secret after"), ("two", "a guess")):
        console.execute(insert, connection, *_kept(ref, secret))
    path = f"/quarantine/{connection}/"
    page = client.get(path)
    assert "The signature does not fit." in text(page)
    assert "STOP" in text(page)
    assert "c2VjcmV0" not in page.content.decode()
    released = client.post(f"{path}release/", follow=True)
    assert "2 proved themselves and are let in. 1 are still unproven" in text(released)
    query = "SELECT body FROM sayso.inbound_queue WHERE connection_id = %s"
    assert console.execute(query, connection) == [("STOP",)]
    console.execute("DELETE FROM sayso.inbound_queue WHERE connection_id = %s", connection)
    assert "1 callbacks are lost for good." in text(client.get(f"{path}empty/"))
    client.post(f"{path}empty/")
    left = "SELECT count(*) FROM sayso.quarantine WHERE connection_id = %s AND released_at IS NULL"
    assert console.execute(left, connection) == [(0,)]
    trail = "SELECT action, after FROM sayso.audit WHERE workspace_id = %s ORDER BY id"
    assert console.execute(trail, workspace) == [
        ("released", {"released": 2, "waiting": 1}),
        ("emptied", {"thrown_away": 1}),
    ]


@pytest.mark.rule("R5.11")
def test_without_any_secret_nothing_is_let_in(console: Console) -> None:
    _, client = _operator(console)
    connection = _connection(console)
    answer = client.post(f"/quarantine/{connection}/release/")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "everything would prove itself" in text(answer)


def test_who_runs_no_server_is_not_told_that_a_colleague_or_they_themselves_could_open_it(
    console: Console,
) -> None:
    workspace = console.workspace()
    console.person((workspace, "owner"))
    answer = signed_in(console.person((workspace, "owner"))).get("/alarms/")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Only whoever runs this server opens it" in text(answer)
    assert "can give you another role" not in text(answer)


@pytest.mark.rule("R3.1")
def test_what_operators_do_is_told_to_no_other(console: Console) -> None:
    workspace, client = _operator(console)
    client.post(f"/unrouted/{_unrouted(console, _connection(console), 'x')}/settle/")
    assert "Settled unrouted text" in text(client.get("/audit/"))
    other = text(signed_in(console.person((workspace, "owner"))).get("/audit/"))
    assert "Settled" not in other
    assert "Unrouted texts" not in other


def test_who_is_woken_by_an_alarm_sees_what_is_wrong_since_when_and_where_to_mend_it(
    console: Console,
) -> None:
    _, client = _operator(console)
    console.execute("DELETE FROM sayso.alarms")
    console.execute("DELETE FROM sayso.pauses")
    assert "Nothing is wrong" in text(client.get("/alarms/"))
    connection = _connection(console)
    ring = "INSERT INTO sayso.alarms VALUES (%s, %s, %s, now() - interval '2 hours', now(), 37)"
    subject = f"connection:{connection}"
    console.execute(ring, "bad_signature", subject, "Callbacks are refused. Mend the secrets <b>.")
    console.execute(ring, "provider_account", subject, "The provider says the account is closed.")
    console.execute(ring, "poison_text", "text:12", "A text could not be decided.")
    console.execute("INSERT INTO sayso.pauses (resource, why) VALUES ('all', 'Restored from a backup.')")
    try:
        page = client.get("/alarms/")
        said, markup = text(page), page.content.decode()
        assert said.index("Restored from a backup.") < said.index("Callbacks are refused.")
        assert "Bad signature Simulator" in said
        assert "Mend the secrets &lt;b&gt;." in markup
        assert "37" in said
        assert f'href="/quarantine/{connection}/"' in markup
        assert f'href="/numbers/connections/{connection}/"' in markup
        assert 'href="/unrouted/?kind=poison"' in markup
        part = client.get("/alarms/", headers={"HX-Request": "true"}).content.decode()
        assert part.startswith('<div id="alarms"')
        rows = text(client.get("/numbers/connections/"))
        assert "1 of " in rows and "needs you." in rows
        mending = text(client.get(f"/numbers/connections/{connection}/"))
        assert "Callbacks are refused. Mend the secrets &lt;b&gt;. Since" in mending
        assert "37 times" in mending
    finally:  # the database is shared with every other test of the console
        console.execute("DELETE FROM sayso.alarms")
        console.execute("DELETE FROM sayso.pauses")


@pytest.mark.rule("R2.5")
def test_a_connection_is_stopped_once_asked_and_says_so_until_it_goes_on(console: Console) -> None:
    _, client = _operator(console)
    connection = _connection(console)
    page = f"/numbers/connections/{connection}/"
    assert "Within a second nothing leaves by it any more" in text(client.get(f"{page}stop/"))
    try:
        stopped = client.post(f"{page}stop/", {"why": "Wrong numbers"}, follow=True)
        said = text(stopped)
        assert "Nothing leaves by it : Wrong numbers Stopped" in said
        assert f'action="{page}go-on/"' in stopped.content.decode()  # the toast undoes it
        assert "Stopped: nothing leaves by it." in text(client.get("/numbers/connections/"))
        assert f'href="{page}"' in client.get("/alarms/").content.decode()
        assert "Let Simulator go on?" in text(client.get(f"{page}go-on/"))
        assert "Simulator goes on." in text(client.post(f"{page}go-on/", follow=True))
        assert console.execute("SELECT 1 FROM sayso.pauses") == []
        trail = text(client.get("/audit/"))
        assert "Stopped what leaves by Simulator" in trail and "Let what leaves by Simulator go on" in trail
    finally:  # the database is shared with every other test of the console
        console.execute("DELETE FROM sayso.pauses")
