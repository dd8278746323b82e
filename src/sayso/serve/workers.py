"""Forks of this process, kept up until it is asked to end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import structlog

from sayso.serve.processes import how_it_ended
from sayso.serve.wake import Wake, signals

log = structlog.get_logger(__name__)

# One that cannot start does not start more often than this.
AGAIN_SECONDS = 1.0


class Workers:
    """So many forks of this process, each doing `work` until SIGTERM; one that dies is started again.

    Nothing here may hold a thread, a pool or a loop: a fork would copy the half of it. What exists before
    `keep` is shared by all, the listening socket too.
    """

    def __init__(self, count: int, work: Callable[[], None], *, patience: float) -> None:
        self._count = count
        self._work = work
        self._patience = patience
        self._started: dict[int, float] = {}
        self._not_before = 0.0

    def keep(self) -> None:
        """Keep them up until SIGTERM or SIGINT, then ask each to end; what has not within `patience` seconds
        is killed."""
        with signals() as wake:
            while not wake.asked:
                self._reap()
                pause = self._not_before - time.monotonic()
                if len(self._started) < self._count and pause <= 0:
                    self._start(wake)
                else:
                    wake.wait(pause if pause > 0 else 5.0)
            self._end(wake)

    def _start(self, wake: Wake) -> None:
        pid = os.fork()
        if pid:
            self._started[pid] = time.monotonic()
            return
        code = 1
        try:
            wake.forget()
            if not wake.asked:
                self._work()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            log.exception("a web worker failed")
        finally:
            # Past whatever the main process wants done at its own end.
            os._exit(code)

    def _reap(self) -> None:
        for pid, started_at in list(self._started.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            del self._started[pid]
            how = how_it_ended(os.waitstatus_to_exitcode(status))
            log.warning(f"a web worker {how}; another one is started", pid=pid)
            self._not_before = max(self._not_before, started_at + AGAIN_SECONDS)

    def _end(self, wake: Wake) -> None:
        for pid in self._started:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + self._patience
        while self._started:
            left = deadline - time.monotonic()
            for pid in list(self._started):
                if left <= 0:
                    os.kill(pid, signal.SIGKILL)
                if os.waitpid(pid, os.WNOHANG if left > 0 else 0)[0]:
                    del self._started[pid]
            if self._started:
                wake.wait(left)
