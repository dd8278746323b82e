"""Who works in a workspace, and as what (R2.1): roles, and the invitations that lead to them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.actions.actor import ROLES, Actor, needs, record, transaction
from sayso.actions.keys import digest
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, conflict, fault, missing
from sayso.storage import audit, invitations, pool, workspaces
from sayso.storage.invitations import Held, NewInvitation
from sayso.storage.pool import Connection, Pool
from sayso.storage.workspaces import Member

INVITATION_LIVES = timedelta(days=7)
LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation; `token` is what its link carries and is nowhere to be had again."""

    id: int
    token: str
    expires_at: datetime


@needs("settings:read")
async def list_members(pool: Pool, actor: Actor) -> list[Member]:
    """Who works in the workspace, and as what."""
    async with transaction(pool, actor) as conn:
        return await workspaces.members(conn)


@needs("members:write")
async def set_member(pool: Pool, actor: Actor, user_id: int, role: str) -> Refused | None:
    """Give a person a role in the workspace, which always keeps an owner (R2.1)."""
    async with transaction(pool, actor) as conn:
        return await _give(conn, actor, user_id, role)


@needs("members:write")
async def change_role(pool: Pool, actor: Actor, user_id: int, role: str, seen: str = "") -> Refused | None:
    """The same for somebody who works here already; nobody is brought in by it.

    `seen` is the stamp of the role that the edit was made from: refused where that changed meanwhile.
    """
    async with transaction(pool, actor) as conn:
        # Owners first, as everywhere: else two changes could wait for each other.
        await workspaces.owners_for_update(conn)
        stood = await workspaces.member_for_update(conn, user_id)
        if stood is None:
            return missing("user_id", "member")
        refused = overtaken("this role", stood.role, role, seen)
        if refused:
            return refused
        return await _give(conn, actor, user_id, role)


@needs("members:write")
async def remove_member(pool: Pool, actor: Actor, user_id: int) -> Refused | None:
    """End a person's membership, the last owner's never, and with it the invitations they have open."""
    async with transaction(pool, actor) as conn:
        owners = await workspaces.owners_for_update(conn)
        stood = await workspaces.member_for_update(conn, user_id)
        if stood is None:
            return missing("user_id", "member")
        refused = _hold(actor, owners, user_id, stays=False)
        if refused:
            return refused
        await workspaces.remove_member(conn, user_id)
        change = audit.Change("removed", "member", str(user_id), {"role": stood.role}, None)
        await record(conn, actor, change, *await _take_back(conn, user_id))
        return None


@needs("members:write")
async def invite(pool: Pool, actor: Actor, email: str, role: str, now: datetime) -> Invited | Refused:
    """Make an invitation for an address; one that stood open for it is good no longer."""
    address = email.strip().lower()
    refused = _address_fault(address) or _role_fault(actor, role)
    if refused:
        return refused
    if actor.user_id is None:
        return fault("", "person_needed", "A person must invite, so that somebody answers for it.")
    token, expires_at = secrets.token_urlsafe(32), now + INVITATION_LIVES
    async with transaction(pool, actor) as conn:
        await invitations.withdraw_open(conn, address, now)
        made = await invitations.create(
            conn, NewInvitation(address, role, digest(token), actor.user_id, expires_at)
        )
        after = {"email": address, "role": role, "expires_at": expires_at.isoformat()}
        await record(conn, actor, audit.Change("created", "invitation", str(made), None, after))
        return Invited(made, token, expires_at)


@needs("members:write")
async def withdraw_invitation(pool: Pool, actor: Actor, invitation_id: int, now: datetime) -> Refused | None:
    """Take an invitation back; its link opens nothing from now on."""
    async with transaction(pool, actor) as conn:
        stood = await invitations.for_update(conn, invitation_id)
        if stood is None:
            return missing("id", "invitation")
        if stood.accepted_at is not None:
            return conflict("id", "used", f"{stood.email} has used it. Take the person off the list instead.")
        if await invitations.withdraw(conn, invitation_id, now):
            before = {"email": stood.email, "role": stood.role}
            await record(
                conn, actor, audit.Change("withdrawn", "invitation", str(invitation_id), before, None)
            )
        return None


async def held_invitation(connections: Pool, _: Actor, token: str) -> Held | None:
    """What the holder of a link may accept, whoever that is; None where it is nobody's."""
    async with pool.anyone(connections) as conn:
        return await invitations.by_hash(conn, digest(token))


async def accept_invitation(
    connections: Pool, asker: Actor, token: str, user_id: int, now: datetime
) -> Refused | None:
    """Give the role to the person who has the link; once, and only while it is good.

    Whether the link was meant for them is for the caller to know, who knows their address.
    """
    held = await held_invitation(connections, asker, token)
    if held is None:
        return missing("token", "invitation")
    actor = Actor(held.workspace_id, user_id=user_id)
    async with transaction(connections, actor) as conn:
        if await workspaces.member_for_update(conn, user_id) is not None:
            return conflict("", "member", f"You work in {held.workspace_name} already.")
        # Locked before the invitation, as where a role is taken away: one of the two waits for the other.
        inviter = await workspaces.member_for_update(conn, held.invited_by)
        if inviter is None or not _may_give(inviter, held):
            return conflict(
                "",
                "inviter",
                "Whoever invited you may no longer do so here. Ask an owner or admin for another.",
            )
        if not await invitations.accept(conn, held.id, user_id, now):
            return conflict(
                "",
                "closed",
                "This invitation was used, taken back or is older than seven days. Ask for another.",
            )
        await workspaces.set_member(conn, user_id, held.role)
        after = {"role": held.role, "invitation": held.id}
        await record(conn, actor, audit.Change("joined", "member", str(user_id), None, after))
        return None


async def _give(conn: Connection, actor: Actor, user_id: int, role: str) -> Refused | None:
    owners = await workspaces.owners_for_update(conn)
    stood = await workspaces.member_for_update(conn, user_id)
    refused = _role_fault(actor, role) or _hold(actor, owners, user_id, stays=role == "owner")
    if refused or (stood is not None and stood.role == role):
        return refused
    await workspaces.set_member(conn, user_id, role)
    before = {"role": stood.role} if stood else None
    change = audit.Change("changed", "member", str(user_id), before, {"role": role})
    # Any other role is a step down, or had none open.
    taken_back = [] if role == "owner" else await _take_back(conn, user_id)
    await record(conn, actor, change, *taken_back)
    return None


async def _take_back(conn: Connection, user_id: int) -> list[audit.Change]:
    """End the invitations that somebody has open: by one of them they could come back as what they were."""
    ended = await invitations.withdraw_of(conn, user_id)
    return [
        audit.Change("withdrawn", "invitation", str(each.id), {"email": each.email, "role": each.role}, None)
        for each in sorted(ended, key=lambda each: each.id)
    ]


def _may_give(inviter: Member, held: Held) -> bool:
    """Whether who invited may still give what the invitation says."""
    giver = Actor(held.workspace_id, user_id=inviter.user_id, role=inviter.role)
    return giver.may("members:write") and _role_fault(giver, held.role) is None


def _address_fault(address: str) -> Refused | None:
    name, _, host = address.partition("@")
    if name and host and len(address) <= LONGEST_ADDRESS and not set(address) & set(" ,;<>\r\n\t"):
        return None
    return fault("email", "address", "This is no e-mail address. One looks like jo@example.com.")


def _role_fault(actor: Actor, role: str) -> Refused | None:
    if role not in ROLES:
        return fault("role", "unknown", f"A role is one of: {', '.join(ROLES)}.")
    if role == "owner" and not _makes_owners(actor):
        return fault("role", "owners_only", "Only an owner makes somebody an owner.")
    return None


def _hold(actor: Actor, owners: list[Member], user_id: int, *, stays: bool) -> Refused | None:
    """Why an owner keeps the role, if they must."""
    if stays or user_id not in {owner.user_id for owner in owners}:
        return None
    if len(owners) == 1:
        return conflict(
            "role",
            "last_owner",
            "This is the only owner. A workspace keeps one: make somebody else an owner first.",
        )
    if not _makes_owners(actor):
        return conflict("role", "owners_only", "Only an owner takes the role of an owner away.")
    return None


def _makes_owners(actor: Actor) -> bool:
    return actor.user_id is None or actor.role == "owner"
