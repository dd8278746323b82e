"""A carrier on a real port, and a door that it calls back: both real HTTP servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sayso.carrier.network import Network
from sayso.carrier.server import make_app, open_network

TOKEN = "t" * 32


@dataclass
class Door:
    """What a door of Sayso would see; answers with the statuses of `answers`, then 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append((request.path, headers, await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@dataclass
class Carrier:
    """A client of the carrier's own API."""

    url: str
    network: Network
    client: aiohttp.ClientSession

    async def ask(self, method: str, path: str, told: Any = None) -> tuple[int, Any]:
        async with self.client.request(method, self.url + path, json=told) as response:
            return response.status, await response.json()

    async def send(self, to: str = "447700900123", **more: Any) -> tuple[int, Any]:
        message = {"from": "90210", "to": to, "body": "Hello", "client_reference": "r1", **more}
        return await self.ask("POST", "/messages", message)

    async def received(self, number: str = "447700900123") -> list[Any]:
        _, told = await self.ask("GET", f"/telephones/{number}")
        return [each for each in told["messages"] if each["direction"] == "received"]


async def until(condition: Callable[[], Any]) -> Any:
    """Wait until the condition holds, at most half a minute."""
    async with asyncio.timeout(30):
        while not (found := condition()):  # noqa: ASYNC110 - looks at another process's doing
            await asyncio.sleep(0.005)
    return found


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    app = web.Application()
    app.router.add_post("/hooks/{tail:.*}", made.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def carrier(tmp_path: Path, door: Door) -> AsyncIterator[Carrier]:
    network = await open_network(tmp_path, door.url)
    network.callbacks.waits = (0.01,) * 8
    runner = web.AppRunner(make_app(network))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession() as client:
        yield Carrier(f"http://127.0.0.1:{runner.addresses[0][1]}", network, client)
    await runner.cleanup()
    await network.close()
    await network.callbacks.client.close()
