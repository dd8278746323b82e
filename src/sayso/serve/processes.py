"""One child process of the supervisor: started, watched, started again, ended."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 30.0
# A child that lived this long was well, and its next end starts counting anew.
WELL_AFTER_SECONDS = 60.0


def how_it_ended(code: int) -> str:
    """In words, by an exit code; a negative one is a signal's number."""
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"


@dataclass(slots=True)
class Child:
    """A process under watch. `drain_seconds` is how long it may take to end by itself once asked."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    drain_seconds: float
    _process: subprocess.Popen[bytes] | None = None
    _started_at: float = 0.0
    _ends: int = 0
    _next_start: float = field(default=0.0)

    @property
    def pid(self) -> int:
        """Its process id; 0 while it isn't running."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it now. It gets a session of its own, so that Ctrl-C reaches it only through us, in order."""
        self._process = subprocess.Popen(
            self.command, env=dict(self.environ), stdin=subprocess.DEVNULL, start_new_session=True
        )
        self._started_at = time.monotonic()

    def look(self) -> float:
        """Start it again if it has ended and its wait is over; the seconds until the next look is of use."""
        now = time.monotonic()
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return LONGEST_WAIT_SECONDS
            self._note_end(code, now)
        if now >= self._next_start:
            self.start()
            log.info(f"{self.name} started again", pid=self.pid)
            return LONGEST_WAIT_SECONDS
        return self._next_start - now

    def ask_to_end(self) -> None:
        """Ask it to finish what it holds and end."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def await_end(self) -> None:
        """Wait for its end, and after its patience make it end."""
        if self._process is None:
            return
        try:
            self._process.wait(self.drain_seconds)
        except subprocess.TimeoutExpired:
            log.warning(f"{self.name} did not end within {self.drain_seconds:g} s and is killed")
            os.killpg(self._process.pid, 9)
            self._process.wait()

    def _note_end(self, code: int, now: float) -> None:
        self._ends = 1 if now - self._started_at > WELL_AFTER_SECONDS else self._ends + 1
        wait = min(LONGEST_WAIT_SECONDS, 0.25 * 2 ** (self._ends - 1))
        self._next_start = now + wait
        self._process = None
        log.warning(f"{self.name} {how_it_ended(code)}; it is started again in {wait:g} s")
