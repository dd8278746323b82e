"""Workspaces, their opt-out settings, and who works in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

from sayso.actions.actor import ROLES, Actor, house, needs, record, state, transaction
from sayso.actions.refusal import Refused, fault, missing
from sayso.core.problems import Problem
from sayso.core.text import fold
from sayso.storage import audit, pool, workspaces
from sayso.storage.pool import Pool
from sayso.storage.workspaces import Member, Permission

COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST_MESSAGE = 1_600
LONGEST_TERM = 100


@dataclass(frozen=True, slots=True)
class OptOut:
    """What the workspace says and listens for when people stop (R7.1); terms as written."""

    message: str
    terms: tuple[str, ...]


async def create_workspace(
    engine_pool: Pool, name: str, country: str, *, time_zone: str = "UTC", language: str = "en"
) -> int | Refused:
    """Make a workspace and say its id; for the command line, as the engine's role (doors may not)."""
    refused = _workspace_fault(name, country, time_zone)
    if refused:
        return refused
    async with pool.anyone(engine_pool) as conn:
        made = await workspaces.create(conn, name.strip(), country, time_zone, language)
        after = {"name": name.strip(), "country": country, "time_zone": time_zone, "language": language}
        await record(conn, house(made), audit.Change("created", "workspace", str(made), None, after))
        return made


@needs("settings:read")
async def opt_out_settings(pool: Pool, actor: Actor) -> OptOut:
    """The workspace's opt-out message and terms (R7.1)."""
    async with transaction(pool, actor) as conn:
        stands = await workspaces.current(conn)
        terms = await workspaces.terms(conn)
        return OptOut(stands.opt_out_message if stands else "", tuple(term.written for term in terms))


@needs("settings:write")
async def set_opt_out(pool: Pool, actor: Actor, wanted: OptOut) -> OptOut | Refused:
    """Store opt-out message and terms; no terms at all do not remove the floor (R4.9, R7.1)."""
    terms = _terms(wanted.terms)
    if isinstance(terms, Refused):
        return terms
    if len(wanted.message) > LONGEST_MESSAGE:
        return fault("message", "too_long", f"The opt-out message has at most {LONGEST_MESSAGE} characters.")
    async with transaction(pool, actor) as conn:
        stood = await workspaces.current(conn, for_update=True)
        if stood is None:
            return missing("", "workspace")
        before = OptOut(stood.opt_out_message, tuple(term.written for term in await workspaces.terms(conn)))
        await workspaces.set_opt_out_message(conn, wanted.message)
        await workspaces.replace_terms(conn, terms)
        after = OptOut(wanted.message, tuple(term.written for term in terms))
        change = audit.Change("changed", "opt_out", str(actor.workspace_id), state(before), state(after))
        await record(conn, actor, change)
        return after


@needs("settings:read")
async def list_members(pool: Pool, actor: Actor) -> list[Member]:
    """Who works in the workspace, and as what."""
    async with transaction(pool, actor) as conn:
        return await workspaces.members(conn)


@needs("members:write")
async def set_member(pool: Pool, actor: Actor, user_id: int, role: str) -> Refused | None:
    """Give a person a role in the workspace (R2.1)."""
    if role not in ROLES:
        return fault("role", "unknown", f"A role is one of: {', '.join(ROLES)}.")
    async with transaction(pool, actor) as conn:
        stood = await workspaces.member_for_update(conn, user_id)
        await workspaces.set_member(conn, user_id, role)
        before = {"role": stood.role} if stood else None
        await record(conn, actor, audit.Change("changed", "member", str(user_id), before, {"role": role}))
        return None


@needs("members:write")
async def remove_member(pool: Pool, actor: Actor, user_id: int) -> Refused | None:
    """End a person's membership."""
    async with transaction(pool, actor) as conn:
        stood = await workspaces.member_for_update(conn, user_id)
        if stood is None:
            return missing("user_id", "member")
        await workspaces.remove_member(conn, user_id)
        change = audit.Change("removed", "member", str(user_id), {"role": stood.role}, None)
        await record(conn, actor, change)
        return None


@needs("consents:override")
async def permit_confirmation(pool: Pool, actor: Actor, country: str) -> Refused | None:
    """Allow confirmations to a country whose rule is unknown; a person must answer for it (R14.2)."""
    if not COUNTRY.fullmatch(country):
        return fault("country", "not_a_country", "A country is its two letters, such as DE.")
    if actor.user_id is None:
        return fault(
            "country",
            "person_needed",
            "A person must allow this, in the console, so that somebody answers for it.",
        )
    async with transaction(pool, actor) as conn:
        if await workspaces.permit_confirmation(conn, country, actor.user_id):
            after = {"country": country}
            await record(conn, actor, audit.Change("allowed", "confirmation", country, None, after))
        return None


@needs("consents:override")
async def withdraw_confirmation(pool: Pool, actor: Actor, country: str) -> Refused | None:
    """Take that permission back: from then on the strict branch holds again (R14.2)."""
    async with transaction(pool, actor) as conn:
        if await workspaces.withdraw_confirmation(conn, country):
            before = {"country": country}
            await record(conn, actor, audit.Change("withdrawn", "confirmation", country, before, None))
        return None


@needs("settings:read")
async def list_permissions(pool: Pool, actor: Actor) -> list[Permission]:
    """Where confirmations of unknown rule are allowed, by whom, and since when (R14.2)."""
    async with transaction(pool, actor) as conn:
        return await workspaces.permitted_confirmations(conn)


def _workspace_fault(name: str, country: str, time_zone: str) -> Refused | None:
    if not name.strip():
        return fault("name", "missing", "A workspace needs a name.")
    if not COUNTRY.fullmatch(country):
        return fault("country", "not_a_country", "A country is its two letters, such as GB.")
    if time_zone not in available_timezones():
        return fault("time_zone", "unknown", "A time zone is a name such as Europe/London.")
    return None


def _terms(written: Sequence[str]) -> list[workspaces.Term] | Refused:
    terms: dict[str, workspaces.Term] = {}
    problems = []
    for place, term in enumerate(written):
        folded = fold(term).whole
        if not folded:
            problems.append(
                Problem(f"terms[{place}]", "empty", "An opt-out term needs at least one letter or digit.")
            )
        elif len(term) > LONGEST_TERM:
            problems.append(
                Problem(f"terms[{place}]", "too_long", f"A term has at most {LONGEST_TERM} characters.")
            )
        else:
            terms.setdefault(folded, workspaces.Term(folded, term.strip()))
    return Refused("invalid", tuple(problems)) if problems else list(terms.values())
