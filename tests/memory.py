"""A folder in memory where there is room: five hundred databases are cloned in a run, file by file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3


@contextmanager
def quick_folder() -> Iterator[Path]:
    """An empty folder that is gone afterwards; on disk where memory has no room, as in a small container."""
    with TemporaryDirectory(prefix="sayso-tests-", dir=MEMORY if _has_room() else None) as folder:
        yield Path(folder)


def _has_room() -> bool:
    try:
        return shutil.disk_usage(MEMORY).free > ROOM
    except OSError:
        return False
