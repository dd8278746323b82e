"""Who works in a workspace: what two changes at once may not do to it (R2.1)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sayso.actions import exporting, members
from sayso.actions.actor import SCOPES, Actor
from sayso.actions.keys import KeyDraft, ShownOnce, create_key, revoke_key
from sayso.actions.members import Invited
from sayso.actions.refusal import Refused
from sayso.actions.still import TakenAwayError
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, open_pool
from tests.world import World, build

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R2.1")]
NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)


def _world(database: Databases, *roles: str) -> World:
    world = build(database)
    for user, role in enumerate(roles, start=1):
        query = "INSERT INTO memberships (workspace_id, user_id, role) VALUES (%s, %s, %s)"
        world.rows(query, world.workspace, user, role)
    return world


async def test_two_owners_who_demote_each_other_leave_one(database: Databases) -> None:
    world = _world(database, "owner", "owner")
    first, second = (Actor(world.workspace, user_id=user, role="owner") for user in (1, 2))
    async with open_pool(database.url, APP) as pool:
        found = await asyncio.gather(
            members.change_role(pool, first, 2, "agent"), members.remove_member(pool, second, 1)
        )
    assert sum(isinstance(each, Refused) for each in found) == 1
    owners = "SELECT count(*) FROM memberships WHERE workspace_id = %s AND role = 'owner'"
    assert world.rows(owners, world.workspace) == [(1,)]


async def test_a_link_used_twice_at_once_lets_one_person_in(database: Databases) -> None:
    world = _world(database, "owner")
    owner = Actor(world.workspace, user_id=1, role="owner")
    async with open_pool(database.url, APP) as pool:
        made = await members.invite(pool, owner, "jo@littlefern.example", "agent", NOW)
        assert isinstance(made, Invited)
        nobody = Actor(0)
        found = await asyncio.gather(
            *(members.accept_invitation(pool, nobody, made.token, user, NOW) for user in (7, 8))
        )
        late = await members.accept_invitation(pool, nobody, made.token, 9, NOW + timedelta(days=8))
    assert sum(isinstance(each, Refused) for each in found) == 1
    assert isinstance(late, Refused)
    assert world.rows("SELECT count(*) FROM memberships WHERE role = 'agent'") == [(1,)]


@pytest.mark.rule("R2.3")
async def test_a_test_key_gives_nobody_a_role_and_takes_none(database: Databases) -> None:
    world = _world(database, "owner", "agent")
    tester = Actor(world.workspace, key_id=1, scopes=frozenset(SCOPES), test_mode=True)
    async with open_pool(database.url, APP) as pool:
        refused = [
            await members.set_member(pool, tester, 3, "owner"),
            await members.change_role(pool, tester, 2, "owner"),
            await members.remove_member(pool, tester, 2),
            await members.invite(pool, tester, "jo@littlefern.example", "agent", NOW),
            await members.withdraw_invitation(pool, tester, 1, NOW),
        ]
    for each in refused:
        assert isinstance(each, Refused)
        assert each.problems[0].code == "test_mode"
    held = "SELECT user_id, role FROM memberships WHERE workspace_id = %s ORDER BY user_id"
    assert world.rows(held, world.workspace) == [(1, "owner"), (2, "agent")]


@pytest.mark.parametrize(
    "address", ["", "jo", "jo@", "@x.example", "a b@x.example", "jo@x.example\r\nBcc: k@x", "j" * 300 + "@x"]
)
async def test_what_is_no_address_is_not_invited(database: Databases, address: str) -> None:
    world = _world(database, "owner")
    async with open_pool(database.url, APP) as pool:
        found = await members.invite(
            pool, Actor(world.workspace, user_id=1, role="owner"), address, "agent", NOW
        )
    assert isinstance(found, Refused)


async def test_a_key_invites_nobody(database: Databases) -> None:
    world = _world(database, "owner")
    key = Actor(world.workspace, key_id=1, scopes=frozenset({"members:write"}))
    async with open_pool(database.url, APP) as pool:
        found = await members.invite(pool, key, "jo@littlefern.example", "agent", NOW)
    assert isinstance(found, Refused)
    assert "A person must invite" in found.problems[0].message


OPEN = "SELECT email FROM invitations WHERE withdrawn_at IS NULL AND accepted_at IS NULL ORDER BY email"


async def test_who_is_removed_or_demoted_leaves_no_invitation_behind(database: Databases) -> None:
    world = _world(database, "owner", "admin", "admin")
    owner, *admins = (
        Actor(world.workspace, user_id=user, role=role)
        for user, role in ((1, "owner"), (2, "admin"), (3, "admin"))
    )
    async with open_pool(database.url, APP) as pool:
        kept = await members.invite(pool, owner, "kept@littlefern.example", "agent", NOW)
        links = []
        for each in admins:
            made = await members.invite(pool, each, f"by{each.user_id}@littlefern.example", "admin", NOW)
            assert isinstance(made, Invited)
            links.append(made)
        assert await members.remove_member(pool, owner, 2) is None
        assert await members.change_role(pool, owner, 3, "agent") is None
        for made in links:
            assert isinstance(await members.accept_invitation(pool, Actor(0), made.token, 2, NOW), Refused)
    assert isinstance(kept, Invited)
    assert world.rows(OPEN) == [("kept@littlefern.example",)]
    trail = "SELECT object_id, user_id FROM audit WHERE action = 'withdrawn' ORDER BY id"
    assert world.rows(trail) == [(str(made.id), 1) for made in links]


@pytest.mark.parametrize("now", [None, "agent", "admin"])
async def test_an_invitation_gives_what_its_inviter_may_still_give(
    database: Databases, now: str | None
) -> None:
    world = _world(database, "owner", "owner")
    async with open_pool(database.url, APP) as pool:
        inviter = Actor(world.workspace, user_id=2, role="owner")
        made = await members.invite(pool, inviter, "jo@littlefern.example", "owner", NOW)
        assert isinstance(made, Invited)
        # Past the action, as an invitation that was sent off while the role was taken.
        if now is None:
            world.rows("DELETE FROM memberships WHERE user_id = 2")
        else:
            world.rows("UPDATE memberships SET role = %s WHERE user_id = 2", now)
        found = await members.accept_invitation(pool, Actor(0), made.token, 7, NOW)
    assert isinstance(found, Refused)
    assert "Whoever invited you may no longer" in found.problems[0].message
    assert world.rows("SELECT 1 FROM memberships WHERE user_id = 7") == []


async def test_a_file_breaks_off_once_the_role_or_the_key_that_began_it_is_taken_away(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SLICE", 1)
    world = _world(database, "owner", "analyst")
    for number in range(3):
        world.contact(12025550140 + number)
    owner = Actor(world.workspace, user_id=1, role="owner")
    async with open_pool(database.url, APP) as pool:
        made = await create_key(pool, owner, KeyDraft("files"))
        assert isinstance(made, ShownOnce)
        key = Actor(world.workspace, key_id=made.id, scopes=frozenset(made.scopes))
        for who, takes in (
            (Actor(world.workspace, user_id=2, role="analyst"), members.remove_member(pool, owner, 2)),
            (key, revoke_key(pool, owner, made.id, NOW)),
        ):
            begun = await exporting.begin_export(pool, who, exporting.ExportWanted(), NOW)
            assert isinstance(begun, exporting.Export)
            file = exporting.rows(pool, who, begun)
            assert [len(await anext(file)), len(await anext(file))] == [1, 1]
            assert not isinstance(await takes, Refused)
            with pytest.raises(TakenAwayError):
                await anext(file)
