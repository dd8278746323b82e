"""Signals as something to wait for."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Wake:
    """Ends a wait when a signal comes, a child ends, or somebody pokes."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self.asked = False

    def ask(self, *_: object) -> None:
        """Note that somebody wants this to end."""
        self.asked = True

    def poke(self) -> None:
        """End a wait."""
        os.write(self._write, b".")

    def wait(self, seconds: float) -> None:
        """Return after this time, or as soon as a signal came or a child ended."""
        if select.select([self._read], [], [], max(0.0, seconds))[0]:
            os.read(self._read, 4096)

    def forget(self) -> None:
        """In a fork: signals are its own again, and tell the parent nothing."""
        _as_before(-1)
        os.close(self._read)
        os.close(self._write)

    @property
    def descriptor(self) -> int:
        """Where the interpreter notes each signal."""
        return self._write


@contextmanager
def signals() -> Iterator[Wake]:
    """Turn SIGTERM and SIGINT into `Wake.asked` for as long as the block runs; main thread only."""
    wake = Wake()
    before = signal.set_wakeup_fd(wake.descriptor, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, wake.ask)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        yield wake
    finally:
        _as_before(before)


def _as_before(descriptor: int) -> None:
    signal.set_wakeup_fd(descriptor)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
