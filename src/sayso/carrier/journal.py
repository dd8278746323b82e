"""The carrier's own log: what it was asked and what it did, on disk before anyone is answered."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode


class Journal:
    """An append-only file of JSON lines, forced to disk in groups.

    What arrives while a group is being forced is the next group: no delay, however few or many.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._end_broken_line()
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def append(self, entry: Mapping[str, Any]) -> None:
        """Return once the entry is on disk; raises OSError when it can't be put there."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((_encode(entry) + b"\n", done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await done

    def tail(self, size: int) -> list[dict[str, Any]]:
        """The entries in the last `size` bytes, oldest first; the first may be cut and is then left out."""
        whole = os.fstat(self._file).st_size
        start = max(0, whole - size)
        lines = os.pread(self._file, whole - start, start).splitlines()
        if start:
            lines = lines[1:]
        return [entry for line in lines if (entry := _read(line)) is not None]

    async def close(self) -> None:
        """Finish what waits, and close the file."""
        if self._writer is not None:
            await self._writer
        os.close(self._file)

    async def _write(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._force, b"".join(line for line, _ in group))
            except OSError as error:
                failed: OSError | None = error
            else:
                failed = None
            for _, done in group:
                if done.done():
                    continue
                if failed:
                    done.set_exception(failed)
                else:
                    done.set_result(None)
        self._writer = None

    def _force(self, lines: bytes) -> None:
        view = memoryview(lines)
        while view:
            view = view[os.write(self._file, view) :]
        os.fdatasync(self._file)

    def _end_broken_line(self) -> None:
        # A power cut may leave half a line, and the next entry must not be glued to it.
        whole = os.fstat(self._file).st_size
        if whole and os.pread(self._file, 1, whole - 1) != b"\n":
            os.write(self._file, b"\n")


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        entry = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None
    return entry if isinstance(entry, dict) else None
