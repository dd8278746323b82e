"""Settings at the console: opting out, categories, event names, time zone, appearance."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest

from sayso import console as room
from tests.browser import proof_scene
from tests.browser.pages import people
from tests.console_visits import signed_in, text
from tests.consoles import Console, apart


def _client(console: Console, role: str = "owner") -> tuple[int, Any]:
    workspace = console.workspace()
    return workspace, signed_in(console.person((workspace, role)))


@pytest.mark.rule("R7.1", "R4.9")
def test_message_and_terms_are_set_and_an_empty_list_is_said_to_stop_nobody_less(console: Console) -> None:
    workspace, client = _client(console)
    assert "An empty list stops nobody less." in text(client.get("/settings/opt-out/"))
    page = client.post(
        "/settings/opt-out/",
        {"message": "You’re out. <b>", "terms": "Take me off,\n no more,, STOPP "},
        follow=True,
    )
    assert "&lt;b&gt;" in page.content.decode()
    query = "SELECT written FROM sayso.opt_out_terms WHERE workspace_id = %s ORDER BY folded"
    assert console.execute(query, workspace) == [("no more",), ("STOPP",), ("Take me off",)]
    client.post("/settings/opt-out/", {"message": "", "terms": ""})
    assert console.execute(query, workspace) == []
    assert "STOP and the opt-out words of every language work all the same." in text(client.get("/settings/"))


@pytest.mark.rule("R9.4")
def test_links_begin_with_a_name_of_ones_own_once_it_is_one(console: Console) -> None:
    workspace, client = _client(console)
    answer = client.post("/settings/links/", {"host": "https://go.fern.example/x"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "A host name is like go.example.com" in text(answer)
    page = text(client.post("/settings/links/", {"host": " Go.Fern.example "}, follow=True))
    assert "begin with https://go.fern.example" in " ".join(page.split())
    query = "SELECT link_host FROM sayso.workspaces WHERE id = %s"
    assert console.execute(query, workspace) == [("go.fern.example",)]
    _, other = _client(console)
    taken = other.post("/settings/links/", {"host": "go.fern.example"})
    assert "Another workspace" in text(taken)
    # Links that were sent begin with it, so it is no other's once it was left either.
    for host in ("sms.fern.example", "", "go.fern.example", ""):
        client.post("/settings/links/", {"host": host})
        assert console.execute(query, workspace) == [(host,)]
    assert "or did before" in text(other.post("/settings/links/", {"host": "go.fern.example"}))


@pytest.mark.rule("R9.4")
def test_the_servers_own_name_is_no_workspaces(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    workspace, client = _client(console)
    values = replace(settings.SAYSO_VALUES, public_url="https://Sms.example.com:8443/")
    monkeypatch.setattr(settings, "SAYSO_VALUES", values)
    answer = client.post("/settings/links/", {"host": "sms.Example.com."})
    assert "the server's own name" in text(answer).replace("&#x27;", "'")
    query = "SELECT link_host FROM sayso.workspaces WHERE id = %s"
    assert console.execute(query, workspace) == [("",)]


@pytest.mark.rule("R7.1")
def test_a_term_without_a_letter_is_refused_beside_its_field(console: Console) -> None:
    _, client = _client(console)
    answer = client.post("/settings/opt-out/", {"message": "", "terms": "stop it, ???"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="id_terms-error"' in answer.content.decode()
    assert "needs at least one letter or digit" in text(answer)


def test_parts_of_the_message_are_counted_without_saving(console: Console) -> None:
    workspace, client = _client(console)
    answer = client.post("/settings/opt-out/", {"message": "Hello", "terms": "", "preview": "1"})
    assert answer.status_code == HTTPStatus.OK
    assert "5 of 160 characters" in text(answer)
    assert console.execute("SELECT opt_out_message FROM sayso.workspaces WHERE id = %s", workspace) == [("",)]


@pytest.mark.rule("R2.1")
def test_who_may_not_change_settings_looks_at_them(console: Console) -> None:
    workspace, client = _client(console, "analyst")
    page = text(client.get("/settings/"))
    assert "You can look, not change." in page
    assert "New category" not in page
    assert "API keys" not in page
    answer = client.post("/settings/opt-out/", {"message": "mine", "terms": ""})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert console.execute("SELECT opt_out_message FROM sayso.workspaces WHERE id = %s", workspace) == [("",)]


def test_a_category_is_made_and_changed_and_never_replaced_unseen(console: Console) -> None:
    workspace, client = _client(console)
    filled = {"name": "prams / toys", "legal_basis": "consent", "rejected_by_stop": "on"}
    assert "Category “prams / toys” saved." in text(client.post("/settings/categories/", filled, follow=True))
    again = client.post("/settings/categories/", filled)
    assert "There is a category “prams / toys” already." in text(again)
    ((id_,),) = console.execute("SELECT name FROM sayso.categories WHERE workspace_id = %s", workspace)
    assert id_ == "prams / toys"
    from django.urls import reverse

    path = reverse("category", args=[id_])
    client.post(path, {"name": "other", "legal_basis": "legitimate_interest"})
    query = "SELECT name, legal_basis, rejected_by_stop FROM sayso.categories WHERE workspace_id = %s"
    assert console.execute(query, workspace) == [("prams / toys", "legitimate_interest", False)]


@pytest.mark.rule("R5.6", "R2.4")
def test_the_event_and_its_fields_are_named(console: Console) -> None:
    workspace, client = _client(console)
    client.post(
        "/settings/event/", {"name": "sms_in", "sender": "from", "message": "message", "recipient": ""}
    )
    query = "SELECT event_name, event_properties FROM sayso.workspaces WHERE id = %s"
    assert console.execute(query, workspace) == [("sms_in", {"sender": "from"})]
    twice = client.post("/settings/event/", {"name": "sms_in", "sender": "message"})
    assert twice.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Two fields cannot both be called message." in text(twice)
    trail = console.execute(
        "SELECT action, object_type, before FROM sayso.audit WHERE workspace_id = %s", workspace
    )
    assert trail == [("changed", "event_names", {"name": "campaign", "properties": {}})]


def test_times_are_told_in_the_chosen_zone(console: Console) -> None:
    workspace, client = _client(console)
    client.post("/settings/time-zone/", {"time_zone": "Asia/Tokyo"})
    assert "times of Asia/Tokyo" in text(client.get("/audit/"))
    assert client.post("/settings/time-zone/", {"time_zone": "Moon/Base"}).status_code == 422
    assert console.execute("SELECT time_zone FROM sayso.workspaces WHERE id = %s", workspace) == [
        ("Asia/Tokyo",)
    ]


@pytest.mark.parametrize(
    ("path", "notes"),
    [
        ("/audit/", 1),
        ("/keys/", 1),
        ("/people/", 1),
        ("/opt-outs/", 1),
        (f"/opt-outs/{proof_scene.PHONE}/", 1),
        ("/alarms/", 1),
        ("/quarantine/", 1),
        ("/templates/", 0),
    ],
)
def test_whose_times_a_list_tells_is_said_once_and_only_where_it_tells_one(
    console: Console, path: str, notes: int
) -> None:
    workspace = console.workspace()
    people.furnish(console, workspace)
    proof_scene.furnish(console, workspace)
    owner = console.person((workspace, "owner"))
    apart(lambda: room.set_operator(owner.email, True))
    client = signed_in(owner)
    query = "INSERT INTO sayso.templates (workspace_id, name, class) VALUES (%s, 'Parcel', 'transactional')"
    console.execute(query, workspace)
    page = client.get(path).content.decode()
    assert page.count("<tbody>")
    assert len(re.findall(r"[Tt]imes (?:of|are of) Europe/London", page)) == notes
    told = re.findall(r"<time [^>]*>", page)
    assert bool(told) == bool(notes)
    exact = re.compile(r'datetime="[^"]+" title="\d\d-\d\d-\d{4} \d\d:\d\d:\d\d"')
    assert [one for one in told if not exact.search(one)] == []


def test_a_person_chooses_how_the_console_looks_to_them(console: Console) -> None:
    _, client = _client(console, "analyst")
    client.post("/settings/appearance/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/settings/").content.decode()
