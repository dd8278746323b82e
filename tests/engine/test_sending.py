"""What leaves, what does not, and what is said of it."""

from __future__ import annotations

import pytest

from sayso.storage.databases import Databases
from tests.engine.sending_scene import engine, open_carrier, sends, until, world

pytestmark = pytest.mark.anyio


async def test_what_is_queued_leaves_once_and_is_sent(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        ids = here.queue(150)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"sent": 150})
        assert sorted(int(sent.client_reference) for sent in carrier.taken) == ids
        assert here.left() == (0, 0, 0)
        assert here.value("SELECT count(*) FROM provider_ids") == 150
