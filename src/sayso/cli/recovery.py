"""What stands still after a restore, and how it goes on."""

from collections.abc import Sequence

from sayso.cli.house import ask
from sayso.storage import health
from sayso.storage.health import Pause
from sayso.storage.pool import ENGINE, Pool

CAVEAT = (
    "This version keeps no journal outside the database, so nothing that happened after the backup can be "
    "merged: opt-outs since then are missing, and texts sent since then are unknown. Compare with your "
    "provider's own log and record missing opt-outs (POST /api/v1/blocks) before going on."
)


def paused() -> Sequence[Pause]:
    """Everything that is paused."""
    return ask(ENGINE, _paused)


def resume() -> Sequence[Pause]:
    """Let everything go on that a restore paused; what was paused."""
    return ask(ENGINE, _resume)


def sentence(found: Sequence[Pause], *, resumed: bool) -> str:
    """What to tell a person."""
    if not found:
        return "Nothing is paused."
    listed = "\n".join(
        f"{each.resource} is paused since {each.since:%Y-%m-%d %H:%M}: {each.why}" for each in found
    )
    if resumed:
        return f"{listed}\nSending goes on."
    return f"{listed}\n{CAVEAT}\nThen: sayso recover --resume"


async def _paused(pool: Pool) -> Sequence[Pause]:
    async with pool.connection() as conn:
        return await health.pauses(conn)


async def _resume(pool: Pool) -> Sequence[Pause]:
    async with pool.connection() as conn, conn.transaction():
        found = await health.pauses(conn)
        await health.resume(conn, "all")
        return [each for each in found if each.resource == "all"]
