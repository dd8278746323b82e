"""Credit where something is about to be sent: a single message pays, a launch reserves (R9.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sayso.actions.actor import Actor
from sayso.actions.refusal import Refused, conflict
from sayso.core import credit as core
from sayso.core import gate, money
from sayso.core.campaigns import Planned
from sayso.core.phones import country_of
from sayso.storage import campaign_money, campaigns, credit, prices, spending
from sayso.storage.credit import Draft
from sayso.storage.pool import Connection

NOT_REHEARSED = (
    "Credit is kept here, so what it costs must be known before it goes out. Rehearse it, wait until the "
    "rehearsal has counted to its end, and launch it then."
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is about to be sent, as far as its price depends on it."""

    phone: int
    parts: int
    media: bool = False


@dataclass(frozen=True, slots=True)
class Paid:
    """The gate's answer once money was asked too; what it costs, and the day on which that counts.

    `price` None: unknown, or nothing is to leave.
    """

    answer: gate.Answer
    price: int | None = None
    counts_on: date | None = None


async def pay(conn: Connection, actor: Actor, sent: Sent, answer: gate.Answer, now: datetime) -> Paid:
    """Reserve the price of a message that may go out; where it passes a cap, or the credit, it may not."""
    if isinstance(answer, gate.Skip):
        return Paid(answer)
    quote = await prices.quote(conn, country_of(sent.phone), core.MMS if sent.media else core.SMS, now)
    if quote is None:
        return Paid(answer)
    due = answer.until if isinstance(answer, gate.Defer) else now
    price = quote.price if quote.price is None or sent.media else quote.price * sent.parts
    budget = await spending.budget(conn, actor.workspace_id, quote.currency, now)
    full = budget.passed(sent.phone, price, due)
    if full is not None:
        await spending.count(conn, actor.workspace_id, budget)
        return Paid(budget.over(full))
    if price is None:
        return Paid(answer)
    if quote.kept and not core.affordable(price, quote.available):
        return Paid(core.insufficient(price, quote.available, quote.currency))
    budget.take(sent.phone, price, due)
    await spending.count(conn, actor.workspace_id, budget)
    draft = Draft("reservation", reserved=price, messages=1, parts=sent.parts)
    await credit.append(conn, actor.workspace_id, draft)
    return Paid(answer, price, budget.day(due))


async def pay_planned(
    conn: Connection, actor: Actor, planned: Sequence[Planned], now: datetime
) -> list[Planned]:
    """Reserve the prices of a few messages that leave at once; whoever credit is short for gets none."""
    account = await credit.account(conn, actor.workspace_id)
    if account is None:
        return list(planned)
    left = max(account.available, 0) if account.kept else None
    budget = await spending.budget(conn, actor.workspace_id, account.currency, now)
    purse = core.Purse(await prices.at(conn, actor.workspace_id, now), account.currency, left, budget)
    paid = [core.paid(purse, one) for one in planned]
    await spending.count(conn, actor.workspace_id, budget)
    cost = core.total(core.by_country(paid).values())
    if cost.price:
        draft = Draft("reservation", reserved=cost.price, messages=cost.messages, parts=cost.parts)
        await credit.append(conn, actor.workspace_id, draft)
    return paid


async def reserve(conn: Connection, actor: Actor, campaign_id: int) -> Refused | None:
    """Set aside what a rehearsal says that a launch will cost; or say why that cannot be.

    The rehearsal is exact for the moment at which it counted. Whoever joins the audience later is paid from
    the credit beyond it while there is any, and what nobody gets is released when planning ends.
    """
    account = await credit.account(conn, actor.workspace_id)
    if account is None or not account.kept:
        return None
    walked = await campaigns.plan(conn, campaign_id, rehearsal=True)
    if walked is None or walked.finished_at is None:
        return conflict("rehearsal", "not_rehearsed", NOT_REHEARSED)
    # Two launches at once must not both count on the same credit.
    await credit.lock(conn)
    account = await credit.account(conn, actor.workspace_id) or account
    counted = await campaign_money.costs(conn, campaign_id, rehearsal=True)
    price = sum(one.price for one in counted)
    if not core.affordable(price, account.available):
        return conflict("credit", "insufficient_credit", short_by(price, account))
    await _set_aside(conn, actor, campaign_id, price)
    return None


async def give_back(conn: Connection, actor: Actor, campaign_id: int) -> None:
    """Release what a launch reserved, of which nothing was planned."""
    amount = await campaign_money.give_back(conn, actor.workspace_id, campaign_id)
    if amount:
        release = Draft("release", reserved=-amount, campaign_id=campaign_id)
        await credit.append(conn, actor.workspace_id, release)


def short_by(price: int, account: credit.Account) -> str:
    """The sentence about a launch that costs more than there is."""
    said = account.currency
    return (
        f"Credit is {money.written_up(price - max(account.available, 0), said)} short: it costs "
        f"{money.written_up(price, said)}, and {money.written(max(account.available, 0), said)} is free. "
        "Nothing was sent. Top up, or send to fewer people or in fewer parts."
    )


async def _set_aside(conn: Connection, actor: Actor, campaign_id: int, price: int) -> None:
    if price:
        await campaign_money.reserve(conn, actor.workspace_id, campaign_id, price)
        reservation = Draft("reservation", reserved=price, campaign_id=campaign_id)
        await credit.append(conn, actor.workspace_id, reservation)
