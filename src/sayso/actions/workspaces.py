"""Workspaces and their settings: opting out, the incoming-message event, the time zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

from sayso.actions.actor import Actor, house, needs, record, state, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, fault, missing
from sayso.core.contact_record import COUNTRY
from sayso.core.problems import Problem
from sayso.core.text import fold
from sayso.storage import audit, pool, workspaces
from sayso.storage.pool import Pool
from sayso.storage.workspaces import Permission

LONGEST_MESSAGE = 1_600
LONGEST_TERM = 100
LONGEST_EVENT_NAME = 100
# The machine's own: no name that the database, or the next machine, would understand.
NO_ZONES = frozenset({"localtime"})
EVENT_FIELDS = (
    "status",
    "action_type",
    "timestamp",
    "message",
    "sender",
    "recipient",
    "answers_message_id",
    "answers_certainty",
)
"""What the event of an incoming message tells (R5.6); a workspace may call each otherwise."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """What the workspace says and listens for when people stop (R7.1); terms as written."""

    message: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventNames:
    """What the workspace calls the incoming-message event and its fields (R5.6); the rest keeps its name."""

    name: str
    properties: Mapping[str, object]


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
        return _opt_out(stands.opt_out_message if stands else "", terms)


@needs("settings:write")
async def set_opt_out(pool: Pool, actor: Actor, wanted: OptOut, seen: str = "") -> OptOut | Refused:
    """Store opt-out message and terms; no terms at all do not remove the floor (R4.9, R7.1).

    `seen` is the stamp of what the edit was made from, here and below: refused where that changed meanwhile.
    """
    terms = _terms(wanted.terms)
    if isinstance(terms, Refused):
        return terms
    if len(wanted.message) > LONGEST_MESSAGE:
        return fault("message", "too_long", f"The opt-out message has at most {LONGEST_MESSAGE} characters.")
    async with transaction(pool, actor) as conn:
        stood = await workspaces.current(conn, for_update=True)
        if stood is None:
            return missing("", "workspace")
        before = _opt_out(stood.opt_out_message, await workspaces.terms(conn))
        after = _opt_out(wanted.message, terms)
        written = OptOut(wanted.message, tuple(term.written for term in terms))
        refused = overtaken("the opt-out message or terms", before, after, seen)
        if refused or before == after:
            return refused or written
        await workspaces.set_opt_out_message(conn, wanted.message)
        await workspaces.replace_terms(conn, terms)
        change = audit.Change("changed", "opt_out", str(actor.workspace_id), state(before), state(after))
        await record(conn, actor, change)
        return written


@needs("settings:write")
async def set_event_names(
    pool: Pool, actor: Actor, wanted: EventNames, seen: str = ""
) -> EventNames | Refused:
    """Say what the incoming-message event and its fields are called; a field named as ours keeps its name."""
    renamed = {field: str(name) for field, name in wanted.properties.items() if name and name != field}
    refused = _event_fault(wanted.name, renamed)
    if refused:
        return refused
    async with transaction(pool, actor) as conn:
        stood = await workspaces.current(conn, for_update=True)
        if stood is None:
            return missing("", "workspace")
        before, after = EventNames(stood.event_name, stood.event_properties), EventNames(wanted.name, renamed)
        refused = overtaken("the names", before, after, seen)
        if refused or before == after:
            return refused or after
        await workspaces.set_event(conn, wanted.name, renamed)
        change = audit.Change("changed", "event_names", str(actor.workspace_id), state(before), state(after))
        await record(conn, actor, change)
        return after


@needs("settings:write")
async def set_time_zone(pool: Pool, actor: Actor, time_zone: str, seen: str = "") -> Refused | None:
    """Store the zone in which the console tells this workspace's times."""
    if time_zone not in available_timezones() - NO_ZONES:
        return fault("time_zone", "unknown", "A time zone is a name such as Europe/London.")
    async with transaction(pool, actor) as conn:
        stood = await workspaces.current(conn, for_update=True)
        if stood is None:
            return missing("", "workspace")
        refused = overtaken("the time zone", stood.time_zone, time_zone, seen)
        if refused or stood.time_zone == time_zone:
            return refused
        await workspaces.set_time_zone(conn, time_zone)
        before, after = {"time_zone": stood.time_zone}, {"time_zone": time_zone}
        await record(conn, actor, audit.Change("changed", "workspace", str(stood.id), before, after))
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


def _opt_out(message: str, terms: Iterable[workspaces.Term]) -> OptOut:
    """Both as they stand, the terms in the order of the list: so two are equal where they mean the same."""
    return OptOut(message, tuple(term.written for term in sorted(terms, key=lambda term: term.folded)))


def _event_fault(name: str, renamed: Mapping[str, str]) -> Refused | None:
    problems = []
    if not name.strip() or name != name.strip() or len(name) > LONGEST_EVENT_NAME:
        problems.append(
            Problem(
                "name",
                "length",
                f"An event has a name of at most {LONGEST_EVENT_NAME} characters, with no blanks around it.",
            )
        )
    problems += [
        Problem(f"properties.{field}", "unknown", f"{field} is no field of this event.")
        for field in renamed
        if field not in EVENT_FIELDS
    ]
    taken: set[str] = set()
    for field in EVENT_FIELDS:
        called = renamed.get(field, field)
        if called != called.strip() or len(called) > LONGEST_EVENT_NAME:
            problems.append(Problem(f"properties.{field}", "form", "No blanks around it, and not so long."))
        elif called in taken:
            problems.append(
                Problem(f"properties.{field}", "twice", f"Two fields cannot both be called {called}.")
            )
        taken.add(called)
    return Refused("invalid", tuple(problems)) if problems else None


def _workspace_fault(name: str, country: str, time_zone: str) -> Refused | None:
    if not name.strip():
        return fault("name", "missing", "A workspace needs a name.")
    if not COUNTRY.fullmatch(country):
        return fault("country", "not_a_country", "A country is its two letters, such as GB.")
    if time_zone not in available_timezones() - NO_ZONES:
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
