"""Texts to a console's workspace, decided by the engine itself, for every test of the inbox."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sayso.core.phones import address_key, lane
from sayso.engine.inbound import hear
from sayso.engine.telling import HEARD
from sayso.providers.catalogue import provider_answers
from sayso.storage import conversations, live, setup
from sayso.storage.conversations import CameBack
from sayso.storage.pool import ENGINE, open_pool
from tests.consoles import Console, Person

AMIRA = "+447700900318"
TEXT = (
    "INSERT INTO sayso.inbound_queue (lane, id, connection_id, phone, sender, recipient, body, media, "
    "provider_at, received_at) VALUES (%s, sayso.new_id(), %s, %s, %s, %s, %s, %s, %s, now()) RETURNING id"
)


@dataclass
class Shop:
    """A workspace with one line, an agent, and people who text it."""

    console: Console
    number: str = "447700900118"
    workspace: int = 0
    line: int = 0
    agent: Person = field(default_factory=lambda: Person(0, ""))

    def __post_init__(self) -> None:
        self.workspace = self.workspace or self.console.workspace()
        self.line = self.console.line(self.workspace, self.number)
        self.agent = self.console.person((self.workspace, "agent"), name="Jo Brandt")

    def texts(
        self, *bodies: str, sender: str = AMIRA, ago: timedelta = timedelta(), media: str | None = None
    ) -> int:
        """Texts to the line, heard by the engine; the id of the last."""
        (found,) = self.rows(
            "SELECT n.connection_id FROM sayso.lines l "
            "JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id WHERE l.id = %s",
            self.line,
        )
        key, last = address_key(sender, found[0], "GB"), 0
        for body in bodies:
            at = datetime.now(UTC) - ago
            ((last,),) = self.rows(TEXT, lane(key), found[0], key, sender, self.number, body, media, at)
        with ThreadPoolExecutor(1) as thread:  # Beside a browser, ours has a loop already.
            thread.submit(asyncio.run, self._heard()).result()
        return last

    def came_back(self, message: int, why: str) -> None:
        """A reply of ours did not arrive, as the engine says so."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._came_back(CameBack(self.workspace, message, 1, why))).result()

    async def _came_back(self, said: CameBack) -> None:
        async with open_pool(self.console.databases.url, ENGINE, size=1) as pool, pool.connection() as conn:
            await conversations.come_back(conn, [said])

    async def _heard(self) -> None:
        now, concerned = datetime.now(UTC), set[int]()
        async with open_pool(self.console.databases.url, ENGINE, size=1) as pool:
            async with pool.connection() as conn, conn.transaction():
                found = await setup.read(conn, provider_answers)
                await hear(conn, list(range(16)), found, now, tell=concerned.update)
            async with pool.connection() as conn:  # the stage tells pages once it has committed
                await live.note(conn, HEARD, concerned)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.console.execute(query, *values)

    def contact(self, phone: int, **attributes: str) -> None:
        """A contact with this number, who said yes."""
        self.rows(
            "INSERT INTO sayso.contacts (workspace_id, phone, sms_consent, attributes) "
            "VALUES (%s, %s, 'yes', %s)",
            self.workspace,
            phone,
            json.dumps(attributes),
        )

    def replies(self) -> list[str]:
        """What was sent from the inbox."""
        query = "SELECT body FROM sayso.messages WHERE workspace_id = %s AND purpose = 'reply' ORDER BY id"
        return [body for (body,) in self.rows(query, self.workspace)]
