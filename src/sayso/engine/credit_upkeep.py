"""What credit needs now and then: balances rolled up, and somebody told where it runs low (R13.3)."""

from __future__ import annotations

from datetime import timedelta

from sayso.core import money
from sayso.core import spending as core
from sayso.engine.supervisor import Works
from sayso.storage import credit, spending
from sayso.storage.credit import Turned as Low
from sayso.storage.spending import Turned

ROLL_UP_EVERY = timedelta(seconds=10)
LOOK_EVERY = timedelta(seconds=30)
LOW = "low_credit"


async def roll_up(works: Works) -> int:
    """Add what is new to the balances, so that few rows are read for each; a full slice is due again."""
    async with works.pool.connection() as conn:
        return await credit.roll_up(conn)


async def watch_caps(works: Works) -> int:
    """R9.11: ring at 80 % of a cap, and where it is used up; be silent once it is not so any more."""
    async with works.pool.connection() as conn:
        await spending.roll_up(conn)
        await spending.settle_alarms(conn)
        turned = await spending.turned(conn, works.clock())
    for one in turned:
        if one.level:
            await works.ring(spending.ALARM, one.subject, cap_sentence(one))
        else:
            await works.settle(spending.ALARM, one.subject)
        async with works.pool.connection() as conn:
            await spending.told(conn, one)
    return 0


def cap_sentence(used: Turned) -> str:
    """What the alarm says of a cap, and what to do."""
    cap = core.Cap(used.prefix, used.most)
    spent, most = (money.written(amount, used.currency) for amount in (used.spent, used.most))
    about = (
        f"{used.name} (workspace {used.workspace_id}): {core.whose(cap)} cost {spent} of the {most} that its "
        f"spend cap allows on {used.today:%d %B %Y}"
    )
    if used.level < core.USED_UP:
        return f"{about}. What would pass the cap is not sent: raise it in time, or let it hold."
    return (
        f"{about}, and what would pass it is held back: campaigns wait to be resumed, single messages are "
        f"refused. It begins anew at midnight in {used.time_zone}; or raise the cap under Credit, or with "
        "PUT /api/v1/spend-caps."
    )


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


def sentence(low: Low) -> str:
    """What the alarm says, and what to do."""
    free, asked = (money.written(amount, low.currency) for amount in (low.available, low.alarm_below or 0))
    return (
        f"{low.name} (workspace {low.workspace_id}) has {free} of credit free, less than the {asked} that it "
        "wants to be told of. What costs more than there is, is not sent: top it up under Credit, or with "
        "POST /api/v1/credit/top-ups."
    )
