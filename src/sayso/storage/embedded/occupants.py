"""Who lives in a data directory, and how to have it empty before a new server moves in."""

import os
import signal
import time
from pathlib import Path

from sayso.storage.embedded.errors import EmbeddedError

# A fast shutdown writes a checkpoint; on a slow disk with full buffers that takes its time.
FAST_SHUTDOWN_SECONDS = 60.0
_SERVERS = ("postgres", "initdb")


def vacate(data: Path, *lock_files: Path) -> None:
    """End what a killed Sayso left behind in ``data``, and its pid and lock files where they would mislead.

    Call it only while holding the home's lock. A postmaster is asked to close cleanly first.
    """
    pid_file = data / "postmaster.pid"
    postmaster = _pid_in(pid_file)
    if postmaster in occupants(data):
        _signal([postmaster], signal.SIGINT)
        _await_empty(data, FAST_SHUTDOWN_SECONDS)
    else:
        # Backends notice by themselves that their postmaster is gone.
        _await_empty(data, 2.0)
    _signal(occupants(data), signal.SIGKILL)
    if not _await_empty(data, 10.0):
        raise EmbeddedError(
            f"Processes {occupants(data)} still work in {data} and don't end. "
            "End them, then start Sayso again."
        )
    for file in (pid_file, *lock_files):
        if _is_misleading(_pid_in(file), data):
            file.unlink(missing_ok=True)


def occupants(data: Path) -> list[int]:
    """The pids of PostgreSQL processes, initdb included, whose working directory is ``data``."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or not is_running(int(entry.name)):
            continue
        try:
            here = (entry / "cwd").readlink() == data
            server = (entry / "exe").readlink().name.removesuffix(" (deleted)") in _SERVERS
        except OSError:
            continue
        if here and server:
            found.append(int(entry.name))
    return found


def is_running(pid: int) -> bool:
    """Whether the process exists and is more than a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    # The name in brackets may hold anything, spaces and brackets too.
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def _pid_in(file: Path) -> int:
    try:
        first = file.read_text("utf-8", "replace").split("\n", 1)[0]
    except OSError:
        return 0
    return int(first) if first.strip().isdigit() else 0


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _await_empty(data: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while occupants(data):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _is_misleading(pid: int, data: Path) -> bool:
    """Whether PostgreSQL would take a process for a server in ``data`` that is none.

    The number belongs to something else now, or to the killed server whose new parent has not yet looked.
    """
    if not pid or not Path(f"/proc/{pid}").exists():
        return False
    return not is_running(pid) or _is_stranger(pid, data)


def _is_stranger(pid: int, data: Path) -> bool:
    process = Path(f"/proc/{pid}")
    try:
        return (process / "cwd").readlink() != data
    except OSError:
        # Another user's, and we may not look: only its name speaks. PostgreSQL itself then judges a namesake.
        return (process / "comm").read_text("utf-8", "replace").strip() not in _SERVERS
