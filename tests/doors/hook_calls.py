"""Calls the callback doors as a provider would, and looks at what they stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from psycopg.rows import dict_row

from sayso.ingest import Doors, Limits
from sayso.storage.databases import Databases
from sayso.storage.vault import seal

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET_KEY = "a key for tests, long enough to look like one"
TOKEN = "t" * 40
SIGNED_TOKEN = "s" * 40
WEBHOOK_SECRET = "the carrier's secret"


@dataclass
class Reply:
    """What the door answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Ledger:
    """The database as its owner sees it, to prepare and to check."""

    conn: psycopg.Connection[dict[str, Any]]

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        return self.conn.execute(query, parameters).fetchall()  # type: ignore[call-overload]

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count(*) AS n FROM sayso.{table}")[0]["n"])

    def connect(
        self,
        token: str = TOKEN,
        kind: str = "simulator",
        secrets: Mapping[str, str] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> int:
        made = self.rows(
            "INSERT INTO sayso.connections (name, kind, settings, secrets, hook_token, parts_per_second) "
            "VALUES (%s, %s, %s, %s, %s, 10) RETURNING id",
            kind,
            kind,
            msgspec.json.encode(dict(settings or {})).decode(),
            seal(SECRET_KEY, secrets or {}),
            token,
        )
        return int(made[0]["id"])


def ledger_of(database: Databases) -> Ledger:
    conn = psycopg.connect(database.owner_url, autocommit=True, row_factory=dict_row)
    return Ledger(conn)


@asynccontextmanager
async def doors_on(
    database: Databases, *, now: Callable[[], datetime] = lambda: NOW, limits: Limits | None = None
) -> AsyncIterator[Doors]:
    doors = Doors(
        database.url, secret_key=SECRET_KEY, public_url="https://sayso.test", now=now, limits=limits
    )
    await doors.open()
    try:
        yield doors
    finally:
        await doors.close()


async def call(
    doors: Doors,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    piece: int = 65_536,
) -> Reply:
    """One request through the ASGI handler, the body in pieces as a server would hand it on."""
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)] or [b""]
    reply = Reply()

    async def receive() -> dict[str, Any]:
        if not pieces:
            await asyncio.Event().wait()
        part = pieces.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            reply.body += message.get("body", b"")

    path, _, query = path.partition("?")
    raw_headers = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": raw_headers,
    }
    await doors.handle(scope, receive, send)
    return reply


def text(ref: str = "m1", body: str = "STOP", sender: str = "+15550001111", **more: object) -> bytes:
    """A text in the simulator's format."""
    return msgspec.json.encode({"id": ref, "from": sender, "to": "+15559990000", "body": body, **more})
