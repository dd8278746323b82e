"""R9.11: how much a workspace's texts may cost on a day, in all and to numbers that begin alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, conflict, invalid
from sayso.core import money
from sayso.core.problems import Problem
from sayso.core.spending import Budget, Cap
from sayso.storage import audit, credit, spending
from sayso.storage.pool import Connection, Pool

MOST_CAPS = 100
NO_MONEY = "No price is set here, so nothing can be counted. Have an operator set prices first."
_PREFIX = re.compile(r"[1-9][0-9]{0,14}|")


@dataclass(frozen=True, slots=True)
class Used:
    """A cap, and how much of it is used up today."""

    cap: Cap
    spent: int


@dataclass(frozen=True, slots=True)
class Caps:
    """A workspace's caps on `day` of its own clock; currency empty: it knows no money, and no caps."""

    currency: str
    zone: str
    day: date
    used: tuple[Used, ...]


@needs("credit:read")
async def show_caps(pool: Pool, actor: Actor, now: datetime) -> Caps:
    """The caps, with what is used up of each today."""
    async with transaction(pool, actor) as conn:
        account = await credit.account(conn, actor.workspace_id)
        currency = account.currency if account else ""
        return _shown(await spending.budget(conn, actor.workspace_id, currency, now), now)


@needs("settings:write")
async def set_caps(
    pool: Pool, actor: Actor, wanted: Sequence[Cap], now: datetime, seen: str = ""
) -> Caps | Refused:
    """Let these be the caps, and no others; each counts what is set aside for the whole day.

    `seen` is the stamp of what the edit was made from: refused where that changed meanwhile.
    """
    problems = tuple(_faults(wanted))
    if problems:
        return invalid(*problems)
    async with transaction(pool, actor) as conn:
        await spending.lock(conn)
        account = await credit.account(conn, actor.workspace_id)
        if account is None:
            return conflict("caps", "no_prices", NO_MONEY)
        stands = await spending.budget(conn, actor.workspace_id, account.currency, now)
        after = sorted(wanted, key=lambda cap: cap.prefix)
        refused = overtaken("the spend caps", plain(stands.caps), plain(after), seen)
        if refused:
            return refused
        if list(stands.caps) != after:
            await _store(conn, actor, (stands, after), now)
        return _shown(await spending.budget(conn, actor.workspace_id, account.currency, now), now)


def plain(caps: Sequence[Cap]) -> Mapping[str, str]:
    """The caps as forms and the audit trail tell them, by what their numbers begin with."""
    return {f"+{cap.prefix}" if cap.prefix else "all": money.plain(cap.most) for cap in caps}


async def _store(conn: Connection, actor: Actor, change: tuple[Budget, Sequence[Cap]], now: datetime) -> None:
    stands, after = change
    await spending.put(conn, after, now, stands.day(now))
    told = audit.Change("changed", "spend_caps", str(actor.workspace_id), plain(stands.caps), plain(after))
    await record(conn, actor, told)


def _shown(found: Budget, now: datetime) -> Caps:
    today = found.day(now)
    used = (Used(cap, found.spent.get((cap.prefix, today), 0)) for cap in found.caps)
    return Caps(found.currency, found.zone, today, tuple(used))


def _faults(wanted: Sequence[Cap]) -> Iterator[Problem]:
    if len(wanted) > MOST_CAPS:
        yield Problem("caps", "too_many", f"A workspace has at most {MOST_CAPS} spend caps.")
    if len({cap.prefix for cap in wanted}) < len(wanted):
        yield Problem("caps", "twice", "One beginning of numbers stands there twice.")
    for place, cap in enumerate(wanted):
        if not _PREFIX.fullmatch(cap.prefix):
            told = "Write how the numbers begin, with their country: +44, +1876. Empty: all numbers."
            yield Problem(f"caps[{place}].prefix", "form", told)
        if not 0 <= cap.most <= money.LARGEST:
            yield Problem(f"caps[{place}].most", "range", "A cap is nothing or more.")
