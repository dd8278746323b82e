"""How the processes of `sayso serve` live and die: each end is noticed, and nothing is left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doors.served import get, sayso, until
from tests.memory import quick_folder
from tests.running import settled


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """One home for all of them, one after the other: none is about a database that is made anew."""
    with quick_folder() as folder:
        settled(folder / "home")
        yield folder


def test_what_is_killed_comes_back_and_sigterm_leaves_nothing(place: Path) -> None:
    with sayso(place) as served:
        served.start()
        for words in ("sayso.cli.main work", "sayso.carrier.main"):
            (before,) = until(lambda words=words: served.pids(words), words)
            os.kill(before, signal.SIGKILL)
            until(lambda words=words, before=before: served.pids(words) - {before}, f"{words} again")
        workers = served.pids("sayso.serve.web")
        oldest = min(workers)  # the others are its forks
        os.kill(max(workers), signal.SIGKILL)
        until(lambda: len(served.pids("sayso.serve.web") - workers) == 1, "a worker again")
        os.kill(oldest, signal.SIGKILL)
        until(lambda: len(served.pids("sayso.serve.web") - workers) >= 3, "the web server again")
        until(lambda: _is_ready(served.url), "ready again")
        assert served.end() == 0
        until(lambda: not served.descendants(), "nothing left", seconds=20)


def test_whoever_calls_while_the_only_worker_is_dead_waits_for_the_next(place: Path) -> None:
    """No provider is refused meanwhile: not all of them try again."""
    with sayso(place, SAYSO_WORKERS="1") as served:
        served.start()
        until(lambda: _is_ready(served.url), "ready")
        _, worker = sorted(served.pids("sayso.serve.web"))
        os.kill(worker, signal.SIGKILL)
        until(lambda: worker not in served.pids("sayso.serve.web"), "it is dead")
        assert _is_ready(served.url)
        assert served.end() == 0


def test_when_the_supervisor_is_killed_everything_ends_with_it(place: Path) -> None:
    with sayso(place) as served:
        served.start()
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait(10)
        until(lambda: not served.descendants(), "nothing left")


def test_the_doors_alone_run_without_engine_and_carrier(place: Path) -> None:
    with sayso(place) as served:
        served.start("--doors")
        assert not served.pids("sayso.cli.main work")
        assert not served.pids("sayso.carrier.main")
        assert _is_ready(served.url)
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(60) == 0


def test_without_its_database_sayso_is_not_ready_and_is_again_after(place: Path) -> None:
    with sayso(place) as served:
        served.start()
        killed = _postmaster(served.home)
        os.kill(killed, signal.SIGKILL)
        until(lambda: _postmaster(served.home) not in (0, killed), "the database again")
        until(lambda: _is_ready(served.url), "ready again")
        assert served.end() == 0


def _postmaster(home: Path) -> int:
    """By its own word: a backend that was forked just now still goes by the postmaster's command line."""
    try:
        return int((home / "database" / "postmaster.pid").read_text().split("\n")[0])
    except (OSError, ValueError):
        return 0


def _is_ready(url: str) -> bool:
    try:
        return get(url + "/readyz").status == 200
    except OSError:
        return False
