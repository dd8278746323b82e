"""Prices and credit: looked at by those who spend it, set by the operator whose provider is paid (R13.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, conflict, fault, invalid
from sayso.core import credit as core
from sayso.core import money
from sayso.core.contact_record import COUNTRY
from sayso.core.problems import Problem
from sayso.core.wall_clock import CALENDAR_YEARS
from sayso.storage import audit, credit, prices
from sayso.storage.credit import Account, Draft, Entry, Line
from sayso.storage.pool import Connection, Pool
from sayso.storage.prices import Price

MOST_PRICES = 1_000
LONGEST_NOTE = 200
MOST_LINES = 5_000
LATELY = timedelta(days=14)
STARTED = "Credit is kept from here on: what was spent before it is not owed."
_OTHER_CURRENCY = "The ledger is kept in {kept}, and nothing is converted. Give prices and amounts in {kept}."


@dataclass(frozen=True, slots=True)
class Prices:
    """What a workspace pays, now and later; currency empty: it knows no money."""

    currency: str
    prices: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class Spending:
    """An amount that an operator writes into a ledger; `currency` empty: the workspace's."""

    amount: int
    note: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of the ledger. `account`: as it is now; None: the workspace knows no money.

    `days`: how long what is free lasts, if it is spent as in the last fortnight; None: nothing was.
    """

    account: Account | None
    opening: int
    closing: int
    lines: tuple[Line, ...]
    days: int | None


@needs("credit:read")
async def show_prices(pool: Pool, actor: Actor, now: datetime) -> Prices:
    """The prices that hold now and those that will."""
    async with transaction(pool, actor) as conn:
        account = await credit.account(conn, actor.workspace_id)
        return Prices(account.currency if account else "", tuple(await prices.every(conn, now)))


@needs("operator")
async def set_prices(
    pool: Pool, actor: Actor, currency: str, wanted: Sequence[Price], now: datetime
) -> Prices | Refused:
    """Store prices, each from its moment on, which is now or later: what was planned keeps its price."""
    refused = _price_faults(wanted, now)
    if refused:
        return refused
    async with transaction(pool, actor) as conn:
        kept = await _currency(conn, actor, currency)
        if isinstance(kept, Refused):
            return kept
        before = await prices.every(conn, now)
        await prices.put(conn, wanted)
        after = await prices.every(conn, now)
        change = audit.Change(
            "changed", "prices", str(actor.workspace_id), _told(before), _told(after, currency=kept)
        )
        await record(conn, actor, change)
        return Prices(kept, tuple(after))


@needs("credit:read")
async def show_credit(pool: Pool, actor: Actor) -> Account | None:
    """What there is, what is set aside of it; None: the workspace knows no money."""
    async with transaction(pool, actor) as conn:
        return await credit.account(conn, actor.workspace_id)


@needs("credit:read")
async def list_ledger(pool: Pool, actor: Actor, before_id: int, limit: int) -> list[Entry]:
    """A page of the ledger, newest first."""
    async with transaction(pool, actor) as conn:
        return await credit.page(conn, before_id, limit)


@needs("credit:read")
async def show_statement(
    pool: Pool, actor: Actor, stretch: tuple[datetime, datetime], zone: str, now: datetime
) -> Statement:
    """What happened to the credit from a moment to another, by day, with what there was before and after."""
    async with transaction(pool, actor) as conn:
        account = await credit.account(conn, actor.workspace_id)
        lines = await credit.statement(conn, stretch, zone, MOST_LINES) if account else []
        later = await credit.since(conn, stretch[1], now - LATELY)
        closing = (account.credit if account else 0) - later.added
        opening = closing - sum(line.credit for line in lines)
        return Statement(account, opening, closing, tuple(lines), _days(account, later.spent))


@needs("settings:write")
async def set_credit_alarm(pool: Pool, actor: Actor, alarm_below: int | None) -> Account | Refused:
    """Say below which amount somebody must be told; None: never."""
    if alarm_below is not None and alarm_below < 0:
        return fault("alarm_below", "negative", "Give an amount of nothing or more, or leave it empty.")
    async with transaction(pool, actor) as conn:
        await credit.lock(conn)
        stood = await credit.account(conn, actor.workspace_id)
        if stood is None:
            return conflict("alarm_below", "no_credit", "No credit is kept here, so it cannot run low.")
        await credit.set_alarm(conn, alarm_below)
        before, after = ({"alarm_below": _plain(each)} for each in (stood.alarm_below, alarm_below))
        change = audit.Change("changed", "credit_alarm", str(actor.workspace_id), before, after)
        await record(conn, actor, change)
        return replace(stood, alarm_below=alarm_below)


@needs("operator")
async def top_up(pool: Pool, actor: Actor, wanted: Spending) -> Account | Refused:
    """Add credit. From the first top-up on it is kept: nobody may spend more than there is.

    What was spent before that is written off in an entry of its own.
    """
    if wanted.amount <= 0:
        return fault("amount", "not_positive", "A top-up is more than nothing. To take back, correct.")
    return await _written(pool, actor, "top_up", wanted)


@needs("operator")
async def correct_credit(pool: Pool, actor: Actor, wanted: Spending) -> Account | Refused:
    """Add or take what a mistake made wrong: an entry is never changed. It says why."""
    if not wanted.amount or not wanted.note.strip():
        told = Problem(
            "note" if wanted.amount else "amount", "missing", "Say how much it was wrong, and why."
        )
        return invalid(told)
    return await _written(pool, actor, "correction", wanted)


async def _written(pool: Pool, actor: Actor, kind: str, wanted: Spending) -> Account | Refused:
    if len(wanted.note) > LONGEST_NOTE:
        return fault("note", "too_long", f"A note has at most {LONGEST_NOTE} characters.")
    async with transaction(pool, actor) as conn:
        currency = await _currency(conn, actor, wanted.currency)
        if isinstance(currency, Refused):
            return currency
        stood = await credit.account(conn, actor.workspace_id)
        assert stood is not None  # noqa: S101 - opened above
        if kind == "top_up" and not stood.kept:
            await _begin_to_keep(conn, actor, stood)
        draft = Draft(
            kind, wanted.amount, note=wanted.note.strip(), user_id=actor.user_id, key_id=actor.key_id
        )
        made = await credit.append(conn, actor.workspace_id, draft)
        after = await credit.account(conn, actor.workspace_id)
        assert after is not None  # noqa: S101 - as above
        told = {"amount": money.plain(wanted.amount), "currency": currency, "note": draft.note}
        change = audit.Change("appended", kind, str(made), None, told)
        await record(conn, actor, change)
        return after


async def _begin_to_keep(conn: Connection, actor: Actor, stood: Account) -> None:
    await credit.keep(conn)
    if stood.credit:
        written_off = Draft(
            "correction", -stood.credit, note=STARTED, user_id=actor.user_id, key_id=actor.key_id
        )
        await credit.append(conn, actor.workspace_id, written_off)


async def _currency(conn: Connection, actor: Actor, asked: str) -> str | Refused:
    """The account's currency, the account held; opened in, or turned to, the one that is asked for."""
    stood = await credit.account(conn, actor.workspace_id)
    wanted = asked or (stood.currency if stood else "")
    if not money.CURRENCY.fullmatch(wanted):
        return fault("currency", "unknown", "Give the currency by its three letters, such as EUR.")
    if stood is None:
        await credit.open_account(conn, wanted)
    await credit.lock(conn)
    stood = await credit.account(conn, actor.workspace_id)
    assert stood is not None  # noqa: S101 - opened above, and never removed
    if wanted == stood.currency:
        return wanted
    if await credit.has_entries(conn):
        return conflict("currency", "kept", _OTHER_CURRENCY.format(kept=stood.currency))
    await credit.set_currency(conn, wanted)
    return wanted


def _plain(amount: int | None) -> str | None:
    return None if amount is None else money.plain(amount)


def _days(account: Account | None, spent: int) -> int | None:
    return max(account.available, 0) * LATELY.days // spent if account and spent > 0 else None


def _price_faults(wanted: Sequence[Price], now: datetime) -> Refused | None:
    checks = [
        (1 <= len(wanted) <= MOST_PRICES, "prices", f"Give at least one price and at most {MOST_PRICES:,}.")
    ]
    for place, price in enumerate(wanted):
        at = f"prices[{place}]"
        checks += [
            (
                price.country == core.ANYWHERE or COUNTRY.fullmatch(price.country) is not None,
                f"{at}.country",
                "A country is its two letters, such as DE; * stands for every other.",
            ),
            (price.kind in (core.SMS, core.MMS), f"{at}.kind", "A price is of an sms or an mms."),
            (price.price is None or price.price >= 0, f"{at}.price", "A price is nothing or more."),
            (
                price.valid_from >= now and price.valid_from.year - now.year <= CALENDAR_YEARS,
                f"{at}.valid_from",
                "A price holds from now on or later: what was sent keeps what it cost. And at most "
                f"{CALENDAR_YEARS} years ahead.",
            ),
        ]
    places = {(price.country, price.kind, price.valid_from) for price in wanted}
    checks.append((len(places) == len(wanted), "prices", "One price stands there twice."))
    problems = [Problem(field, "form", told) for holds, field, told in checks if not holds]
    return invalid(*problems) if problems else None


def _told(found: Sequence[Price], **more: str) -> Mapping[str, object]:
    """As the audit trail tells them, a line a price."""
    named = {f"{price.country} {price.kind} from {price.valid_from:%Y-%m-%d %H:%M}": price for price in found}
    return {
        name: "unknown" if price.price is None else money.plain(price.price) for name, price in named.items()
    } | more
