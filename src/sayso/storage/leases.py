"""Who holds a connection's pace or an inbound lane, until when, in which epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sayso.storage.pool import Connection
from sayso.storage.queries import load

SQL = load("leases")


async def acquire(
    conn: Connection, holder: str, resources: Sequence[str], length: timedelta
) -> dict[str, int]:
    """Take what is free, lapsed or ours already, for `length`; epochs by resource.

    Each taking is a new epoch, also where the same holder takes it again; `renew` keeps it.
    """
    said = {"holder": holder, "resources": sorted(resources), "length": length}
    rows = await (await conn.execute(SQL["acquire"], said)).fetchall()
    return dict(rows)


async def renew_free(
    conn: Connection, holder: str, resources: Sequence[str], length: timedelta
) -> dict[str, int]:
    """Prolong what is still ours and kept by no transaction; epochs of those by resource."""
    said = {"holder": holder, "resources": sorted(resources), "length": length}
    rows = await (await conn.execute(SQL["renew_free"], said)).fetchall()
    return dict(rows)


async def renew(conn: Connection, holder: str, resources: Sequence[str], length: timedelta) -> dict[str, int]:
    """Prolong what is still ours, a lapsed one included that nobody took; epochs of those by resource.

    Waits for transactions that keep them, each for a third of `length` at most; then raises LockNotAvailable.
    """
    await conn.execute(SQL["patience"], {"patience": f"{length.total_seconds() * 1000 / 3:.0f}ms"})
    said = {"holder": holder, "resources": sorted(resources), "length": length}
    rows = await (await conn.execute(SQL["renew"], said)).fetchall()
    return dict(rows)


async def give_back(conn: Connection, holder: str, resources: Sequence[str]) -> None:
    """Let others take them at once."""
    await conn.execute(SQL["give_back"], {"holder": holder, "resources": sorted(resources)})


async def fence(conn: Connection, holder: str, epochs: Mapping[str, int]) -> set[str]:
    """Which of these leases are still ours; none changes hands before this transaction ends."""
    resources = sorted(epochs)
    said = {"holder": holder, "resources": resources, "epochs": [epochs[name] for name in resources]}
    rows = await (await conn.execute(SQL["fence"], said)).fetchall()
    return {row[0] for row in rows}
