"""What a workspace sets for its advertising, and the switch that stops all sending (R9.7, R9.8, R9.11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, fault, invalid, missing
from sayso.core.contact_record import COUNTRY
from sayso.core.problems import Problem
from sayso.storage import audit, workspaces
from sayso.storage import sending_rules as storage
from sayso.storage.pool import Pool
from sayso.storage.sending_rules import Halted, OwnRules

MOST_TEXTS = 100
LONGEST_WHY = 500
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


@dataclass(frozen=True, slots=True)
class Shown:
    """The rules as they stand; `home` is the country that is texted where none is named."""

    rules: OwnRules
    home: str


@needs("settings:read")
async def sending_rules(pool: Pool, actor: Actor) -> Shown | Refused:
    """The workspace's hours, caps and countries."""
    async with transaction(pool, actor) as conn:
        here = await workspaces.current(conn)
        return Shown(await storage.current(conn), here.country) if here else missing("", "workspace")


@needs("settings:write")
async def set_sending_rules(pool: Pool, actor: Actor, wanted: OwnRules, seen: str = "") -> OwnRules | Refused:
    """Store hours, caps and countries; what a country or a state demands holds besides.

    `seen` is the stamp of what the edit was made from: refused where that changed meanwhile.
    """
    problems = tuple(_faults(wanted))
    if problems:
        return invalid(*problems)
    days, countries = sorted(set(wanted.days)), sorted(set(wanted.countries))
    after = replace(wanted, days=days, countries=countries)
    async with transaction(pool, actor) as conn:
        before = await storage.current(conn, for_update=True)
        refused = overtaken("the sending rules", before, after, seen)
        if refused or before == after:
            return refused or after
        await storage.put(conn, after)
        here = str(actor.workspace_id)
        await record(conn, actor, audit.Change("changed", "sending_rules", here, state(before), state(after)))
        return after


@needs("messages:read")
async def standstill(pool: Pool, actor: Actor) -> Halted | None:
    """Whether all sending is stopped, since when, and by whom."""
    async with transaction(pool, actor) as conn:
        return await storage.halted(conn)


@needs("sending:halt")
async def stop_sending(pool: Pool, actor: Actor, why: str) -> Halted | Refused:
    """Stop all sending of the workspace, but for what people have just asked for; again is no fault."""
    said = " ".join(why.split())
    if len(said) > LONGEST_WHY or "\x00" in said:
        return invalid(Problem("why", "length", f"Say it in at most {LONGEST_WHY} characters."))
    async with transaction(pool, actor) as conn:
        if await storage.halt(conn, said, (actor.user_id, actor.key_id)):
            change = audit.Change("stopped", "sending", str(actor.workspace_id), None, {"why": said})
            await record(conn, actor, change)
        found = await storage.halted(conn)
        assert found is not None  # noqa: S101 - stored above, or before
        return found


@needs("sending:halt")
async def let_sending_go_on(pool: Pool, actor: Actor) -> Refused | None:
    """Let sending go on; what waited gets its last look as ever. Going on already is no fault.

    Never by a test key (R2.3): what goes on is real.
    """
    if actor.test_mode:
        return fault("key", "test_mode", "A test key reaches only the simulator. Use another one.")
    async with transaction(pool, actor) as conn:
        stood = await storage.halted(conn)
        if stood is not None and await storage.go_on(conn):
            before = {"why": stood.why}
            change = audit.Change("continued", "sending", str(actor.workspace_id), before, None)
            await record(conn, actor, change)
        return None


def _faults(wanted: OwnRules) -> Iterator[Problem]:
    clocks = {"opens": wanted.opens, "closes": wanted.closes}
    bad = [name for name, clock in clocks.items() if not _CLOCK.fullmatch(clock)]
    for name in bad:
        yield Problem(name, "form", "A time is written as 09:00; 24:00 is the end of the day.")
    if not bad and wanted.opens >= wanted.closes:
        yield Problem("closes", "order", "The end comes after the beginning, on the same day.")
    if not wanted.days or not all(day in range(7) for day in wanted.days):
        yield Problem("days", "form", "Name at least one day: 0 is Monday, 6 is Sunday.")
    for name, texts in (("per_day", wanted.per_day), ("per_week", wanted.per_week)):
        if texts is not None and not 1 <= texts <= MOST_TEXTS:
            yield Problem(name, "range", f"From 1 to {MOST_TEXTS} texts, or nothing for no cap of your own.")
    for country in wanted.countries:
        if not COUNTRY.fullmatch(country):
            yield Problem("countries", "not_a_country", f"{country[:20]!r} is no country. Write two letters.")
