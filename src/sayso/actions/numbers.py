"""Inbound numbers of the operator, and the lines that workspaces are given on them (R3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, conflict, fault, missing
from sayso.core import phones
from sayso.core.contact_record import COUNTRY
from sayso.core.text import fold
from sayso.storage import audit, cancelling, connections, numbers, workspaces
from sayso.storage.numbers import GivenLine, InboundNumber, Line, NumberDraft
from sayso.storage.pool import Connection, Pool
from sayso.storage.workspaces import Named

KINDS = ("long_code", "exclusive_short_code", "shared_short_code")
LONGEST_KEYWORD = 20
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class LineWanted:
    """A line as asked for; the provider keyword as written, empty on a number of one's own."""

    inbound_number_id: int
    provider_keyword: str = ""
    language: str = "en"


@needs("operator")
async def create_number(pool: Pool, actor: Actor, wanted: NumberDraft) -> InboundNumber | Refused:
    """Store a number that customers can text, in its canonical digits (R3.4)."""
    draft = _canonical(wanted)
    if isinstance(draft, Refused):
        return draft
    async with transaction(pool, actor) as conn:
        # Locked, and what stands in for it: neither begins to stand in meanwhile, nor gets a number.
        home = await connections.get(conn, draft.connection_id, for_update=True)
        if home is None:
            return fault("connection_id", "unknown", "There is no such connection: make it first.")
        if home.fallback_connection_id is not None:
            await connections.get(conn, home.fallback_connection_id, for_update=True)
        refused = await _stands_in_twice(conn, draft)
        if refused:
            return refused
        made = await numbers.create_number(conn, draft)
        if made is None:
            return conflict("number", "taken", f"This connection has {draft.number} already.")
        stored = await numbers.get_number(conn, made)
        assert stored is not None  # noqa: S101 - stored above, in this transaction
        await record(conn, actor, audit.Change("created", "inbound_number", str(made), None, state(stored)))
        return stored


@needs("settings:read")
async def list_numbers(pool: Pool, actor: Actor, after: int, limit: int) -> list[InboundNumber]:
    """A page of inbound numbers: all for an operator, else those the workspace has a line on."""
    async with transaction(pool, actor) as conn:
        return await numbers.every_number(conn, after, limit)


@needs("operator")
async def set_help_answer(
    pool: Pool, actor: Actor, number_id: int, answer: str, seen: str = ""
) -> InboundNumber | Refused:
    """Say what a bare HELP on a shared code is told (R3.3); `seen`: the stamp of the answer it replaces."""
    if len(answer) > 1_600:
        return fault("help_answer", "too_long", "The answer has at most 1,600 characters.")
    async with transaction(pool, actor) as conn:
        stood = await numbers.get_number(conn, number_id, for_update=True)
        if stood is None:
            return missing("id", "inbound number")
        refused = overtaken("this answer", stood.help_answer, answer, seen)
        if refused or stood.help_answer == answer:
            return refused or stood
        await numbers.set_help_answer(conn, number_id, answer)
        before, after = {"help_answer": stood.help_answer}, {"help_answer": answer}
        await record(conn, actor, audit.Change("changed", "inbound_number", str(number_id), before, after))
        return await numbers.get_number(conn, number_id) or missing("id", "inbound number")


@needs("operator")
async def create_line(pool: Pool, actor: Actor, wanted: LineWanted) -> Line | Refused:
    """Give the actor's workspace a number, or a provider keyword on a shared one (R3.1, R3.2)."""
    keyword = fold(wanted.provider_keyword).squeezed
    async with transaction(pool, actor) as conn:
        number = await numbers.get_number(conn, wanted.inbound_number_id)
        if number is None:
            return fault("inbound_number_id", "unknown", "There is no such inbound number: make it first.")
        refused = _line_fault(number, wanted, keyword) or await _stands_in(conn, number)
        if refused:
            return refused
        made = await numbers.create_line(conn, number.id, keyword, wanted.language)
        if made is None:
            return _held(number, keyword)
        return await _recorded(conn, actor, made)


@needs("settings:read")
async def list_lines(pool: Pool, actor: Actor, after: int, limit: int) -> list[Line]:
    """A page of the workspace's own lines."""
    async with transaction(pool, actor) as conn:
        return await numbers.every_line(conn, after, limit)


@needs("settings:read")
async def show_line(pool: Pool, actor: Actor, line_id: int) -> Line | Refused:
    """One of the workspace's own lines."""
    async with transaction(pool, actor) as conn:
        return await numbers.get_line(conn, line_id) or missing("id", "line")


@needs("operator")
async def withdraw_line(pool: Pool, actor: Actor, line_id: int, now: datetime) -> Refused | None:
    """Take a line back from the workspace, and what waits to leave from it; its history stays."""
    async with transaction(pool, actor) as conn:
        stood = await numbers.get_line(conn, line_id, for_update=True)
        if stood is None:
            return missing("id", "line")
        if await numbers.withdraw_line(conn, line_id, now):
            cancelled = await cancelling.cancel_from_line(conn, line_id, now)
            after = state(stood, withdrawn_at=now, cancelled_messages=cancelled)
            await record(conn, actor, audit.Change("withdrawn", "line", str(line_id), state(stood), after))
        return None


@needs("operator")
async def lines_of_all(pool: Pool, actor: Actor) -> list[GivenLine]:
    """The lines of every workspace, withdrawn ones included."""
    async with transaction(pool, actor) as conn:
        return await numbers.lines_of_all(conn)


@needs("operator")
async def names_of_workspaces(pool: Pool, actor: Actor) -> list[Named]:
    """Every workspace that a line may be given to."""
    async with transaction(pool, actor) as conn:
        return await workspaces.names(conn)


@needs("operator")
async def give_line(pool: Pool, actor: Actor, workspace_id: int, wanted: LineWanted) -> Line | Refused:
    """Give a line to any workspace, in whose audit trail it is written down."""
    async with transaction(pool, actor) as conn:
        if workspace_id not in {each.id for each in await workspaces.names(conn)}:
            return fault("workspace_id", "unknown", "There is no such workspace.")
    return await create_line(pool, replace(actor, workspace_id=workspace_id), wanted)


@needs("operator")
async def take_line(pool: Pool, actor: Actor, line_id: int, now: datetime) -> Refused | None:
    """Take a line back from whatever workspace has it, in whose audit trail it is written down."""
    async with transaction(pool, actor) as conn:
        found = next((line for line in await numbers.lines_of_all(conn) if line.id == line_id), None)
    if found is None:
        return missing("id", "line")
    return await withdraw_line(pool, replace(actor, workspace_id=found.workspace_id), line_id, now)


async def _stands_in_twice(conn: Connection, draft: NumberDraft) -> Refused | None:
    twice = await numbers.stands_in_twice(conn, draft)
    if twice is None:
        return None
    told = (
        f"{twice.name} would stand in with {draft.number} for {twice.one} and for {twice.another}, so nobody "
        "could tell for whom an answer is. Let another connection, or none, stand in for one of them first; "
        "where it did before and does no longer, free the number."
    )
    return conflict("number", "stands_in_twice", told)


async def _stands_in(conn: Connection, number: InboundNumber) -> Refused | None:
    other = await numbers.stands_in_for(conn, number.id)
    if other is None:
        return None
    told = (
        f"Here {number.number} stands in for the same number of {other}, or has: what people answer, a STOP "
        "too, is for whoever has a line there. Give a line on that one or on another number; or free this "
        "one, where it stands in no longer."
    )
    return conflict("inbound_number_id", "stands_in", told)


async def _recorded(conn: Connection, actor: Actor, line_id: int) -> Line:
    stored = await numbers.get_line(conn, line_id)
    assert stored is not None  # noqa: S101 - stored above, in this transaction
    await record(conn, actor, audit.Change("created", "line", str(line_id), None, state(stored)))
    return stored


def _canonical(wanted: NumberDraft) -> NumberDraft | Refused:
    if wanted.kind not in KINDS:
        return fault("kind", "unknown", f"The kind of a number is one of: {', '.join(KINDS)}.")
    if not COUNTRY.fullmatch(wanted.country):
        return fault("country", "not_a_country", "A country is its two letters, such as US.")
    if wanted.kind != "long_code":
        code = wanted.number.strip()
        if not _SHORT_CODE.fullmatch(code):
            return fault(
                "number", "not_a_short_code", "A short code has three to eight digits and nothing else."
            )
        return NumberDraft(wanted.connection_id, code, wanted.kind, wanted.country, wanted.help_answer)
    read = phones.parse(wanted.number, wanted.country)
    if isinstance(read, phones.NotANumber):
        return fault("number", "not_a_number", f"This is no phone number. {read.because}")
    return NumberDraft(wanted.connection_id, str(read.key), wanted.kind, wanted.country, wanted.help_answer)


def _line_fault(number: InboundNumber, wanted: LineWanted, keyword: str) -> Refused | None:
    if not _LANGUAGE.fullmatch(wanted.language):
        return fault("language", "not_a_language", "A language is a code such as en or pt-BR.")
    if number.kind != "shared_short_code":
        if wanted.provider_keyword:
            return fault(
                "provider_keyword",
                "not_shared",
                f"{number.number} is not shared, so it takes no provider keyword.",
            )
        return None
    if not keyword:
        return fault(
            "provider_keyword", "missing", f"{number.number} is shared: say which provider keyword is yours."
        )
    if len(keyword) > LONGEST_KEYWORD or not keyword.isalnum():
        return fault(
            "provider_keyword",
            "form",
            f"A provider keyword is letters and digits, at most {LONGEST_KEYWORD} of them.",
        )
    return None


def _held(number: InboundNumber, keyword: str) -> Refused:
    if keyword:
        return conflict(
            "provider_keyword", "taken", f"“{keyword}” on {number.number} belongs to a line already."
        )
    return conflict("inbound_number_id", "taken", f"{number.number} belongs to a line already.")
