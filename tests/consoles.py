"""The console over a real database, for every test of it: one per run, because Django is configured once."""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from psycopg import sql

from sayso import console as room
from sayso.carrier.client import CarrierClient
from sayso.carrier.server import run
from sayso.cli.demo_client import Client
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, Pool, open_pool
from tests.database import as_owner, clone, leave, named
from tests.running import free_port

PASSWORD = "a fern in the window"
T = TypeVar("T")
_numbers = itertools.count(1)


class QuickHasher(PBKDF2PasswordHasher):
    """The real hasher with few rounds: two hundred sign-ins should not take minutes."""

    iterations = 1_000


@dataclass
class Person:
    """An account, and where it belongs."""

    id: int
    email: str
    password: str = PASSWORD


@dataclass
class Console:
    """What tests need: its address, and rows made as the owner of the database."""

    databases: Databases
    port: int
    url: str
    carrier: Client
    """The simulated carrier whose telephones the console shows; no door of Sayso takes its texts here."""
    made: list[str] = field(default_factory=list)

    def execute(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run SQL past every policy."""
        cursor = as_owner(self.databases.owner_url).execute(query, values)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []

    def workspace(self, name: str = "Little Fern", country: str = "GB") -> int:
        """A new workspace."""
        query = (
            "INSERT INTO sayso.workspaces (name, country, time_zone) "
            "VALUES (%s, %s, 'Europe/London') RETURNING id"
        )
        return int(self.execute(query, name, country)[0][0])

    def forget_sign_ins(self) -> None:
        """All tests come from one network address, which has only so many sign-ins a minute."""
        self.execute("DELETE FROM console.cache")

    def person(self, *roles: tuple[int, str], name: str = "Nora Ilves") -> Person:
        """A new account with a role in each of these workspaces; guesses counted so far are forgotten."""
        self.forget_sign_ins()
        email = f"person{next(_numbers)}@littlefern.example"
        person = Person(apart(lambda: room.create_user(email, PASSWORD, name)), email)
        for workspace_id, role in roles:
            self.execute(
                "INSERT INTO sayso.memberships (workspace_id, user_id, role) VALUES (%s, %s, %s)",
                workspace_id,
                person.id,
                role,
            )
        return person

    def category(
        self, workspace_id: int, name: str, basis: str = "consent", *, rejected_by_stop: bool = False
    ) -> None:
        """A consent category, unless it is there: several pages are furnished in one workspace."""
        self.execute(
            "INSERT INTO sayso.categories (workspace_id, name, legal_basis, rejected_by_stop) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            workspace_id,
            name,
            basis,
            rejected_by_stop,
        )

    def line(self, workspace_id: int, number: str, kind: str = "long_code", keyword: str = "") -> int:
        """A line of the workspace, its number and connection made with it."""
        connection_id = self.execute(
            "INSERT INTO sayso.connections (name, kind, hook_token, parts_per_second) "
            "VALUES ('Simulator', 'simulator', %s, 100) RETURNING id",
            os.urandom(20).hex(),
        )[0][0]
        number_id = self.execute(
            "INSERT INTO sayso.inbound_numbers (connection_id, number, kind, country) "
            "VALUES (%s, %s, %s, 'GB') RETURNING id",
            connection_id,
            number,
            kind,
        )[0][0]
        return int(
            self.execute(
                "INSERT INTO sayso.lines (workspace_id, inbound_number_id, provider_keyword) "
                "VALUES (%s, %s, %s) RETURNING id",
                workspace_id,
                number_id,
                keyword,
            )[0][0]
        )

    def block(self, workspace_id: int, phone: int, said: str = "stop", **more: Any) -> int:
        """An active block; by default by the keyword, of all advertising."""
        row = {
            "workspace_id": workspace_id,
            "phone": phone,
            "written": f"+{phone}",
            "scope": "channel",
            "line_id": 0,
            "category": "",
            "since": datetime(2026, 11, 21, 14, 18, 9, tzinfo=UTC) + timedelta(seconds=next(_numbers)),
            "source": "keyword",
            "said": said,
            "reason": "“stop” is an opt-out word of “Stop” on 11221 / baby.",
        } | more
        columns = sql.SQL(", ").join(map(sql.Identifier, row))
        marks = sql.SQL(", ").join(sql.Placeholder() * len(row))
        query = sql.SQL("INSERT INTO sayso.blocks ({}) VALUES ({}) RETURNING id").format(columns, marks)
        made = as_owner(self.databases.owner_url).execute(query, list(row.values()))
        return int(made.fetchall()[0][0])


@pytest.fixture(scope="session")
def console(cluster: Databases, template: str) -> Iterator[Console]:
    """The console, configured and migrated, over a database of its own."""
    name = f"console_{os.getpid()}"
    with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
        clone(admin, name, template)
        databases = named(cluster, name)
        port = free_port()
        url = f"http://localhost:{port}"
        room.configure(room.Values(databases.url, "not a secret, only a test" * 2, url, version="0.1"))
        settings.PASSWORD_HASHERS = ["tests.consoles.QuickHasher"]
        room.migrate(databases.owner_url)
        settings.ROOT_URLCONF = "tests.kit.urls"
        settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "kit" / "templates")
        with acting(databases.url) as carrier:
            yield Console(databases, port, url, Client(carrier))
        room.close()
        leave(databases.owner_url)
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def acting(url: str) -> Iterator[str]:
    """Pages may act: a pool and a carrier on a loop of their own; the carrier's address."""
    port = free_port()
    carrier = f"http://127.0.0.1:{port}"
    home = TemporaryDirectory()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def open_and_attach() -> tuple[Pool, asyncio.Event, asyncio.Task[None]]:
        pool = open_pool(url, APP)
        await pool.open()
        stop = asyncio.Event()
        running = asyncio.create_task(run(Path(home.name), ("127.0.0.1", port), "http://127.0.0.1:9", stop))
        room.attach(pool, CarrierClient(carrier))
        return pool, stop, running

    async def close() -> None:
        stop.set()
        await running
        await pool.close()

    pool, stop, running = asyncio.run_coroutine_threadsafe(open_and_attach(), loop).result(20)
    try:
        yield carrier
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        home.cleanup()


def apart(ask: Callable[[], T]) -> T:
    """Ask Django in a thread of its own: beside a browser, ours has a loop, which it refuses."""

    def asked() -> T:
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        from django.db import connections

        return pool.submit(asked).result()
