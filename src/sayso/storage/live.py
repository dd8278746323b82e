"""Notes for open pages: which workspaces have something new, and in which topic."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sayso.storage.pool import Connection
from sayso.storage.queries import load

SQL = load("live")
# A notice holds 8,000 bytes; with more workspaces than this in one batch, all are told.
MOST_NAMED = 500


async def note(conn: Connection, topics: Sequence[str], workspace_ids: Collection[int]) -> None:
    """Tell pages that show these topics of these workspaces to look again, once this transaction commits.

    Topics are the console's: `contacts`, `inbox`, `keywords`, `opt_outs`, `telephones`. Call it once a batch.
    """
    if not workspace_ids:
        return
    named = ",".join(map(str, sorted(set(workspace_ids)))) if len(workspace_ids) <= MOST_NAMED else "*"
    await conn.execute(SQL["note"], {"payload": f"{','.join(topics)} {named}"})
