"""A small world for the engine's tests: a workspace, a line, messages, and a carrier that answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
from aiohttp import web

from sayso.engine.sending import sending
from sayso.engine.supervisor import Maker, run
from sayso.providers.contract import Accepted, Later, Outbound, Refused, Unsure
from sayso.providers.simulator.carrier_side import read_send, write_response
from sayso.storage.databases import Databases

Answer = Accepted | Later | Refused | Unsure


def accept(outbound: Outbound) -> Answer:
    return Accepted(f"ref-{outbound.client_reference}")


@dataclass
class Carrier:
    """Takes messages over HTTP and remembers them; `answers` decides what each is told."""

    url: str = ""
    answers: Callable[[Outbound], Answer] = accept
    taken: list[Outbound] = field(default_factory=list)
    before_answer: Callable[[Outbound], Awaitable[None]] | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        outbound = read_send(await request.read())
        assert isinstance(outbound, Outbound)
        self.taken.append(outbound)
        if self.before_answer is not None:
            await self.before_answer(outbound)
        status, headers, body = write_response(self.answers(outbound))
        return web.Response(status=status, headers=headers, body=body)


@asynccontextmanager
async def open_carrier() -> AsyncIterator[Carrier]:
    carrier = Carrier()
    app = web.Application()
    app.router.add_post("/messages", carrier.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    carrier.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield carrier
    finally:
        await runner.cleanup()


@dataclass
class World:
    """The rows of one workspace, written as the owner, who sees everything."""

    databases: Databases
    conn: psycopg.Connection
    workspace: int = 0
    connection: int = 0
    line: int = 0
    number: int = 0

    def prepare(self, *, kind: str = "long_code", parts_per_second: int = 1000) -> World:
        self.workspace = self.value(
            "INSERT INTO workspaces (name, country) VALUES ('Bakery', 'US') RETURNING id"
        )
        self.connection = self.value(
            "INSERT INTO connections (name, kind, hook_token, parts_per_second) "
            "VALUES ('Test', 'simulator', repeat('t', 32), %s) RETURNING id",
            parts_per_second,
        )
        self.number = self.value(
            "INSERT INTO inbound_numbers (connection_id, number, kind, country) "
            "VALUES (%s, '15550001111', %s, 'US') RETURNING id",
            self.connection,
            kind,
        )
        self.line = self.value(
            "INSERT INTO lines (workspace_id, inbound_number_id, provider_keyword) "
            "VALUES (%s, %s, %s) RETURNING id",
            self.workspace,
            self.number,
            "baby" if kind == "shared_short_code" else "",
        )
        return self

    def value(self, query: str, *parameters: object) -> int:
        row = self.conn.execute(query, parameters).fetchone()
        assert row is not None
        return int(row[0])

    def rows(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        given = parameters[0] if parameters and isinstance(parameters[0], dict) else parameters
        return self.conn.execute(query, given).fetchall()

    def queue(
        self,
        count: int = 1,
        *,
        advertising: bool = False,
        purpose: str = "api",
        phone: int = 15557770000,
        lane: int = 1,
        expires_at: datetime | None = None,
        contact: bool = False,
        parts: int = 1,
    ) -> list[int]:
        """Messages to `count` numbers from `phone` on, in the outbox; their ids."""
        rows = self.rows(
            """
            WITH people AS (
                INSERT INTO contacts (workspace_id, phone, sms_consent)
                SELECT %(workspace)s, %(phone)s + n, 'yes'
                FROM generate_series(0, %(count)s - 1) n WHERE %(contact)s
                RETURNING id, phone
            ), made AS (
                INSERT INTO messages (workspace_id, contact_id, phone, recipient, connection_id, line_id,
                    sender, class, purpose, body, encoding, parts, expires_at)
                SELECT %(workspace)s, p.id, %(phone)s + n, '+' || (%(phone)s + n), %(connection)s, %(line)s,
                    '15550001111', %(class)s, %(purpose)s, 'Hello ' || n, 'GSM-7', %(parts)s, %(expires)s
                FROM generate_series(0, %(count)s - 1) n LEFT JOIN people p ON p.phone = %(phone)s + n
                RETURNING id
            )
            INSERT INTO outbox (connection_id, lane, due, workspace_id, message_id)
            SELECT %(connection)s, %(lane)s, now(), %(workspace)s, id FROM made RETURNING message_id
            """,
            {
                "workspace": self.workspace,
                "connection": self.connection,
                "line": self.line,
                "phone": phone,
                "count": count,
                "class": "advertising" if advertising else "transactional",
                "purpose": purpose,
                "lane": lane,
                "expires": expires_at,
                "contact": contact,
                "parts": parts,
            },
        )
        self.conn.execute("NOTIFY outbox")
        return sorted(int(str(row[0])) for row in rows)

    def block(self, phone: int, *, scope: str = "channel", source: str = "keyword") -> None:
        self.conn.execute(
            "INSERT INTO blocks (workspace_id, phone, written, scope, line_id, since, source, reason) "
            "VALUES (%s, %s, 'x', %s, %s, now(), %s, 'STOP')",
            (self.workspace, phone, scope, self.line if scope.startswith("line") else 0, source),
        )

    def standing(self, message: int) -> tuple[object, ...]:
        rows = self.rows("SELECT status, reason FROM outcomes WHERE message_id = %s", message)
        return rows[0] if rows else ("queued", "")

    def statuses(self) -> dict[str, int]:
        rows = self.rows(
            "SELECT coalesce(o.status, 'queued'), count(*) "
            "FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id GROUP BY 1"
        )
        return {str(status): int(str(count)) for status, count in rows}

    def left(self) -> tuple[int, int, int]:
        """Rows in outbox, claims, intents."""
        return tuple(self.value(f"SELECT count(*) FROM {table}") for table in ("outbox", "claims", "intents"))  # type: ignore[return-value]


@asynccontextmanager
async def world(databases: Databases, **settings: object) -> AsyncIterator[World]:
    with psycopg.connect(databases.owner_url, autocommit=True, options="-c search_path=sayso") as conn:
        yield World(databases, conn).prepare(**settings)  # type: ignore[arg-type]


@asynccontextmanager
async def engine(url: str, *stages: Maker) -> AsyncIterator[asyncio.Event]:
    """The engine, running until the block ends; then it is drained."""
    stopping = asyncio.Event()
    running = asyncio.create_task(run(url, stages=stages, stopping=stopping))
    try:
        yield stopping
    finally:
        stopping.set()
        await running


def sends(carrier: Carrier) -> Maker:
    return sending(vault_key="k" * 32, public_url="http://127.0.0.1:1", carrier_url=carrier.url)


async def until(said: Callable[[], bool], *, within: timedelta = timedelta(seconds=30)) -> None:
    """Poll a condition until it holds; fails after `within`."""
    async with asyncio.timeout(within.total_seconds()):
        while not said():  # noqa: ASYNC110 - the condition lives in the database
            await asyncio.sleep(0.02)


def going_out(here: World, count: int) -> int:
    """A campaign that is planned to its end, and waits in the queue."""
    which = here.value(
        "INSERT INTO campaigns (workspace_id, name, audience, category, body, opt_out_message, state,"
        " starts_at, launched_at)"
        " VALUES (%s, 'Sale', 'everybody', 'news', 'Sale.', 'STOP', 'sending', now(), now())"
        " RETURNING id",
        here.workspace,
    )
    here.conn.execute(
        "INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at, finished_at)"
        " VALUES (%s, %s, false, now(), now())",
        (here.workspace, which),
    )
    here.queue(count, advertising=True, purpose="campaign", lane=2, contact=True)
    here.conn.execute("UPDATE messages SET campaign_id = %s, category = 'news'", (which,))
    return which
