"""Group commit by itself: who shares a batch, who shares a fate."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sayso.ingest.gather import Gather, Limits, UnstoredError
from sayso.storage.callbacks import InterruptionError, RowError, UnavailableError

pytestmark = pytest.mark.anyio


class Store:
    """Notes each batch and lets it end when told; rows in `bad` can't be stored."""

    def __init__(self, *bad: int) -> None:
        self.bad = set(bad)
        self.batches: list[list[int]] = []
        self.faults: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, rows: Sequence[int]) -> None:
        self.batches.append(list(rows))
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        if self.bad.intersection(rows):
            raise RowError("bad")


def gather_on(store: Store, **limits: object) -> Gather[int]:
    return Gather(store, key=lambda row: row, weigh=lambda row: row, limits=replace(Limits(), **limits))


async def batches_begun(store: Store, wanted: int) -> None:
    async with asyncio.timeout(30):
        while len(store.batches) < wanted:  # noqa: ASYNC110 - each turn of the loop moves the lanes on
            await asyncio.sleep(0)


async def test_what_arrives_during_a_commit_is_the_next_batch() -> None:
    store = Store()
    store.gate.clear()
    gather = gather_on(store, worth_a_lane=3)
    futures = [gather.add(1)]
    await batches_begun(store, 1)
    futures += [gather.add(2), gather.add(3)]
    await asyncio.sleep(0)
    assert store.batches == [[1]]
    futures.append(gather.add(4))
    await batches_begun(store, 2)
    futures += [gather.add(row) for row in range(5, 100)]
    store.gate.set()
    await asyncio.gather(*futures)
    assert store.batches == [[1], [2, 3, 4], list(range(5, 100))]


async def test_no_more_batches_are_under_way_than_there_are_lanes() -> None:
    store = Store()
    store.gate.clear()
    gather = gather_on(store, lanes=3, batch_rows=1, worth_a_lane=1)
    futures = [gather.add(row) for row in range(10)]
    await batches_begun(store, 3)
    assert (len(store.batches), gather.waiting) == (3, 7)
    store.gate.set()
    await asyncio.gather(*futures)
    assert len(store.batches) == 10


@pytest.mark.rule("R5.1")
async def test_one_key_has_one_place_while_it_waits_and_while_it_is_stored() -> None:
    store = Store()
    store.gate.clear()
    gather = gather_on(store)
    futures = [gather.add(1), gather.add(1)]
    await batches_begun(store, 1)
    futures.append(gather.add(1))
    futures[0].cancel()
    store.gate.set()
    assert await asyncio.gather(*futures[1:]) == [None, None]
    assert store.batches == [[1]]
    await gather.add(1)
    assert store.batches == [[1], [1]]


async def test_bad_rows_fail_alone() -> None:
    store = Store(*range(0, 200, 40))
    gather = gather_on(store, lanes=1)
    outcomes = await asyncio.gather(*map(gather.add, range(200)), return_exceptions=True)
    failed = {row for row, outcome in enumerate(outcomes) if isinstance(outcome, RowError)}
    assert failed == store.bad
    assert outcomes.count(None) == 195
    assert len(store.batches) < 80


async def test_an_interruption_is_tried_once_more_and_no_more_than_that() -> None:
    store = Store()
    gather = gather_on(store)
    store.faults = [InterruptionError("killed")]
    await gather.add(1)
    store.faults = [InterruptionError("killed"), InterruptionError("killed")]
    with pytest.raises(UnstoredError):
        await gather.add(2)
    assert store.batches == [[1], [1], [2], [2]]


async def test_any_other_trouble_fails_the_batch_and_not_the_next_one() -> None:
    store = Store()
    gather = gather_on(store)
    store.faults = [UnavailableError("away")]
    outcomes = await asyncio.gather(*map(gather.add, range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [UnstoredError] * 5
    store.faults = [ZeroDivisionError("a bug")]
    with pytest.raises(UnstoredError):
        await gather.add(6)
    await gather.add(7)


async def test_a_store_that_hangs_is_not_waited_for() -> None:
    store = Store()
    store.gate.clear()
    gather = gather_on(store, patience=0.5, lanes=1)
    with pytest.raises(UnstoredError):
        await gather.add(1)
    store.gate.set()
    await gather.add(2)


async def test_whoever_left_before_the_batch_is_not_in_it() -> None:
    store = Store()
    gather = gather_on(store)
    futures = [gather.add(row) for row in range(300)]
    for leaving in futures[::3]:
        leaving.cancel()
    await asyncio.gather(*futures, return_exceptions=True)
    assert sum(map(len, store.batches)) == 200


async def test_rows_and_bytes_that_wait_are_bounded_and_so_is_a_batch() -> None:
    store = Store()
    gather = gather_on(store, waiting_bytes=100, batch_bytes=50, waiting_rows=4, lanes=1)
    futures = [gather.add(40), gather.add(41)]
    with pytest.raises(UnstoredError):
        gather.add(42)
    futures += [gather.add(1), gather.add(2)]
    with pytest.raises(UnstoredError):
        gather.add(3)
    await asyncio.gather(*futures)
    assert store.batches == [[40], [41, 1, 2]]
    await gather.add(99)


async def test_closing_stores_what_waits_and_takes_nothing_more() -> None:
    store = Store()
    gather = gather_on(store, batch_rows=2, lanes=1)
    futures = [gather.add(row) for row in range(5)]
    await gather.close()
    assert all(future.done() for future in futures)
    with pytest.raises(UnstoredError):
        gather.add(6)
