"""What a campaign would cost, and what it has cost (R9.6, R13.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.refusal import Refused, missing
from sayso.core import credit as core
from sayso.core.credit import Cost
from sayso.storage import campaign_money, campaigns, credit
from sayso.storage.campaign_money import CountryCost
from sayso.storage.credit import Account, Charged
from sayso.storage.pool import Pool


@dataclass(frozen=True, slots=True)
class Costs:
    """A campaign's money. `account` None: the workspace knows none, and all that follows is empty.

    `rehearsed`, `planned`: by country, exact for the moment at which each was counted; `complete`: the
    rehearsal has counted to its end.
    """

    account: Account | None
    rehearsed: tuple[CountryCost, ...] = ()
    complete: bool = False
    planned: tuple[CountryCost, ...] = ()
    charged: Charged = field(default_factory=lambda: Charged(0, 0, 0))

    @property
    def estimate(self) -> Cost:
        """What a launch would cost."""
        return core.total(one.cost for one in self.rehearsed)

    @property
    def plan(self) -> Cost:
        """What was planned to leave."""
        return core.total(one.cost for one in self.planned)

    @property
    def short_by(self) -> int:
        """By how much the credit falls short of a launch; 0: it suffices, or none is kept."""
        if self.account is None or not self.account.kept:
            return 0
        price = self.estimate.price
        return 0 if core.affordable(price, self.account.available) else price - max(self.account.available, 0)


@needs("campaigns:read")
async def show_costs(pool: Pool, actor: Actor, campaign_id: int) -> Costs | Refused:
    """A campaign's estimate, its plan, and what it was charged."""
    async with transaction(pool, actor) as conn:
        if await campaigns.get(conn, campaign_id) is None:
            return missing("id", "campaign")
        account = await credit.account(conn, actor.workspace_id)
        if account is None:
            return Costs(None)
        walked = await campaigns.plan(conn, campaign_id, rehearsal=True)
        rehearsed = await campaign_money.costs(conn, campaign_id, rehearsal=True)
        return Costs(
            account,
            tuple(rehearsed),
            walked is not None and walked.finished_at is not None,
            tuple(await campaign_money.costs(conn, campaign_id, rehearsal=False)),
            await credit.of_campaign(conn, campaign_id),
        )
