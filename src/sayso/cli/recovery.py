"""What stands still after a restore, and how it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sayso.cli.errors import CommandError
from sayso.cli.house import ask
from sayso.core.receipts import RANKS
from sayso.storage import erased, health, restored
from sayso.storage.health import Pause
from sayso.storage.pool import ENGINE, Pool

CAVEAT = """\
This version keeps no journal outside the database, so nothing that happened after the backup can be merged:
- Opt-outs since then are missing. Compare with your provider's own log and record them (POST /api/v1/blocks).
- Texts sent since then are unknown: caps and credit do not count them, their receipts have no message, and \
the links in them open nothing, the link to stop included. Whoever was texted then can only answer STOP.
- Who was erased since is back, with their texts: erase them again before anybody is texted.
- Users, API keys and prices are as they were then: what was withdrawn since, withdraw again.
- Pictures added since are gone. Contacts and lists are as they were then.
What was queued when the backup was taken may have been sent since: it becomes unconfirmed and is not sent, \
unless you add --send-queued, and campaigns that were not wholly planned end."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was paused and goes on, how many restored messages were held back, how many campaigns ended."""

    pauses: Sequence[Pause]
    held_back: int
    campaigns: int


def paused() -> Sequence[Pause]:
    """Everything that is paused."""
    return ask(ENGINE, _paused)


def resume(*, send_queued: bool) -> Resumed:
    """Let everything go on that a restore paused.

    What was queued at the backup may have been sent since: it becomes unconfirmed; `send_queued` sends it.
    """

    async def going_on(pool: Pool) -> Resumed:
        return await _resume(pool, send_queued=send_queued)

    return ask(ENGINE, going_on)


def forget_erased() -> int:
    """Give up what erased numbers refused under a key that is lost; how many they were."""

    async def forgetting(pool: Pool) -> int:
        async with pool.connection() as conn:
            return await erased.forget(conn)

    try:
        return ask(ENGINE, forgetting)
    except erased.ErasureKeyError as fault:
        raise CommandError("There is no secret key: set SAYSO_SECRET_KEY to the new one first.") from fault


def forgotten(count: int) -> str:
    """What that means, for a person."""
    return (
        f"{count} erased numbers are forgotten that were kept under another key: should such a number come "
        "back, nobody knows any more that it said no."
    )


def listed(found: Sequence[Pause]) -> str:
    """What is paused, for a person, and what to think of before going on."""
    if not found:
        return "Nothing is paused."
    if not any(each.resource == "all" for each in found):
        return f"{_lines(found)}\nA person stopped it: let it go on at its page of the console."
    return f"{_lines(found)}\n{CAVEAT}\nThen: sayso recover --resume"


def told(done: Resumed) -> str:
    """What goes on, for a person."""
    if not done.pauses:
        return "Nothing is paused."
    held_back = (
        f"{done.held_back} messages that were queued at the backup may have been sent since: they are "
        "unconfirmed now, and are not sent again.\n"
        if done.held_back
        else ""
    )
    campaigns = (
        f"{done.campaigns} campaigns that were scheduled, being planned or paused at the backup are "
        "cancelled, for what they sent since is unknown. Copy those that are to go on.\n"
        if done.campaigns
        else ""
    )
    return f"{_lines(done.pauses)}\n{held_back}{campaigns}Sending goes on."


def _lines(found: Sequence[Pause]) -> str:
    return "\n".join(
        f"{each.resource} is paused since {each.since:%Y-%m-%d %H:%M}: {each.why}" for each in found
    )


async def _paused(pool: Pool) -> Sequence[Pause]:
    async with pool.connection() as conn:
        return await health.pauses(conn)


async def _resume(pool: Pool, *, send_queued: bool) -> Resumed:
    async with pool.connection() as conn, conn.transaction():
        found = await health.pauses(conn)
        held_back = restored.HeldBack(0, 0)
        if not send_queued:
            held_back = await restored.hold_back(
                conn, RANKS["unconfirmed"], RANKS["sending"], datetime.now(UTC)
            )
        await health.resume(conn, "all")
        going_on = [each for each in found if each.resource == "all"]
        return Resumed(going_on, held_back.messages, held_back.campaigns)
