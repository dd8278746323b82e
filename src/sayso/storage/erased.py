"""Numbers whose persons were erased, found again by a keyed hash, in bulk, where there are any (R8.4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sayso.core import erasure
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import Cursor, number

SQL = load("erasures")


class ErasureKeyError(Exception):
    """Erased numbers cannot be recognised: the secret key is not the one that they were hidden with."""


class _Key:
    """The key of this process, from `use` on."""

    of: bytes | None = None


def use(secret: str) -> None:
    """Recognise erased numbers with the server's secret key, from now on, in this process."""
    _Key.of = erasure.key_of(secret)


def key() -> bytes:
    """The key. Raises ErasureKeyError where this process was not told it."""
    if _Key.of is None:
        raise ErasureKeyError("This process has no secret key, by which erased numbers are recognised.")
    return _Key.of


def _demand(rows: Sequence[tuple[int, int]]) -> None:
    if any(made_with != erasure.mark_of(key()) for _, made_with in rows):
        raise ErasureKeyError(
            "Numbers were erased under another SAYSO_SECRET_KEY, and would not be recognised with this one. "
            "Put that key back; if it is lost for good, see `sayso recover --forget-erased`."
        )


async def ask(conn: Connection, workspaces: Sequence[int]) -> Cursor:
    """Ask which of these workspaces have any."""
    return await conn.execute(SQL["any"], {"workspaces": list(workspaces)}, prepare=True)


async def also(
    conn: Connection,
    numbers: Collection[tuple[int, int]],
    *,
    surely: bool = True,
    asked: Cursor | None = None,
) -> Mapping[tuple[int, int], int]:
    """Of these (workspace, number) the erased ones: the number, by (workspace, what stands for it).

    One short look for workspaces that have none, which is nearly all. Raises ErasureKeyError rather than let
    a no be overlooked; not `surely`: what cannot be recognised is left out. `asked`: what `ask` said of them.
    """
    workspaces = sorted({workspace for workspace, _ in numbers})
    if not workspaces:
        return {}
    rows = await (asked or await ask(conn, workspaces)).fetchall()
    if not rows:
        return {}
    if surely:
        _demand(rows)
    elif _Key.of is None:
        return {}
    used = key()
    having = {workspace for workspace, _ in rows}
    wanted = {
        (workspace, erasure.hidden(used, workspace, phone)): phone
        for workspace, phone in numbers
        if workspace in having and phone > 0
    }
    pairs = sorted(wanted)
    said = {"workspaces": [pair[0] for pair in pairs], "keys": [pair[1] for pair in pairs]}
    found = await (await conn.execute(SQL["among"], said, prepare=True)).fetchall()
    return {(workspace, hidden): wanted[workspace, hidden] for workspace, hidden in found}


async def forget(conn: Connection) -> int:
    """Give up the numbers that were erased under another key than this process's; how many. As the engine."""
    return await number(conn, SQL["forget"], {"mark": erasure.mark_of(key())}) or 0
