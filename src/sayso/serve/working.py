"""Which stages an engine runs, and what each is told."""

from collections.abc import Mapping, Sequence

from sayso.core.phones import LANES
from sayso.engine.clicks import Clicks
from sayso.engine.erasing import Erasing
from sayso.engine.hearing import Hearing
from sayso.engine.importing import Importing
from sayso.engine.planning import planning_stage
from sayso.engine.quarantine import quarantine
from sayso.engine.receipts import receipts
from sayso.engine.sending import sending
from sayso.engine.spreadsheets import Spreadsheets
from sayso.engine.supervisor import Maker, Works, run
from sayso.engine.upkeep import upkeep
from sayso.serve.garbage import keep_what_is_there
from sayso.serve.keys import key_for
from sayso.settings import Settings
from sayso.storage import erased, health
from sayso.storage.faults import is_outage
from sayso.storage.pool import ENGINE, open_pool


class UnknownStageError(Exception):
    """A stage was asked for that there is none of; the message names those there are."""


class OtherVersionError(Exception):
    """The database is at another version; the message names both, and what to do."""


async def work(settings: Settings, database_url: str, wanted: Sequence[str], carrier_url: str) -> None:
    """Run an engine until SIGTERM or SIGINT; `wanted` names stages, none means all of them.

    Raises UnknownStageError, and OtherVersionError: statements of another version would count wrongly.
    """
    known = stages(settings, database_url, carrier_url)
    strange = [name for name in wanted if name not in known]
    if strange:
        raise UnknownStageError(f"There is no stage {strange[0]!r}. There are: {', '.join(known)}.")
    chosen = [known[name] for name in wanted or known]
    await _demand_own_version(database_url)
    keep_what_is_there()
    await run(database_url, stages=chosen)


async def _demand_own_version(database_url: str) -> None:
    try:
        async with open_pool(database_url, ENGINE, size=1) as pool:
            told = await health.other_version(pool)
    except Exception as error:
        if is_outage(error):
            return  # whoever waits for the database waits in the stages
        raise
    if told:
        raise OtherVersionError(f"{told} An engine works with a database of its own version alone.")


def stages(settings: Settings, database_url: str, carrier_url: str) -> Mapping[str, Maker]:
    """Every stage by its name, in the order in which a text meets them."""
    key = key_for(settings, database_url)
    erased.use(key)
    return {
        "inbound": _hearing,
        "planning": planning_stage(key, settings.url),
        "sending": sending(vault_key=key, public_url=settings.url, carrier_url=carrier_url),
        "receipts": receipts(),
        "quarantine": quarantine(database_url, vault_key=key, public_url=settings.url),
        "importing": Importing,
        "clicks": Clicks,
        "spreadsheets": Spreadsheets,
        "erasing": Erasing,
        "upkeep": upkeep(),
    }


def _hearing(works: Works) -> Hearing:
    return Hearing(works.inbound_pool, works.leases, range(LANES), works.clock)
