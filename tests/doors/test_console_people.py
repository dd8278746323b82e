"""People at the console: inviting, joining, changing a role, removing; keys; and the trail of all of it."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pytest
import structlog

from sayso.observe import logs
from tests.console_visits import signed_in, text, visitor
from tests.consoles import PASSWORD, Console, Person

TRAIL = "SELECT user_id, action, object_type FROM sayso.audit WHERE workspace_id = %s ORDER BY id"


def _sent(client: Any, path: str, filled: dict[str, Any]) -> Any:
    """A form as its page carries it, with its number used once, and the page after it."""
    page = client.get(path).content.decode()
    number = re.search(r'name="once" value="([^"]+)"', page)
    assert number, page
    return client.post(path, filled | {"once": number[1]}, follow=True)


def _secret(page: Any) -> str:
    found = re.search(r'id="secret" value="([^"]+)"', page.content.decode())
    return found[1] if found else ""


def _link(client: Any, email: str, role: str = "agent") -> str:
    page = _sent(client, "/people/invite/", {"email": email, "role": role})
    return re.sub(r"^http://[^/]+", "", _secret(page))


def _owner(console: Console) -> tuple[int, Person, Any]:
    workspace = console.workspace()
    owner = console.person((workspace, "owner"))
    return workspace, owner, signed_in(owner)


@pytest.mark.rule("R2.1", "R2.4")
def test_an_invited_colleague_joins_once_as_what_they_were_invited_for(console: Console) -> None:
    workspace, owner, client = _owner(console)
    name = f"Jo.{os.urandom(4).hex()}"  # the database is shared, and an address has one account
    link = _link(client, f"{name}@LittleFern.example")
    assert re.fullmatch(r"/join/[A-Za-z0-9_-]{43}/", link)
    jo = visitor()
    assert "Join Little Fern" in text(jo.get(link))
    joined = jo.post(link, {"name": "Jo Brandt", "password": PASSWORD}, follow=True)
    assert joined.status_code == HTTPStatus.OK
    assert jo.get("/people/").status_code == HTTPStatus.FORBIDDEN
    rows = console.execute(
        "SELECT m.role, u.name, u.email FROM sayso.memberships m "
        "JOIN console.accounts_user u ON u.id = m.user_id WHERE m.workspace_id = %s AND m.role = 'agent'",
        workspace,
    )
    assert rows == [("agent", "Jo Brandt", f"{name.lower()}@littlefern.example")]
    again = visitor().get(link)
    assert again.status_code == HTTPStatus.GONE
    trail = [(what, thing) for _, what, thing in console.execute(TRAIL, workspace)]
    assert trail == [("created", "invitation"), ("joined", "member")]
    assert console.execute(TRAIL, workspace)[0][0] == owner.id


@pytest.mark.rule("R2.1")
def test_an_account_made_by_a_shown_link_is_told_where_it_gets_roles(console: Console) -> None:
    workspace, owner, client = _owner(console)
    visitor().post(_link(client, "boss@b-corp.example"), {"name": "Boss", "password": PASSWORD})
    ((boss,),) = console.execute("SELECT id FROM console.accounts_user WHERE email = 'boss@b-corp.example'")
    shown = "oined by a link that was shown, not only mailed"
    assert text(client.get("/people/")).count(shown) == 1
    assert shown in text(client.get(f"/people/{boss}/"))
    assert shown not in text(client.get(f"/people/{owner.id}/"))
    assert workspace


@pytest.mark.rule("R2.1")
def test_the_link_is_stored_as_a_hash_and_shown_once(console: Console) -> None:
    workspace, _, client = _owner(console)
    page = _sent(client, "/people/invite/", {"email": "jo@littlefern.example", "role": "agent"})
    token = _secret(page).rstrip("/").rpartition("/")[2]
    (stored,) = console.execute("SELECT i::text FROM sayso.invitations i WHERE workspace_id = %s", workspace)[
        0
    ]
    assert token not in stored
    shown = page.redirect_chain[-1][0]
    assert "This link was shown" in text(client.get(shown))
    assert token not in client.get(shown).content.decode()


@pytest.mark.rule("R2.1")
def test_a_second_invitation_ends_the_first_and_one_can_be_taken_back(console: Console) -> None:
    workspace, _, client = _owner(console)
    first, second = (_link(client, "jo@littlefern.example") for _ in range(2))
    assert visitor().get(first).status_code == HTTPStatus.GONE
    assert visitor().get(second).status_code == HTTPStatus.OK
    query = "SELECT id FROM sayso.invitations WHERE workspace_id = %s AND withdrawn_at IS NULL"
    ((id_,),) = console.execute(query, workspace)
    assert "Take back the invitation of jo@littlefern.example?" in text(
        client.get(f"/people/invitations/{id_}/take-back/")
    )
    client.post(f"/people/invitations/{id_}/take-back/")
    assert visitor().get(second).status_code == HTTPStatus.GONE
    assert visitor().get("/join/nothing/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.rule("R2.1")
def test_an_old_invitation_opens_nothing(console: Console) -> None:
    workspace, _, client = _owner(console)
    link = _link(client, "jo@littlefern.example")
    console.execute("UPDATE sayso.invitations SET expires_at = now() WHERE workspace_id = %s", workspace)
    answer = visitor().post(link, {"name": "Jo", "password": PASSWORD})
    assert answer.status_code == HTTPStatus.GONE
    assert len(console.execute("SELECT 1 FROM sayso.memberships WHERE workspace_id = %s", workspace)) == 1


@pytest.mark.rule("R2.1")
def test_an_invitation_that_ran_out_is_not_counted_as_open_and_can_be_made_anew(console: Console) -> None:
    workspace, _, client = _owner(console)
    _link(client, "jo+late@littlefern.example", "analyst")
    console.execute("UPDATE sayso.invitations SET expires_at = now() WHERE workspace_id = %s", workspace)
    alone = client.get("/people/")
    assert "1 person works in Little Fern; 1 invitation ran out." in text(alone)
    _link(client, "kim@littlefern.example")
    page = client.get("/people/")
    assert "1 person works in Little Fern; 1 invitation is open; 1 ran out." in text(page)
    rows = page.content.decode().split("<tr")
    late, good = (next(row for row in rows if name in row) for name in ("jo+late@", "kim@"))
    assert "Ran out" in late
    assert "Ran out" not in good
    assert "Invite again" not in good
    again = re.search(r'href="(/people/invite/[^"]+)">Invite again', late)
    assert again
    form = client.get(again[1].replace("&amp;", "&")).content.decode()
    assert 'value="jo+late@littlefern.example"' in form
    assert re.search(r'value="analyst"[^>]* checked', form)
    ((id_,),) = console.execute(
        "SELECT id FROM sayso.invitations WHERE workspace_id = %s AND email LIKE 'jo%%'", workspace
    )
    assert "its link opens nothing already" in text(client.get(f"/people/invitations/{id_}/take-back/"))


@pytest.mark.rule("R2.1")
def test_somebody_with_an_account_signs_in_and_joins(console: Console) -> None:
    workspace, _, client = _owner(console)
    ada = console.person((console.workspace("Quiet Harbour"), "owner"), name="Ada Quist")
    link = _link(client, ada.email, "analyst")
    assert "has an account" in text(visitor().get(link))
    assert "another address" in text(client.get(link))
    their = signed_in(ada)
    their.post(link)
    query = "SELECT role FROM sayso.memberships WHERE workspace_id = %s AND user_id = %s"
    assert console.execute(query, workspace, ada.id) == [("analyst",)]
    assert "Little Fern" in text(their.get("/", follow=True))


def test_an_easy_password_makes_no_account(console: Console) -> None:
    _, _, client = _owner(console)
    link = _link(client, "kim@littlefern.example")
    answer = visitor().post(link, {"name": "Kim", "password": "password12"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "too common" in text(answer)
    assert console.execute("SELECT 1 FROM console.accounts_user WHERE email = 'kim@littlefern.example'") == []


def test_a_page_that_refuses_does_not_log_the_link(console: Console) -> None:
    _, _, client = _owner(console)
    link = _link(client, "kim2@littlefern.example")
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    logs.configure("json", process="test", stream=stream)
    try:
        visitor().post(link, {"name": "Kim", "password": "password12"})
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.reset_defaults()
    assert "/join/" in stream.getvalue()
    assert link.split("/")[2] not in stream.getvalue()


def test_who_works_here_is_not_invited_again(console: Console) -> None:
    workspace, _, client = _owner(console)
    tom = console.person((workspace, "agent"), name="Tom Reed")
    page = _sent(client, "/people/invite/", {"email": tom.email, "role": "agent"})
    assert "Tom Reed works here already, as an agent." in text(page)


@pytest.mark.rule("R2.1", "R2.4")
def test_a_role_is_changed_and_a_person_removed(console: Console) -> None:
    workspace, owner, client = _owner(console)
    tom = console.person((workspace, "agent"), name="Tom Reed")
    assert "Tom Reed is analyst now." in text(
        client.post(f"/people/{tom.id}/", {"role": "analyst"}, follow=True)
    )
    question = text(client.get(f"/people/{tom.id}/remove/"))
    assert "Remove Tom Reed from Little Fern?" in question
    assert "Open invitations that they made are taken back." in question
    client.post(f"/people/{tom.id}/remove/")
    assert client.get(f"/people/{tom.id}/").status_code == HTTPStatus.NOT_FOUND
    query = (
        "SELECT user_id, action, before, after FROM sayso.audit "
        "WHERE workspace_id = %s AND object_type = 'member' ORDER BY id"
    )
    assert console.execute(query, workspace) == [
        (owner.id, "changed", {"role": "agent"}, {"role": "analyst"}),
        (owner.id, "removed", {"role": "analyst"}, None),
    ]


@pytest.mark.rule("R2.1")
def test_an_account_that_is_not_kept_uses_no_invitation_up(console: Console) -> None:
    workspace, _, client = _owner(console)
    link = _link(client, "late@littlefern.example")
    with _spoilt(console, "late@littlefern.example", "CONSTRAINT TRIGGER", "AFTER", "check_violation"):
        answer = visitor().post(link, {"name": "Late", "password": PASSWORD})
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert len(console.execute("SELECT 1 FROM sayso.memberships WHERE workspace_id = %s", workspace)) == 1
    kim = visitor()
    kim.post(link, {"name": "Late", "password": PASSWORD})
    assert kim.get("/inbox/").status_code == HTTPStatus.OK


@pytest.mark.rule("R2.1")
def test_an_account_made_a_moment_ago_is_signed_in_to(console: Console) -> None:
    _, _, client = _owner(console)
    link = _link(client, "twice@littlefern.example")
    with _spoilt(console, "twice@littlefern.example", "TRIGGER", "BEFORE", "unique_violation"):
        answer = visitor().post(link, {"name": "Twice", "password": PASSWORD})
    assert answer.status_code == HTTPStatus.OK
    assert "has an account. Sign in with it" in text(answer)


@pytest.mark.rule("R2.1")
def test_a_role_refused_after_all_leaves_an_account_that_is_told_why(console: Console) -> None:
    workspace, _, client = _owner(console)
    link = _link(client, "gone@littlefern.example")
    # The inviter goes past the action, so that the link stands open.
    console.execute("DELETE FROM sayso.memberships WHERE workspace_id = %s", workspace)
    gone = visitor()
    answer = gone.post(link, {"name": "Gone", "password": PASSWORD})
    assert answer["Location"] == link
    assert "Whoever invited you may no longer" in text(gone.post(link))


@contextmanager
def _spoilt(console: Console, email: str, kind: str, moment: str, error: str) -> Iterator[None]:
    """The address cannot be stored meanwhile: at once, or only when the transaction is to be kept."""
    late = "DEFERRABLE INITIALLY DEFERRED" if moment == "AFTER" else ""
    console.execute(
        f"CREATE FUNCTION console.spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE {error}; END'"
    )
    console.execute(
        f"CREATE {kind} spoil {moment} INSERT ON console.accounts_user {late} FOR EACH ROW "
        f"WHEN (NEW.email = '{email}') EXECUTE FUNCTION console.spoil()"
    )
    try:
        yield
    finally:
        console.execute("DROP FUNCTION console.spoil CASCADE")


@pytest.mark.rule("R2.1")
def test_a_workspace_keeps_an_owner(console: Console) -> None:
    workspace, owner, client = _owner(console)
    changed = client.post(f"/people/{owner.id}/", {"role": "agent"})
    assert changed.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This is the only owner." in text(changed)
    removed = client.post(f"/people/{owner.id}/remove/")
    assert removed.status_code == HTTPStatus.CONFLICT
    query = "SELECT role FROM sayso.memberships WHERE workspace_id = %s"
    assert console.execute(query, workspace) == [("owner",)]


@pytest.mark.rule("R2.1")
def test_an_admin_neither_makes_nor_unmakes_owners(console: Console) -> None:
    workspace = console.workspace()
    first, _ = (console.person((workspace, "owner")) for _ in range(2))
    admin = console.person((workspace, "admin"))
    client = signed_in(admin)
    for user, role in ((admin.id, "owner"), (first.id, "agent")):
        assert client.post(f"/people/{user}/", {"role": role}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post(f"/people/{first.id}/remove/").status_code == HTTPStatus.CONFLICT
    query = "SELECT role FROM sayso.memberships WHERE workspace_id = %s ORDER BY role"
    assert console.execute(query, workspace) == [("admin",), ("owner",), ("owner",)]


@pytest.mark.rule("R2.1")
@pytest.mark.parametrize("role", ["marketer", "agent", "analyst", "compliance_owner"])
def test_people_and_keys_open_for_owners_and_admins_alone(console: Console, role: str) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, role)))
    for path in ("/people/", "/people/invite/", "/keys/", "/keys/new/"):
        assert client.get(path).status_code == HTTPStatus.FORBIDDEN, path
    trail = client.get("/audit/").status_code
    assert trail == (HTTPStatus.OK if role == "compliance_owner" else HTTPStatus.FORBIDDEN)


@pytest.mark.rule("R2.3", "R2.4")
def test_a_key_is_shown_once_and_revoked(console: Console) -> None:
    workspace, owner, client = _owner(console)
    filled = {"name": "Shop", "ordinary": ["messages:send"], "extra": [], "test_mode": "on"}
    page = _sent(client, "/keys/new/", filled)
    key = _secret(page)
    assert re.fullmatch(r"sayso_[0-9A-Za-z]{43}", key)
    assert "This key was shown" in text(client.get(page.redirect_chain[-1][0]))
    query = "SELECT id, scopes, test_mode, k::text FROM sayso.api_keys k WHERE workspace_id = %s"
    ((id_, scopes, test_mode, stored),) = console.execute(query, workspace)
    assert (scopes, test_mode) == (["messages:send"], True)
    assert key not in stored
    listed = text(client.get("/keys/"))
    assert "Shop" in listed
    assert key not in listed
    assert "never" in listed
    assert "It was never used." in text(client.get(f"/keys/{id_}/revoke/"))
    client.post(f"/keys/{id_}/revoke/")
    assert "Revoked" in text(client.get("/keys/"))
    assert [(owner.id, "created", "api_key"), (owner.id, "revoked", "api_key")] == console.execute(
        TRAIL, workspace
    )


@pytest.mark.rule("R2.3")
def test_a_form_sent_twice_makes_one_key_and_shows_it(console: Console) -> None:
    workspace, _, client = _owner(console)
    filled = {"name": "Shop", "ordinary": ["messages:send"], "once": "a-number-used-once"}
    first = client.post("/keys/new/", filled)
    second = client.post("/keys/new/", filled)
    assert first["location"] == second["location"]
    assert _secret(client.get(second["location"])).startswith("sayso_")
    assert len(console.execute("SELECT 1 FROM sayso.api_keys WHERE workspace_id = %s", workspace)) == 1


@pytest.mark.rule("R2.3")
def test_what_is_shown_once_is_shown_to_whoever_made_it(console: Console) -> None:
    workspace, _, client = _owner(console)
    other = signed_in(console.person((workspace, "admin")))
    made = client.post(
        "/keys/new/", {"name": "A", "ordinary": ["messages:send"], "once": "a-number-used-once"}
    )
    assert "This key was shown" in text(other.get(made["location"]))
    sealed = console.execute("SELECT value FROM console.cache WHERE cache_key LIKE '%%once%%'")
    assert sealed
    assert all("sayso_" not in value for (value,) in sealed)


@pytest.mark.rule("R2.3")
def test_a_new_keys_form_starts_with_nothing_ticked(console: Console) -> None:
    _, _, client = _owner(console)
    form = client.get("/keys/new/").content.decode()
    assert 'value="messages:send"' in form
    assert " checked" not in form


@pytest.mark.rule("R2.3")
@pytest.mark.parametrize("extra", [[], ["keys:write"]])
def test_a_key_without_an_ordinary_scope_is_refused(console: Console, extra: list[str]) -> None:
    workspace, _, client = _owner(console)
    filled = {"name": "A", "extra": extra, "once": "a-number-used-once"}
    answer = client.post("/keys/new/", filled)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    beside = answer.content.decode().partition("<legend>It may</legend>")[2].partition("</fieldset>")[0]
    assert "Tick what the key is for: at least one of these." in beside
    assert " checked" not in beside
    assert console.execute("SELECT 1 FROM sayso.api_keys WHERE workspace_id = %s", workspace) == []
    mended = client.post("/keys/new/", filled | {"ordinary": ["messages:send"]})
    assert mended.status_code == HTTPStatus.SEE_OTHER


@pytest.mark.rule("R2.4")
def test_the_trail_tells_who_did_what_and_what_was_before(console: Console) -> None:
    workspace, _, client = _owner(console)
    tom = console.person((workspace, "agent"), name="Tom Reed")
    client.post(f"/people/{tom.id}/", {"role": "analyst"})
    client.post("/settings/opt-out/", {"message": "You’re out.", "terms": "take me off, no more"})
    trail = text(client.get("/audit/"))
    assert "Nora Ilves Changed the role of Tom Reed" in trail
    assert "was agent is analyst" in trail
    assert "Changed opt-out message and terms" in trail
    only = text(client.get("/audit/?thing=member"))
    assert "Tom Reed" in only
    assert "Changed opt-out" not in only
    assert "Nobody changed such a thing then" in text(client.get(f"/audit/?who={tom.id}"))
    assert "2 changes" in text(client.get("/audit/?since=2026-01-01"))
    assert "0 changes" in text(client.get("/audit/?until=2026-01-02"))
    assert client.get("/audit/?since=x&until=9999-99-99&who=-1&before=z").status_code == HTTPStatus.OK


@pytest.mark.rule("R2.4")
def test_the_trail_goes_on_by_cursor(console: Console) -> None:
    workspace, owner, client = _owner(console)
    console.execute(
        "INSERT INTO sayso.audit (workspace_id, user_id, action, object_type, object_id) "
        "SELECT %s, %s, 'changed', 'contact', n::text FROM generate_series(1, 120) n",
        workspace,
        owner.id,
    )
    first = client.get("/audit/")
    assert "1–50 of 120" in text(first)
    older = re.search(r'href="([^"]+before=[^"]+)"', first.content.decode())
    assert older
    assert "51–100 of 120" in text(client.get(older[1]))


@pytest.mark.rule("R2.4")
def test_an_id_of_another_workspace_is_404_and_the_attempt_is_audited(console: Console) -> None:
    theirs = console.workspace("Theirs")
    stranger = console.person((theirs, "agent"), name="Stranger")
    line = console.line(theirs, "447700900118")
    workspace, owner, client = _owner(console)
    key = console.execute(
        "INSERT INTO sayso.api_keys (workspace_id, name, hint, hash, scopes) "
        "VALUES (%s, 'Theirs', 'sayso_x', sha256(random()::text::bytea), '{}') RETURNING id",
        theirs,
    )[0][0]
    console.execute("INSERT INTO sayso.categories (workspace_id, name) VALUES (%s, 'theirs')", theirs)
    asked = [
        f"/people/{stranger.id}/",
        f"/people/{stranger.id}/remove/",
        f"/keys/{key}/revoke/",
        "/settings/categories/theirs/",
        "/people/invitations/999999/take-back/",
    ]
    for path in asked:
        answer = client.get(path)
        assert answer.status_code == HTTPStatus.NOT_FOUND, path
        assert "Stranger" not in text(answer)
    assert client.get(asked[0]).status_code == HTTPStatus.NOT_FOUND
    assert client.get("/nowhere/").status_code == HTTPStatus.NOT_FOUND
    query = "SELECT user_id, object_id FROM sayso.audit WHERE workspace_id = %s AND action = 'asked_in_vain'"
    assert console.execute(f"{query} ORDER BY id", workspace) == [(owner.id, path) for path in asked]
    assert console.execute(query, theirs) == []
    assert f"Asked for {asked[0]}, which leads nowhere" in text(client.get("/audit/"))
    assert line


@pytest.mark.rule("R2.4")
def test_who_tries_addresses_one_by_one_fills_neither_the_trail_nor_the_cache(console: Console) -> None:
    workspace, owner, client = _owner(console)
    cached = console.execute("SELECT count(*) FROM console.cache")
    for number in range(25):
        assert client.get(f"/people/{900_000 + number}/").status_code == HTTPStatus.NOT_FOUND
    query = "SELECT action, count(*) FROM sayso.audit WHERE workspace_id = %s AND user_id = %s GROUP BY 1"
    assert sorted(console.execute(query, workspace, owner.id)) == [
        ("asked_in_vain", 20),
        ("asked_on_in_vain", 1),
    ]
    assert console.execute("SELECT count(*) FROM console.cache") == cached
    assert "Asked for more addresses that lead nowhere" in text(client.get("/audit/"))
