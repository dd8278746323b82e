"""What the doors say and keep while the database is in trouble (R5.1)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import uvicorn
from msgspec.structs import replace

from sayso.ingest import Doors, Limits
from sayso.ingest.gather import Gather
from sayso.storage import callbacks
from sayso.storage.callbacks import Callback, RowError, Text
from sayso.storage.databases import Databases
from sayso.storage.pool import DOOR, open_pool
from tests.doors.hook_calls import NOW, TOKEN, Ledger, call, doors_on, ledger_of, text

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R5.1")]
INBOUND = f"/hooks/{TOKEN}/inbound"
HURRIED = Limits(patience=0.3)


@pytest.fixture
def ledger(database: Databases) -> Iterator[Ledger]:
    found = ledger_of(database)
    with found.conn:
        found.connect()
        yield found


@pytest.fixture
async def doors(database: Databases, ledger: Ledger) -> AsyncIterator[Doors]:
    async with doors_on(database) as opened:
        yield opened


def row(n: int, said: str = "hello") -> Callback:
    told = Text(0, 15550001111, "+15550001111", "12345", said, None, NOW, None)
    return Callback(1, "inbound", f"{n:032x}", False, b"", b"", NOW, text=told)


async def test_one_bad_row_among_five_hundred_fails_alone(database: Databases, ledger: Ledger) -> None:
    statements = 0

    async def store(rows: object) -> object:
        nonlocal statements
        statements += 1
        return await callbacks.store(pool, rows)  # type: ignore[arg-type]

    async with open_pool(database.url, DOOR) as pool:
        gather = Gather[Callback](store, key=lambda one: one.ref, weigh=lambda _: 1)
        rows = [row(n, "\x00" if n == 333 else "hello") for n in range(500)]
        outcomes = await asyncio.gather(*map(gather.add, rows), return_exceptions=True)
        await gather.close()
    assert [n for n, outcome in enumerate(outcomes) if outcome is not None] == [333]
    assert isinstance(outcomes[333], RowError)
    assert ledger.count("inbound_queue") == ledger.count("callbacks") == 499
    assert statements <= 20


async def test_callbacks_that_are_stored_together_keep_each_its_own_bytes(
    database: Databases, ledger: Ledger
) -> None:
    bodies = [b"one", b"", b"\x00\xff\\'\"", "größer".encode(), b"x" * 100_000, b"last"]
    told = [
        replace(row(n), headers=body[::-1][:7], body=body, text=None, unreadable=str(n))
        for n, body in enumerate(bodies)
    ]
    async with open_pool(database.url, DOOR) as pool:
        assert await callbacks.store(pool, told) == callbacks.Stored(len(told), 0, 0)
        assert await callbacks.store(pool, told[2:]) == callbacks.Stored(0, 0, 0)
    kept = ledger.rows("SELECT why, headers, c.body FROM sayso.unrouted JOIN sayso.callbacks c USING (id)")
    assert {(one["why"], one["headers"], one["body"]) for one in kept} == {
        (one.unreadable, one.headers, one.body) for one in told
    }
    assert len(kept) == len(told)


async def test_a_row_that_cannot_be_stored_as_read_is_kept_raw(
    doors: Doors, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sayso.providers import hearing

    understood = hearing.read

    def misread(*arguments: object) -> Callback:
        heard: Callback = understood(*arguments)  # type: ignore[arg-type]
        assert heard.text is not None
        return replace(heard, text=replace(heard.text, body="\ud800"))

    monkeypatch.setattr(hearing, "read", misread)
    assert (await call(doors, INBOUND, text())).status == 200
    assert ledger.rows("SELECT body FROM sayso.callbacks") == [{"body": text()}]
    assert [row["kind"] for row in ledger.rows("SELECT kind FROM sayso.unrouted")] == ["unreadable"]


async def test_killed_connections_are_not_the_callers_trouble(doors: Doors, ledger: Ledger) -> None:
    for turn in range(5):
        calls = [asyncio.create_task(call(doors, INBOUND, text(f"{turn} {n}"))) for n in range(40)]
        await asyncio.sleep(0)
        ledger.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sayso_door' "
            "AND datname = current_database()"
        )
        statuses = [(await one).status for one in calls]
        assert set(statuses) <= {200, 503}
        for n, status in enumerate(statuses):
            while status != 200:
                status = (await call(doors, INBOUND, text(f"{turn} {n}"))).status  # noqa: PLW2901
    assert ledger.count("inbound_queue") == ledger.count("callbacks") == 200


async def test_a_locked_table_is_a_503_after_the_patience_and_all_is_well_afterwards(
    database: Databases, ledger: Ledger
) -> None:
    async with doors_on(database, limits=HURRIED) as doors:
        with psycopg.connect(database.owner_url) as blocking:
            blocking.execute("LOCK TABLE sayso.callbacks")
            replies = await asyncio.gather(*(call(doors, INBOUND, text(f"{n}")) for n in range(20)))
            assert {(reply.status, reply.headers["retry-after"]) for reply in replies} == {(503, "5")}
        # The lock may have gone before the cancelled statement did: a repeat changes nothing then either.
        async with asyncio.timeout(15):
            for n in range(20):
                # A provider tries again; on a busy machine the patience may be too short for the first.
                while (await call(doors, INBOUND, text(f"{n}"))).status != 200:
                    continue
    assert ledger.count("inbound_queue") == 20


async def test_too_much_waiting_is_a_503_at_once(database: Databases, ledger: Ledger) -> None:
    async with doors_on(database, limits=Limits(waiting_rows=10)) as doors:
        replies = await asyncio.gather(*(call(doors, INBOUND, text(f"{n}")) for n in range(30)))
    statuses = [reply.status for reply in replies]
    assert statuses.count(503) == 20
    assert ledger.count("inbound_queue") == statuses.count(200) == 10


async def test_a_text_whose_caller_has_left_is_not_stored_and_the_others_are(
    database: Databases, ledger: Ledger
) -> None:
    async with doors_on(database, limits=Limits(lanes=1)) as doors:
        calls = [asyncio.create_task(call(doors, INBOUND, text(f"{n}"))) for n in range(30)]
        await asyncio.sleep(0)
        for leaving in calls[::3]:
            leaving.cancel()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes) == 10
    assert ledger.count("inbound_queue") == 20


async def test_without_a_database_the_doors_say_503_and_come_back(
    cluster: Databases, database: Databases, ledger: Ledger
) -> None:
    name = ledger.conn.info.dbname
    async with doors_on(database, limits=HURRIED) as doors:
        with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
            assert (await call(doors, INBOUND, text())).status == 503
            assert (await call(doors, f"/hooks/{'x' * 40}/inbound", text())).status == 503
            assert not doors.health().ready
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        async with asyncio.timeout(15):
            # The pool tells nobody when it is whole again.
            while (await call(doors, INBOUND, text())).status != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    with ledger_of(database).conn as again:
        assert again.execute("SELECT count(*) AS n FROM sayso.inbound_queue").fetchone() == {"n": 1}


async def test_the_engine_is_woken_for_what_is_new_and_only_for_that(
    database: Databases, doors: Doors
) -> None:
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as listening:
        await listening.execute("LISTEN inbound")
        await call(doors, INBOUND, text())
        assert [notice.channel async for notice in listening.notifies(timeout=5, stop_after=1)] == ["inbound"]
        await call(doors, INBOUND, text())
        await call(doors, INBOUND, b"unreadable")
        assert [notice async for notice in listening.notifies(timeout=0.2)] == []


async def test_the_same_over_a_real_socket(database: Databases, ledger: Ledger) -> None:
    doors = Doors(database.url, secret_key="k", public_url="https://sayso.test")

    async def application(scope, receive, send):  # type: ignore[no-untyped-def]
        if scope["type"] == "http":
            await doors.handle(scope, receive, send)
            return
        while (message := await receive())["type"].startswith("lifespan."):
            step = message["type"].removeprefix("lifespan.")
            await (doors.open() if step == "startup" else doors.close())
            await send({"type": f"lifespan.{step}.complete"})
            if step == "shutdown":
                return

    started = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets=None):  # type: ignore[no-untyped-def]
            await super().startup(sockets)
            started.set()

    server = Server(uvicorn.Config(application, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert await asyncio.to_thread(started.wait, 20)
        port = server.servers[0].sockets[0].getsockname()[1]
        assert await _post(port, text()) == [b"200", b"200", b"413"]
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join)
    assert ledger.rows("SELECT body FROM sayso.callbacks") == [{"body": text()}]


async def _post(port: int, body: bytes) -> list[bytes]:
    """The same text twice over one kept connection, then one too large."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    statuses = []
    for told in (body, body, b"x" * (1024 * 1024 + 1)):
        writer.write(
            b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (INBOUND.encode(), len(told))
        )
        writer.write(told)
        head = await reader.readuntil(b"\r\n\r\n")
        statuses.append(head.split()[1])
        length = int(head.lower().partition(b"content-length: ")[2].split()[0])
        await reader.readexactly(length)
    writer.close()
    return statuses
