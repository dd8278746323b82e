"""The money of a slice: what it may spend, and what it spent, in its own transaction (R9.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sayso.core import credit as core
from sayso.core.campaigns import Planned
from sayso.core.credit import Purse
from sayso.storage import campaign_money, credit, prices
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection


async def purse(conn: Connection, plan: Plan, now: datetime) -> Purse | None:
    """What the slice may spend: what the launch reserved, and the credit beyond; a rehearsal as it likes.

    None: the workspace knows no money.
    """
    account = await credit.account(conn, plan.workspace_id)
    if account is None:
        return None
    known = await prices.at(conn, plan.workspace_id, now)
    if plan.rehearsal or not account.kept:
        return Purse(known, account.currency)
    reserved = await campaign_money.unplanned(conn, plan.workspace_id, plan.campaign_id)
    return Purse(known, account.currency, reserved + max(account.available, 0))


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
