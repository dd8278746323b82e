"""Numbers at the console: what a workspace sees of its lines, and what the operator does."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import pytest

from sayso import console as room
from tests.console_visits import signed_in, text
from tests.consoles import Console, Person, apart

OPERATORS = (
    "/numbers/all/", "/numbers/all/new/", "/numbers/connections/", "/numbers/connections/new/simulator/",
    "/unrouted/", "/quarantine/", "/alarms/",
)  # fmt: skip


def _operator(console: Console, workspace: int) -> tuple[Person, Any]:
    person = console.person((workspace, "owner"))
    apart(lambda: room.set_operator(person.email, True))
    return person, signed_in(person)


@pytest.mark.rule("R3.1")
def test_a_workspace_sees_its_own_lines_and_what_answers_there(console: Console) -> None:
    ours, theirs = console.workspace(), console.workspace("Theirs")
    console.line(ours, "447700900118")
    gone = console.line(ours, "447700900119")
    console.line(theirs, "447700900120")
    console.execute("UPDATE sayso.lines SET withdrawn_at = now() WHERE id = %s", gone)
    client = signed_in(console.person((ours, "analyst")))
    page = text(client.get("/numbers/"))
    assert "+44 7700 900118 Long code" in page
    assert "No process. Opt-out words stop people here all the same." in page
    assert "+44 7700 900119 Withdrawn" in page
    assert "900120" not in page
    assert "All numbers" not in page


@pytest.mark.rule("R3.1", "R2.1")
@pytest.mark.parametrize("path", OPERATORS)
def test_what_is_the_operators_opens_for_no_role(console: Console, path: str) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    assert client.get(path).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.rule("R3.1", "R2.4")
def test_an_operator_makes_a_connection_a_number_and_a_line(console: Console) -> None:
    ours, theirs = console.workspace(), console.workspace("Theirs, the given")
    person, client = _operator(console, ours)
    filled = {
        "name": "Twilio UK",
        "parts_per_second": "7",
        "account_sid": "AC" + "1" * 32,
        "auth_token": "hush hush",
    }
    made = client.post("/numbers/connections/new/twilio/", filled, follow=True)
    assert "Connection added." in text(made), text(made)
    assert "hush hush" not in made.content.decode()
    assert "/inbound" in text(made)
    # What is not asked for a proof lets in whoever knows the address, so nothing else is promised.
    assert "only who proves" not in text(made)
    assert "How callbacks prove who sent them" in text(made)
    connection = int(made.redirect_chain[-1][0].rstrip("/").rpartition("/")[2])
    filled = {
        "number": "+44 7700 900777",
        "kind": "long_code",
        "country": "GB",
        "connection": str(connection),
    }
    page = client.post("/numbers/all/new/", filled, follow=True)
    assert "Nobody has it yet" in text(page)
    number = page.redirect_chain[-1][0]
    page = client.post(f"{number}give/", {"workspace": str(theirs), "language": "en"}, follow=True)
    assert "Theirs, the given" in text(page)
    assert "Give to a workspace" not in text(page)
    query = "SELECT user_id, action, object_type FROM sayso.audit WHERE workspace_id = %s ORDER BY id"
    assert console.execute(query, theirs) == [(person.id, "created", "line")]
    assert [what for _, *what in console.execute(query, ours)] == [
        ["created", "connection"],
        ["created", "inbound_number"],
    ]
    ((line,),) = console.execute("SELECT id FROM sayso.lines WHERE workspace_id = %s", theirs)
    assert "from Theirs, the given?" in text(client.get(f"/numbers/lines/{line}/take/"))
    client.post(f"/numbers/lines/{line}/take/")
    assert client.get(f"/numbers/lines/{line}/take/").status_code == HTTPStatus.NOT_FOUND
    assert [what for _, what, _ in console.execute(query, theirs)] == ["created", "withdrawn"]


@pytest.mark.rule("R3.1")
def test_an_edit_keeps_the_secret_and_renews_addresses_when_asked(console: Console) -> None:
    _, client = _operator(console, console.workspace())
    filled = {
        "name": "Twilio",
        "parts_per_second": "7",
        "account_sid": "AC" + "1" * 32,
        "auth_token": "hush hush",
    }
    made = client.post("/numbers/connections/new/twilio/", filled)
    path = made["location"]
    id_ = int(path.rstrip("/").rpartition("/")[2])
    client.post(path, {**filled, "auth_token": "", "parts_per_second": "9"})
    query = "SELECT parts_per_second, length(secrets) > 0, hook_token FROM sayso.connections WHERE id = %s"
    ((pace, sealed, token),) = console.execute(query, id_)
    assert (pace, sealed) == (9, True)
    assert "taken no longer" in text(client.get(f"{path}renew/"))
    client.post(f"{path}renew/")
    assert console.execute(query, id_)[0][2] != token
    other = client.post("/numbers/connections/new/twilio/", {**filled, "account_sid": "AC" + "2" * 32})
    spare = other["location"].rstrip("/").rpartition("/")[2]
    assert "While the provider is silent" in text(client.get(path))
    client.post(path, {**filled, "fallback": spare, "fallback_after": "45"})
    falls = "SELECT fallback_connection_id, fallback_after FROM sayso.connections WHERE id = %s"
    assert console.execute(falls, id_) == [(int(spare), 45)]
    chained = client.post(other["location"], {**filled, "account_sid": "AC" + "2" * 32, "fallback": str(id_)})
    assert "itself another one stands in" in text(chained)
    wrong = client.post(path, {**filled, "account_sid": "", "parts_per_second": "0"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "2 things to mend." in text(wrong)
    console.execute("UPDATE sayso.connections SET secrets = '' WHERE id = %s", id_)
    assert "Look here." in text(client.get(path))
    assert client.get("/numbers/connections/new/pigeon/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.rule("R9.10", "R2.4")
def test_a_number_that_stood_in_is_freed_at_its_page_once_asked(console: Console) -> None:
    ours = console.workspace()
    _, client = _operator(console, ours)
    mine = console.line(ours, "447700900118")
    ((number, connection),) = console.execute(
        "SELECT n.id, n.connection_id FROM sayso.inbound_numbers n JOIN sayso.lines l "
        "ON l.inbound_number_id = n.id WHERE l.id = %s",
        mine,
    )
    ((other,),) = console.execute(
        "INSERT INTO sayso.connections (name, kind, hook_token, parts_per_second) VALUES "
        "('Spare', 'simulator', repeat('f', 32), 10) RETURNING id"
    )
    ((theirs,),) = console.execute(
        "INSERT INTO sayso.inbound_numbers (connection_id, number, kind, country) "
        "VALUES (%s, '447700900118', 'long_code', 'GB') RETURNING id",
        other,
    )
    path = f"/numbers/all/{theirs}/"
    assert "In place of another connection" not in text(client.get(path))
    console.execute("INSERT INTO sayso.stood_in VALUES (%s, %s)", theirs, number)
    assert "so it gets no line until it is freed" in text(client.get(path))
    given = client.post(f"{path}give/", {"workspace": str(ours), "language": "en"})
    assert "or free this one, where" in text(given)
    assert "a stop still reaches, too" in text(client.get(f"{path}free/"))
    fall = "UPDATE sayso.connections SET fallback_connection_id = %s WHERE id = %s"
    console.execute(fall, other, connection)
    assert "its messages from this number leave here" in text(client.get(path))
    assert client.post(f"{path}free/").status_code == HTTPStatus.CONFLICT
    console.execute(fall, None, connection)
    freed = client.post(f"{path}free/", follow=True)
    assert "may be given to a workspace." in text(freed)
    assert "and was freed" in text(freed)
    given = client.post(f"{path}give/", {"workspace": str(ours), "language": "en"}, follow=True)
    assert "Line given." in text(given)


@pytest.mark.rule("R3.3")
def test_a_shared_code_answers_help_and_takes_lines_by_keyword(console: Console) -> None:
    ours = console.workspace()
    line = console.line(ours, "11331", "shared_short_code", "baby")
    _, client = _operator(console, ours)
    ((number,),) = console.execute("SELECT inbound_number_id FROM sayso.lines WHERE id = %s", line)
    path = f"/numbers/all/{number}/"
    client.post(path, {"help_answer": "Texts from several shops."})
    stored = console.execute("SELECT help_answer FROM sayso.inbound_numbers WHERE id = %s", number)
    assert stored == [("Texts from several shops.",)]
    taken = client.post(
        f"{path}give/", {"workspace": str(ours), "language": "en", "provider_keyword": "Báby"}
    )
    assert taken.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "“baby” on 11331 belongs to a line already." in text(taken)


@pytest.mark.rule("R2.4")
def test_an_operator_without_a_workspace_is_told_where_to_stand(console: Console) -> None:
    person = console.person()
    apart(lambda: room.set_operator(person.email, True))
    answer = signed_in(person).get("/unrouted/")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "You belong to none yet." in text(answer)


@pytest.mark.rule("R5.11")
@pytest.mark.parametrize(
    ("kind", "codes"), [("sinch", ("signature", "basic", "none")), ("twilio", ("none",))]
)
def test_how_callbacks_prove_themselves_is_said_in_words(
    console: Console, kind: str, codes: tuple[str, ...]
) -> None:
    _, client = _operator(console, console.workspace())
    page = client.get(f"/numbers/connections/new/{kind}/")
    assert "By a signature, always Nobody can make up a text or alter one on its way." in text(page)
    asked = (
        page.content.decode().partition("How callbacks prove who sent them")[2].partition("</fieldset>")[0]
    )
    assert re.search(r'value="configured"[^>]* checked', asked)
    assert all(f'value="{code}"' in asked for code in codes)
    assert not re.search(
        r">[^<]*\b(configured|none|basic|stop_start_help|per_recipient)\b", page.content.decode()
    )
    filled = {
        "name": "An account",
        "parts_per_second": "7",
        "account_sid": "AC" + "1" * 32,
        "service_plan_id": "p",
        "api_token": "hush hush",
        "callback_auth": "none",
    }
    made = client.post(f"/numbers/connections/new/{kind}/", filled, follow=True)
    number = int(made.redirect_chain[-1][0].rstrip("/").rpartition("/")[2])
    query = "SELECT settings ->> 'callback_auth' FROM sayso.connections WHERE id = %s"
    assert console.execute(query, number) == [("none",)]
    assert re.search(r'value="none"[^>]* checked', made.content.decode())
