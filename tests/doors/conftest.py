"""What tests of the API stand on: one over a database of its own, and a key that may do everything."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sayso.storage.databases import Databases
from tests.doors.api import Api, Client, serving


@pytest.fixture
async def api(database: Databases) -> AsyncIterator[Api]:
    async with serving(database) as made:
        yield made


@pytest.fixture
async def client(api: Api) -> Client:
    return await api.client()
