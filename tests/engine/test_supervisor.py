"""Stages go on whatever happens to one step, and one bad row never sinks its batch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.bus.postgres import PostgresBus
from sayso.engine.stage import TakenOverError, in_halves
from sayso.engine.supervisor import Works
from sayso.storage.databases import Databases
from tests.engine.sending_scene import engine, until, world

pytestmark = pytest.mark.anyio


@dataclass
class Counting:
    """A stage that fails as often as told, and then counts its steps; `may_mend` holds back the first."""

    failures: int = 0
    may_mend: asyncio.Event | None = None
    name: str = "counting"
    channel: str | None = None
    full: int = 1
    rest: float = 0.0
    steps: int = 0
    closed: bool = False

    async def step(self) -> int:
        self.steps += 1
        if self.steps <= self.failures:
            raise ValueError("not today")
        if self.may_mend is not None:
            await self.may_mend.wait()
        return 0

    async def close(self) -> None:
        self.closed = True


async def test_a_failing_stage_backs_off_rings_and_goes_on_and_others_never_notice(
    database: Databases,
) -> None:
    may_mend = asyncio.Event()
    failing, sound = Counting(failures=2, may_mend=may_mend, name="failing"), Counting(name="sound")
    ringing = "SELECT subject, times FROM alarms WHERE code = 'stage_failing'"
    async with world(database) as here:
        async with engine(database.url, lambda _: failing, lambda _: sound):
            await until(lambda: here.rows(ringing) == [("failing", 2)])
            await until(lambda: failing.steps >= 3)
            assert sound.steps >= 1
            may_mend.set()
            await until(lambda: here.rows(ringing) == [])
        assert failing.closed
        assert sound.closed


async def test_a_signal_wakes_a_sleeping_stage(database: Databases) -> None:
    bus = PostgresBus(database.url)
    woken = bus.subscribe("outbox")
    listening = asyncio.create_task(bus.run())
    try:
        async with asyncio.timeout(10):
            await woken.wait()  # once listening
        woken.clear()
        with psycopg.connect(database.url, autocommit=True) as conn:
            conn.execute("NOTIFY outbox")
        async with asyncio.timeout(10):
            await woken.wait()  # by nothing else: what sleeps here looks at no clock
    finally:
        listening.cancel()


async def test_the_works_give_their_leases_back(database: Databases) -> None:
    @dataclass
    class Holding(Counting):
        works: list[Works] = field(default_factory=list)

        async def step(self) -> int:
            self.steps += bool(await self.works[0].leases.hold("inbound:lane", range(16)))
            return 0

    stage = Holding()

    def make(works: Works) -> Holding:
        stage.works.append(works)
        return stage

    async with world(database) as here:
        async with engine(database.url, make):
            await until(lambda: stage.steps > 0)
            assert here.value("SELECT count(*) FROM leases WHERE until > now()") == 16
        assert here.value("SELECT count(*) FROM leases WHERE until > now()") == 0


@given(st.lists(st.booleans(), max_size=40))
@settings(max_examples=60)
def test_halving_does_every_good_row_once_and_isolates_every_bad_one(bad: list[bool]) -> None:
    done: list[int] = []
    poison: list[int] = []

    async def work(rows: Sequence[int]) -> int:
        if any(bad[row] for row in rows):
            raise ValueError("one of these")
        done.extend(rows)
        return len(rows)

    async def on_poison(row: int, _error: Exception) -> None:
        poison.append(row)

    count = asyncio.run(in_halves(range(len(bad)), work, on_poison))
    assert count == len(bad)
    assert sorted(done + poison) == list(range(len(bad)))
    assert all(bad[row] for row in poison)


@pytest.mark.parametrize("error", [TakenOverError("lost"), psycopg.OperationalError("away")])
async def test_what_is_no_rows_fault_poisons_nobody(error: Exception) -> None:
    async def work(_rows: Sequence[int]) -> int:
        raise error

    async def on_poison(_row: int, _error: Exception) -> None:
        raise AssertionError("no row is at fault")

    with pytest.raises(type(error)):
        await in_halves([1, 2, 3], work, on_poison)
