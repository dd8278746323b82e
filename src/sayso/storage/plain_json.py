"""Reading jsonb quickly: a million contacts have attributes, and the usual reader takes ten times as long."""

from __future__ import annotations

import json

import msgspec
from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import TupleRow

_read = msgspec.json.Decoder().decode


class Plain(Loader):
    """Reads what a json or jsonb value holds."""

    def load(self, data: Buffer) -> object:
        """The value."""
        try:
            return _read(data)
        except msgspec.MsgspecError:
            # A number that no float holds: the usual reader calls it infinite.
            return json.loads(bytes(data))


def read_by(conn: AsyncConnection[TupleRow]) -> None:
    """Have a connection read json so."""
    conn.adapters.register_loader("json", Plain)
    conn.adapters.register_loader("jsonb", Plain)
