"""Inbound numbers of the operator and the lines that workspaces hold on them (R3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core.lines import line_name
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("numbers")


@dataclass(frozen=True, slots=True)
class InboundNumber:
    """A number that customers can text: digits without a plus."""

    id: int
    connection_id: int
    number: str
    kind: str
    country: str
    help_answer: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NumberDraft:
    """An inbound number to be stored."""

    connection_id: int
    number: str
    kind: str
    country: str
    help_answer: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What a workspace holds: a number, or a provider keyword on a shared one."""

    id: int
    inbound_number_id: int
    connection_id: int
    number: str
    kind: str
    country: str
    provider_keyword: str
    language: str
    withdrawn_at: datetime | None
    created_at: datetime

    @property
    def name(self) -> str:
        """As people call it: `+15551230000`, `11221`, `11221 / baby`."""
        return line_name(self.number, self.kind, self.provider_keyword)


async def create_number(conn: Connection, draft: NumberDraft) -> int | None:
    """Store an inbound number; None where the connection has it already."""
    said = {
        "connection_id": draft.connection_id,
        "number": draft.number,
        "kind": draft.kind,
        "country": draft.country,
        "help_answer": draft.help_answer,
    }
    return await number(conn, SQL["create_number"], said)


async def every_number(conn: Connection, after: int, limit: int) -> list[InboundNumber]:
    """A page of inbound numbers: all for an operator, else those the workspace has a line on."""
    return await many(conn, InboundNumber, SQL["every_number"], {"after": after, "limit": limit})


async def get_number(conn: Connection, number_id: int, *, for_update: bool = False) -> InboundNumber | None:
    """One inbound number; locked where a change follows."""
    query = SQL["number_for_update" if for_update else "get_number"]
    return await one(conn, InboundNumber, query, {"number_id": number_id})


async def set_help_answer(conn: Connection, number_id: int, help_answer: str) -> None:
    """Say what a bare HELP on a shared code is told (R3.3)."""
    await run(conn, SQL["set_help_answer"], {"number_id": number_id, "help_answer": help_answer})


@dataclass(frozen=True, slots=True)
class _StoodInFor:
    name: str


async def stands_in_for(conn: Connection, number_id: int) -> str | None:
    """The name of a connection for whose number this one stands in, or did and is not freed; None: none."""
    found = await one(conn, _StoodInFor, SQL["stands_in_for"], {"number_id": number_id})
    return found.name if found else None


@dataclass(frozen=True, slots=True)
class Twice:
    """That the connection `name` would stand in with one number for two others."""

    name: str
    one: str
    another: str


async def stands_in_twice(conn: Connection, draft: NumberDraft) -> Twice | None:
    """Two connections for which one number would stand in, or once did, if this one were registered."""
    said = {"connection_id": draft.connection_id, "number": draft.number, "kind": draft.kind}
    return await one(conn, Twice, SQL["stands_in_twice"], said)


@dataclass(frozen=True, slots=True)
class StoodIn:
    """That a number stands in for one of the connection `name`, or did (`today`).

    `waits`: something that moved to it may still leave; `last_at`: when something last did, in thirty days.
    """

    name: str
    today: bool
    waits: bool
    last_at: datetime | None
    freed_at: datetime | None


async def stood_in(conn: Connection, number_id: int) -> list[StoodIn]:
    """For which connections' numbers this one stands in, or stood in; an operator's alone to see."""
    return await many(conn, StoodIn, SQL["stood_in"], {"number_id": number_id})


async def hold_stood_in(conn: Connection) -> None:
    """Until the transaction ends no message moves to a connection that stands in."""
    await run(conn, SQL["hold_stood_in"], {})


async def free_stood_in(conn: Connection, number_id: int, now: datetime) -> None:
    """Let a number that stood in get a line again."""
    await run(conn, SQL["free_stood_in"], {"number_id": number_id, "now": now})


async def create_line(conn: Connection, number_id: int, provider_keyword: str, language: str) -> int | None:
    """Give the workspace a line; None where somebody holds it. The keyword is folded."""
    said = {"inbound_number_id": number_id, "provider_keyword": provider_keyword, "language": language}
    return await number(conn, SQL["create_line"], said)


async def every_line(conn: Connection, after: int, limit: int) -> list[Line]:
    """A page of the workspace's lines, withdrawn ones included."""
    return await many(conn, Line, SQL["every_line"], {"after": after, "limit": limit})


async def get_line(conn: Connection, line_id: int, *, for_update: bool = False) -> Line | None:
    """One of the workspace's lines; locked where the operator changes it."""
    return await one(conn, Line, SQL["line_for_update" if for_update else "get_line"], {"line_id": line_id})


async def hold_line(conn: Connection, line_id: int) -> None:
    """Until the transaction ends, whoever else holds this line waits: its processes change."""
    await run(conn, SQL["hold_line"], {"line_id": line_id})


async def sending_lines(conn: Connection, workspace_id: int | None = None) -> list[Line]:
    """The lines that are not withdrawn: of the workspace of the transaction, or of the one that is named."""
    return await many(conn, Line, SQL["sending_lines"], {"workspace_id": workspace_id})


async def withdraw_line(conn: Connection, line_id: int, now: datetime) -> bool:
    """Take a line back; False where it was withdrawn."""
    return await run(conn, SQL["withdraw_line"], {"line_id": line_id, "now": now}) == 1


@dataclass(frozen=True, slots=True)
class StoppedCode:
    """That a number said a bare stop to a shared code on which the workspace has a line."""

    phone: int
    code: str
    since: datetime


async def stopped_codes(conn: Connection, phones: Sequence[int]) -> list[StoppedCode]:
    """Which of these numbers said a bare stop to which of the workspace's shared codes (R3.3)."""
    return await many(conn, StoppedCode, SQL["stopped_codes"], {"phones": sorted(set(phones))})


@dataclass(frozen=True, slots=True)
class GivenLine:
    """A line of any workspace, as an operator sees it."""

    id: int
    workspace_id: int
    workspace_name: str
    inbound_number_id: int
    provider_keyword: str
    language: str
    withdrawn_at: datetime | None


async def lines_of_all(conn: Connection) -> list[GivenLine]:
    """Every line of every workspace, for an operator; nobody else sees any."""
    return await many(conn, GivenLine, SQL["lines_of_all"], {})
