"""What campaigns cost by country, and what is reserved for them before it is planned (R9.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sayso.core.credit import Cost
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, run

SQL = load("campaign_money")


@dataclass(frozen=True, slots=True)
class CountryCost:
    """What goes to one country (`*`: to none that is known): messages, parts, their price.

    `priced`: of how many messages the price is known.
    """

    country: str
    messages: int
    parts: int
    priced: int
    price: int

    @property
    def cost(self) -> Cost:
        """The same, to be added up."""
        return Cost(self.messages, self.parts, self.priced, self.price)


async def unplanned(conn: Connection, workspace_id: int, campaign_id: int) -> int:
    """What is reserved for a campaign and not planned yet, held by this transaction."""
    return await number(conn, SQL["unplanned"], _of(workspace_id, campaign_id)) or 0


async def reserve(conn: Connection, workspace_id: int, campaign_id: int, amount: int) -> None:
    """Set an amount aside for what will be planned."""
    await run(conn, SQL["reserve"], _of(workspace_id, campaign_id) | {"amount": amount})


async def plan_from(conn: Connection, workspace_id: int, campaign_id: int, amount: int) -> None:
    """Give an amount of it to messages that are planned."""
    await run(conn, SQL["plan_from"], _of(workspace_id, campaign_id) | {"amount": amount})


async def give_back(conn: Connection, workspace_id: int, campaign_id: int) -> int:
    """Set nothing aside any more; what that was."""
    return await number(conn, SQL["give_back"], _of(workspace_id, campaign_id)) or 0


async def release(conn: Connection) -> int:
    """Release what was reserved and nobody will get any more; of how many campaigns. As the engine."""
    return await run(conn, SQL["release"], {})


async def count(conn: Connection, of: tuple[int, int], costs: Mapping[str, Cost], *, rehearsal: bool) -> None:
    """Count what a slice of a campaign, `of` (workspace, campaign), comes to."""
    keys = sorted(costs)
    said = _of(*of) | {
        "rehearsal": rehearsal,
        "countries": keys,
        "messages": [costs[key].messages for key in keys],
        "parts": [costs[key].parts for key in keys],
        "priced": [costs[key].priced for key in keys],
        "prices": [costs[key].price for key in keys],
    }
    await run(conn, SQL["count"], said)


async def costs(conn: Connection, campaign_id: int, *, rehearsal: bool) -> list[CountryCost]:
    """What a rehearsal, or a plan, comes to so far, by country."""
    said = {"campaign_id": campaign_id, "rehearsal": rehearsal}
    return await many(conn, CountryCost, SQL["costs"], said)


def _of(workspace_id: int, campaign_id: int) -> dict[str, object]:
    return {"workspace_id": workspace_id, "campaign_id": campaign_id}
