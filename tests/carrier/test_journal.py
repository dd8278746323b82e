"""The carrier's log is on disk before anyone is answered, and survives being cut."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sayso.carrier.journal import Journal

pytestmark = pytest.mark.anyio


async def test_what_was_appended_can_be_read_by_another_process_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log.jsonl")
    await asyncio.gather(*(journal.append({"n": n}) for n in range(500)))
    other = Journal(tmp_path / "log.jsonl")
    assert sorted(entry["n"] for entry in other.tail(1_000_000)) == list(range(500))
    await journal.close()
    await other.close()


async def test_a_half_written_last_line_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"n":1}\n{"n":')
    journal = Journal(path)
    await journal.append({"n": 2})
    assert journal.tail(1_000) == [{"n": 1}, {"n": 2}]
    await journal.close()


async def test_the_tail_leaves_out_a_line_that_was_cut(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log.jsonl")
    for n in range(10):
        await journal.append({"n": n})
    assert journal.tail(20) == [{"n": 8}, {"n": 9}]
    await journal.close()


async def test_a_log_that_cannot_be_written_says_so_to_the_caller(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log.jsonl")
    await journal.close()
    with pytest.raises(OSError, match="descriptor"):
        await journal.append({"n": 1})
