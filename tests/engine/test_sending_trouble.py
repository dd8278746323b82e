"""A provider in trouble: what it may have taken is not sent again, and not much is lost while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from bench.bare_carrier import BareCarrier

from sayso.core.pacing import WINDOW
from sayso.engine.gateway import HttpGateway, Result, Unreachable
from sayso.engine.sending import sending
from sayso.engine.sending_look import last_look
from sayso.engine.sending_record import Finished, record
from sayso.engine.sending_trouble import LOST_IN_A_ROW
from sayso.providers.contract import Later, Outbound, Unsure
from sayso.storage import outbox
from sayso.storage.databases import Databases
from tests.engine.sending_scene import Carrier, accept, engine, open_carrier, sends, until, world
from tests.engine.test_failing_over import held

pytestmark = pytest.mark.anyio


@pytest.mark.rule("R9.10")
async def test_while_every_message_fails_one_at_a_time_asks_whether_the_provider_is_back(
    database: Databases,
) -> None:
    async with world(database) as here, open_carrier() as carrier:
        carrier.answers = lambda _: Unsure("lost_answer")
        here.queue(200)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.rows("SELECT code FROM alarms") == [("provider_silent",)])
            lost = len(carrier.taken)
            # A window was on the wire; since then each pause was ended by one.
            assert LOST_IN_A_ROW <= lost <= WINDOW + 2
            carrier.answers = accept
            await until(lambda: here.left() == (0, 0, 0))
            assert here.rows("SELECT code FROM alarms") == []
        assert len(carrier.taken) == len({sent.client_reference for sent in carrier.taken}) == 200
        assert here.statuses()["unconfirmed"] <= WINDOW + 3


async def test_an_answer_that_never_comes_leaves_its_message_unconfirmed(database: Databases) -> None:
    async def never(_: Outbound) -> None:
        await asyncio.Event().wait()

    async with world(database) as here, open_carrier() as carrier:
        carrier.before_answer = never
        (only,) = here.queue(1)
        stage = sending(
            vault_key="k" * 32,
            public_url="",
            carrier_url=carrier.url,
            opening=partial(HttpGateway, answer_within=0.2),
        )
        async with engine(database.url, stage):
            await until(lambda: here.standing(only) == ("unconfirmed", "lost_answer"))
            await until(lambda: here.left() == (0, 0, 0))
        assert len(carrier.taken) == 1


@pytest.mark.rule("R9.10")
@pytest.mark.parametrize("result", [Later(timedelta(seconds=1), "throttled"), Unreachable("nobody is there")])
async def test_what_waited_days_for_its_hour_is_tried_for_a_day_like_any_other(
    database: Databases, result: Result
) -> None:
    """Saturday's advertising leaves on Monday: a provider that is busy then must not end it."""
    async with world(database) as here, held(database, here.connection) as (pool, (mine,)):
        (only,) = here.queue(1)
        stands = []
        for hours in (40, 41, 63, 65):
            at = datetime.now(UTC) + timedelta(hours=hours)
            async with pool.connection() as conn:
                (row,) = await outbox.claim(conn, mine, 1, at)
                assert await last_look(conn, mine, [row], at) == [row]
                await record(conn, mine, [Finished(row, result, at)])
            stands.append(here.standing(only)[0])
        assert stands == ["deferred", "deferred", "deferred", "expired"]
        assert here.left() == (0, 0, 0)


class Cutting(BareCarrier):
    """Takes the first request of all and cuts the line; answers the rest, and hangs up after each."""

    requests = 0

    def data_received(self, data: bytes) -> None:
        assert self.transport is not None
        Cutting.requests += 1
        if Cutting.requests == 1:
            self.transport.abort()
            return
        super().data_received(data)
        self.transport.close()


@asynccontextmanager
async def cutting() -> AsyncIterator[Carrier]:
    Cutting.requests = 0
    server = await asyncio.get_running_loop().create_server(Cutting, "127.0.0.1", 0)
    async with server:
        yield Carrier(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")


async def test_a_line_that_is_cut_loses_one_answer_and_a_closed_one_is_opened_anew(
    database: Databases,
) -> None:
    async with world(database) as here, cutting() as carrier, engine(database.url, sends(carrier)):
        (first,) = here.queue(1)
        await until(lambda: here.standing(first) == ("unconfirmed", "lost_answer"))
        for phone in (15557771000, 15557772000):
            (next_one,) = here.queue(1, phone=phone)
            await until(lambda message=next_one: here.standing(message)[0] == "sent")  # type: ignore[misc]
        assert Cutting.requests == 3
