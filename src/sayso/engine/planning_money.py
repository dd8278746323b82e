"""The money of a slice: what it may spend, and what it spent, in its own transaction (R9.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core import credit as core
from sayso.core.campaigns import Planned, Recipient
from sayso.core.credit import Purse
from sayso.storage import campaign_money, credit, prices, spending
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection


@dataclass(frozen=True, slots=True)
class Held:
    """R9.11: the first recipient whose text would pass a cap, and why; nobody from them on is planned."""

    first: Recipient
    told: str

    def before(self, people: Sequence[Recipient]) -> list[Recipient]:
        """Who comes before them: those are planned."""
        mark = self.first.phone, self.first.contact_id
        return [one for one in people if (one.phone, one.contact_id) < mark]


def held(purse: Purse | None, one: Recipient) -> Held | None:
    """Whether the recipient who was just decided on would have passed a cap."""
    if purse is None or purse.budget is None or purse.budget.full is None:
        return None
    budget, full = purse.budget, purse.budget.full
    return Held(one, full.told(budget.currency, budget.zone))


async def counted(conn: Connection, plan: Plan, purse: Purse | None) -> None:
    """Count the slice for the caps of its days."""
    if purse is not None and purse.budget is not None:
        await spending.count(conn, plan.workspace_id, purse.budget)


async def purse(conn: Connection, plan: Plan, now: datetime) -> Purse | None:
    """What the slice may spend: what the launch reserved, and the credit beyond, as far as the day's caps let
    it; a rehearsal as it likes.

    None: the workspace knows no money.
    """
    account = await credit.account(conn, plan.workspace_id)
    if account is None:
        return None
    known = await prices.at(conn, plan.workspace_id, now)
    if plan.rehearsal:
        return Purse(known, account.currency)
    await spending.alone(conn, plan.workspace_id)
    budget = await spending.budget(conn, plan.workspace_id, account.currency, now)
    if not account.kept:
        return Purse(known, account.currency, budget=budget)
    reserved = await campaign_money.unplanned(conn, plan.workspace_id, plan.campaign_id)
    return Purse(known, account.currency, reserved + max(account.available, 0), budget)


async def spend(conn: Connection, plan: Plan, planned: Sequence[Planned]) -> None:
    """Give what the launch reserved to the slice's messages; what they cost beyond it is reserved now."""
    cost = core.total(core.by_country(planned).values())
    if not cost.known:
        return
    reserved = await campaign_money.unplanned(conn, plan.workspace_id, plan.campaign_id)
    taken = min(reserved, cost.price)
    if taken:
        await campaign_money.plan_from(conn, plan.workspace_id, plan.campaign_id, taken)
    if cost.price > taken:
        beyond = credit.Draft("reservation", reserved=cost.price - taken, campaign_id=plan.campaign_id)
        await credit.append(conn, plan.workspace_id, beyond)


async def count(conn: Connection, plan: Plan, planned: Sequence[Planned]) -> None:
    """Count what it comes to, by country."""
    costs = core.by_country(planned)
    if costs:
        await campaign_money.count(
            conn, (plan.workspace_id, plan.campaign_id), costs, rehearsal=plan.rehearsal
        )
