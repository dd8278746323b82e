"""Credit: a ledger that is only appended to, and its balance (R13.3). Amounts are millionths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("credit")
SLICE = 50_000


@dataclass(frozen=True, slots=True)
class Account:
    """What a workspace owns and has set aside. `kept`: it may not spend more than it has."""

    currency: str
    kept: bool
    alarm_below: int | None
    credit: int
    reserved: int

    @property
    def available(self) -> int:
        """What may still be spent."""
        return self.credit - self.reserved


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be appended: what it adds to the credit, and to what is set aside of it."""

    kind: str
    credit: int = 0
    reserved: int = 0
    campaign_id: int | None = None
    messages: int = 0
    parts: int = 0
    note: str = ""
    user_id: int | None = None
    key_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the ledger."""

    id: int
    at: datetime
    kind: str
    campaign_id: int | None
    credit: int
    reserved: int
    messages: int
    parts: int
    note: str
    user_id: int | None
    key_id: int | None


@dataclass(frozen=True, slots=True)
class Charged:
    """What a campaign was charged, less what was refunded; and what is still set aside for it."""

    charged: int
    refunded: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Turned:
    """A workspace whose credit has become low, or is so no more."""

    workspace_id: int
    name: str
    currency: str
    alarm_below: int | None
    available: int
    low: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """By how much a balance differs from its ledger."""

    workspace_id: int
    credit: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Line:
    """What happened on one day, of one kind and for one campaign."""

    day: date
    kind: str
    campaign_id: int | None
    campaign: str | None
    note: str
    credit: int
    reserved: int
    messages: int
    parts: int


@dataclass(frozen=True, slots=True)
class Since:
    """What was added to the credit after a moment, and what was spent lately."""

    added: int
    spent: int


async def account(conn: Connection, workspace_id: int) -> Account | None:
    """A workspace's credit at this moment; None: it knows no money."""
    return await one(conn, Account, SQL["account"], {"workspace_id": workspace_id})


async def lock(conn: Connection) -> None:
    """Wait for whoever changes the account of the transaction's workspace, and make others wait."""
    await run(conn, SQL["lock"], {})


async def open_account(conn: Connection, currency: str) -> None:
    """Let the workspace know money, in this currency, unless it does."""
    await run(conn, SQL["open"], {"currency": currency})


async def keep(conn: Connection) -> None:
    """From now on the workspace may not spend more than it has."""
    await run(conn, SQL["keep"], {})


async def set_currency(conn: Connection, currency: str) -> None:
    """Store another currency; nothing is converted, so only where the ledger is empty."""
    await run(conn, SQL["set_currency"], {"currency": currency})


async def set_alarm(conn: Connection, alarm_below: int | None) -> None:
    """Store below which amount somebody wants to be told."""
    await run(conn, SQL["set_alarm"], {"alarm_below": alarm_below})


async def append(conn: Connection, workspace_id: int, draft: Draft) -> int:
    """Append an entry; its id."""
    said = {name: getattr(draft, name) for name in draft.__slots__}
    made = await number(conn, SQL["append"], said | {"workspace_id": workspace_id})
    assert made is not None  # noqa: S101 - an INSERT without a condition returns its row
    return made


async def has_entries(conn: Connection) -> bool:
    """Whether anything stands in the workspace's ledger."""
    return bool(await number(conn, SQL["has_entries"], {}))


async def page(conn: Connection, before_id: int, limit: int) -> list[Entry]:
    """A page of the ledger, newest first."""
    return await many(conn, Entry, SQL["page"], {"before_id": before_id, "limit": limit})


async def statement(
    conn: Connection, stretch: tuple[datetime, datetime], zone: str, limit: int
) -> list[Line]:
    """A stretch of the ledger as people read it, newest first; days are those of `zone`."""
    said = {"since": stretch[0], "until": stretch[1], "zone": zone, "limit": limit}
    return await many(conn, Line, SQL["statement"], said)


async def since(conn: Connection, moment: datetime, lately: datetime) -> Since:
    """What was added since `moment`, and spent since `lately`."""
    found = await one(conn, Since, SQL["after"], {"moment": moment, "lately": lately})
    return found or Since(0, 0)


async def of_campaign(conn: Connection, campaign_id: int) -> Charged:
    """What a campaign has cost so far."""
    found = await one(conn, Charged, SQL["of_campaign"], {"campaign_id": campaign_id})
    return found or Charged(0, 0, 0)


async def roll_up(conn: Connection) -> int:
    """Add what is new to the balances; how many of them. As the engine."""
    return await run(conn, SQL["roll_up"], {"limit": SLICE})


async def turned(conn: Connection) -> list[Turned]:
    """Where the low-credit alarm begins or ends. As the engine."""
    return await many(conn, Turned, SQL["alarms"], {})


async def alarmed(conn: Connection, workspace_id: int, *, low: bool) -> None:
    """Remember that somebody was told."""
    await run(conn, SQL["alarmed"], {"workspace_id": workspace_id, "low": low})


async def doubts(conn: Connection) -> list[Doubt]:
    """Balances that are not what their ledgers add up to. As the engine; reads every entry."""
    return await many(conn, Doubt, SQL["doubts"], {})
