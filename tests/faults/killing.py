"""`kill -9`, of one process of a running Sayso or of all of them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import Literal

import psycopg

from tests.running import START_PATIENCE, Sayso, command_line, descendants, until

Victim = Literal["worker", "engine", "postmaster", "serve", "tree"]
_TOLD_BY = {"worker": "sayso.serve.web", "engine": "sayso.cli.main work", "postmaster": "/postgres -D"}


def kill(sayso: Sayso, victim: Victim) -> None:
    """Kill, and start Sayso again where nobody else does; returns when the doors are ready."""
    assert sayso.process is not None
    below = descendants(sayso.process.pid)
    if victim in ("serve", "tree"):
        for pid in [sayso.process.pid, *(below if victim == "tree" else [])]:
            _kill(pid)
        sayso.process.wait(30)
        # What is below ends by itself with its parent, and lets go of the ports and of the home.
        # Beside other work that takes its time: an engine waits for a database that is gone already.
        until("everything below has ended", lambda: not any(map(command_line, below)), START_PATIENCE)
        sayso.start()
        return
    _kill(until(f"there is a {victim}", lambda: _find(sayso, victim)))
    sayso.await_ready()


def is_quiet(sayso: Sayso) -> bool:
    """Whether nothing waits any more: no text, message, result or report."""
    with suppress(psycopg.OperationalError, AssertionError):
        (row,) = sayso.rows(
            "SELECT (SELECT count(*) FROM inbound_queue) + (SELECT count(*) FROM outbox)"
            " + (SELECT count(*) FROM claims) + (SELECT count(*) FROM intents)"
            " + (SELECT count(*) FROM receipt_queue) AS waiting"
        )
        return row["waiting"] == 0
    return False


def _find(sayso: Sayso, victim: Victim) -> int:
    assert sayso.process is not None
    found = [pid for pid in descendants(sayso.process.pid) if _TOLD_BY[victim] in command_line(pid)]
    # Parents stand first: the web server's main process before its workers, and the postmaster before a
    # backend that was forked just now and still goes by its command line.
    if victim == "worker":
        return found[-1] if len(found) > 1 else 0
    return found[0] if found else 0


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
