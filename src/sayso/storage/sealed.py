"""Which secrets the database holds that only the secret key opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg.rows import class_row

from sayso.core import erasure
from sayso.storage.queries import load
from sayso.storage.vault import VaultError, open_sealed

SQL = load("sealed")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A connection with sealed secrets."""

    id: int
    name: str
    secrets: bytes

    def opens_with(self, key: str) -> bool:
        """Whether this key opens them."""
        try:
            open_sealed(key, self.secrets)
        except VaultError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Held:
    """All that is sealed: connections, how many people have a second factor that is, and how many erased
    numbers are only recognised by the key, by its mark."""

    connections: Sequence[Sealed] = ()
    people: int = 0
    erased: Mapping[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.connections or self.people or self.erased)

    def closed_to(self, key: str) -> Held:
        """What of the connections this key does not open, and of the erased numbers it does not recognise."""
        mark = erasure.mark_of(erasure.key_of(key))
        closed = [each for each in self.connections if not each.opens_with(key)]
        return Held(closed, erased={made: count for made, count in self.erased.items() if made != mark})


def held(url: str) -> Held:
    """Everything that is sealed; nothing where the database was never made Sayso's.

    `url` is the login role's. Blocks; raises what psycopg raises.
    """
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as conn:
        if not _says(conn, "made"):
            return Held()
        connections, erased = _connections(conn), _erased(conn)
        return Held(connections, _people(conn), erased)


def _connections(conn: psycopg.Connection) -> Sequence[Sealed]:
    conn.execute(SQL["as_engine"])
    if not _says(conn, "has_connections"):
        return ()
    return conn.cursor(row_factory=class_row(Sealed)).execute(SQL["connections"]).fetchall()


def _erased(conn: psycopg.Connection) -> Mapping[int, int]:
    """As the engine."""
    return dict(conn.execute(SQL["erased"]).fetchall()) if _says(conn, "has_erased") else {}


def _people(conn: psycopg.Connection) -> int:
    conn.execute(SQL["as_app"])
    return _says(conn, "people") if _says(conn, "has_people") else 0


def _says(conn: psycopg.Connection, query: str) -> int:
    row = conn.execute(SQL[query]).fetchone()
    return int(row[0]) if row else 0
