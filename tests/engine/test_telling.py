"""Pages hear that messages moved: soon, seldom, and of the right workspaces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from sayso.bus.postgres import PostgresBus
from sayso.engine.receipts import receipts
from sayso.engine.telling import PAUSE_SECONDS, Telling
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, ENGINE, open_pool, url_as
from tests.engine.sending_scene import engine, open_carrier, sends, until, world
from tests.engine.test_receipts import report

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def heard(database: Databases) -> AsyncIterator[list[str]]:
    """The notes that a web server hears; the first (empty) one says that it listens."""
    notes: list[str] = []
    listening = asyncio.create_task(PostgresBus(url_as(database.url, APP), ("live",), notes.append).run())
    try:
        await until(lambda: notes)
        notes.clear()
        yield notes
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_many_batches_are_told_at_once_and_then_together(database: Databases) -> None:
    async with heard(database) as notes, open_pool(database.url, ENGINE) as pool:
        telling = Telling(pool)
        telling.moved([7])
        await until(lambda: notes)
        assert notes == ["inbox,telephones 7"]
        began = asyncio.get_running_loop().time()
        for workspace in range(50):
            telling.moved([workspace % 3 + 1])
        await until(lambda: len(notes) > 1)
        assert notes[1:] == ["inbox,telephones 1,2,3"]
        assert asyncio.get_running_loop().time() - began < PAUSE_SECONDS * 10
        await telling.close()


async def test_what_cannot_be_told_stops_nothing(database: Databases) -> None:
    async with open_pool(database.url, ENGINE) as pool:
        telling = Telling(pool)
    telling.moved([1])
    await until(lambda: telling._task is None)
    telling.moved([1])
    await telling.close()


async def test_pages_hear_of_what_was_sent_and_of_its_receipt(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier, heard(database) as notes:
        note = f"inbox,telephones {here.workspace}"
        (message,) = here.queue(1)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"sent": 1})
            await until(lambda: note in notes)
        notes.clear()
        here.conn.execute(
            "INSERT INTO receipt_queue (id, connection_id, provider_ref, client_reference, status, "
            "received_at) VALUES (sayso.new_id(), %s, 'unheard of', %s, 'delivered', now())",
            (here.connection, str(message)),
        )
        async with engine(database.url, receipts()):
            await until(lambda: here.statuses() == {"delivered": 1})
            await until(lambda: note in notes)


async def test_pages_hear_of_what_does_not_leave(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier, heard(database) as notes:
        here.block(15557770000)
        here.queue(1, advertising=True, contact=True)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"enqueue_failed": 1})
            await until(lambda: f"inbox,telephones {here.workspace}" in notes)


async def test_a_campaigns_results_are_told_to_nobody_and_a_replys_are(database: Databases) -> None:
    async with world(database) as here, heard(database) as notes:
        here.conn.execute("UPDATE connections SET kind = 'twilio'")
        (campaign,) = here.queue(1, purpose="campaign")
        answering = replace(
            here,
            workspace=here.value("INSERT INTO workspaces (name, country) VALUES ('B', 'US') RETURNING id"),
        )
        (reply,) = answering.queue(1, purpose="reply")
        for message in (campaign, reply):
            report(here, str(message), "delivered", reference=str(message))
        async with engine(database.url, receipts()):
            await until(lambda: here.statuses() == {"delivered": 2})
            await until(lambda: notes)
        assert notes == [f"inbox,telephones {answering.workspace}"]
