"""What credit needs now and then: balances rolled up, and somebody told where it runs low (R13.3)."""

from __future__ import annotations

from datetime import timedelta

from sayso.core import money
from sayso.engine.supervisor import Works
from sayso.storage import credit
from sayso.storage.credit import Turned

ROLL_UP_EVERY = timedelta(seconds=10)
LOOK_EVERY = timedelta(seconds=30)
LOW = "low_credit"


async def roll_up(works: Works) -> int:
    """Add what is new to the balances, so that few rows are read for each; a full slice is due again."""
    async with works.pool.connection() as conn:
        return await credit.roll_up(conn)


async def watch(works: Works) -> int:
    """Ring once where credit falls below what somebody named, and be silent once it is above it again."""
    async with works.pool.connection() as conn:
        turned = await credit.turned(conn)
    for one in turned:
        subject = f"workspace:{one.workspace_id}"
        if one.low:
            await works.ring(LOW, subject, sentence(one))
        else:
            await works.settle(LOW, subject)
        async with works.pool.connection() as conn:
            await credit.alarmed(conn, one.workspace_id, low=one.low)
    return 0


def sentence(low: Turned) -> str:
    """What the alarm says, and what to do."""
    free, asked = (money.written(amount, low.currency) for amount in (low.available, low.alarm_below or 0))
    return (
        f"{low.name} (workspace {low.workspace_id}) has {free} of credit free, less than the {asked} that it "
        "wants to be told of. What costs more than there is, is not sent: top it up under Credit, or with "
        "POST /api/v1/credit/top-ups."
    )
