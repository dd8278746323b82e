"""Which stages an engine runs, and what each is told."""

from collections.abc import Mapping, Sequence
from functools import partial

from sayso.engine.hearing import Hearing
from sayso.engine.quarantine import quarantine
from sayso.engine.receipts import receipts
from sayso.engine.sending import sending
from sayso.engine.supervisor import Maker, Works, run
from sayso.engine.upkeep import upkeep
from sayso.serve.keys import key_for
from sayso.settings import Settings

# Sixteen lanes by a hash of the number: two stages share them, so that one decides while the other commits.
HALVES = (range(8), range(8, 16))


class UnknownStageError(Exception):
    """A stage was asked for that there is none of; the message names those there are."""


async def work(settings: Settings, database_url: str, wanted: Sequence[str], carrier_url: str) -> None:
    """Run an engine until SIGTERM or SIGINT; `wanted` names stages, none means all of them."""
    known = stages(settings, database_url, carrier_url)
    strange = [name for name in wanted if name not in known]
    if strange:
        raise UnknownStageError(f"There is no stage {strange[0]!r}. There are: {', '.join(known)}.")
    chosen = [maker for name in wanted or known for maker in known[name]]
    await run(database_url, stages=chosen)


def stages(settings: Settings, database_url: str, carrier_url: str) -> Mapping[str, Sequence[Maker]]:
    """Every stage by its name, in the order in which a text meets them."""
    key = key_for(settings, database_url)
    return {
        "inbound": [partial(_hearing, lanes) for lanes in HALVES],
        "sending": [sending(vault_key=key, public_url=settings.url, carrier_url=carrier_url)],
        "receipts": [receipts()],
        "quarantine": [quarantine(database_url, vault_key=key, public_url=settings.url)],
        "upkeep": [upkeep()],
    }


def _hearing(lanes: range, works: Works) -> Hearing:
    return Hearing(works.pool, works.leases, lanes, works.clock)
