"""One owner per home."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sayso.storage.embedded.errors import EmbeddedError, HomeInUseError
from sayso.storage.embedded.occupants import is_running

# The owner is gone but its keeper is still closing the database: worth waiting for.
PATIENCE_SECONDS = 60.0


@contextmanager
def held(home: Path, owner: int) -> Iterator[None]:
    """Hold ``home/lock`` for as long as the block runs, with ``owner`` (a pid) written in it.

    Raises HomeInUseError at once when a living process holds it.
    """
    descriptor = _open(home / "lock")
    try:
        _take(descriptor, home)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(owner).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise EmbeddedError(
            f"{path} can't be opened ({error.strerror}). "
            "Start Sayso as the user who owns it, or point SAYSO_HOME elsewhere."
        ) from error


def _take(descriptor: int, home: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 20, 0).decode("ascii", "replace")
            living = owner.isdigit() and is_running(int(owner))
            if living or time.monotonic() > deadline:
                raise HomeInUseError(
                    f"{home} is in use by process {owner}. Stop it, or point SAYSO_HOME elsewhere."
                ) from None
            time.sleep(0.02)
        else:
            return
