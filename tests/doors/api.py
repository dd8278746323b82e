"""The API as a client meets it, over a database of its own, with a clock that tests may turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from sayso.actions.actor import house
from sayso.actions.keys import KeyDraft, ShownOnce, create_key
from sayso.actions.workspaces import create_workspace
from sayso.api import build
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, ENGINE, Pool, open_pool

VAULT_KEY = "only for tests"
MOBILE = "+12025550143"
OTHER_MOBILE = "+12025550144"


@dataclass
class Clock:
    """The present, until a test moves it."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at

    def on(self, **delta: float) -> None:
        self.at += timedelta(**delta)


@dataclass
class Client:
    """One key's way into the API."""

    http: httpx.AsyncClient
    workspace_id: int
    key_id: int
    key: str

    async def ask(self, method: str, path: str, said: Any = None, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}"} | more.pop("headers", {})
        body = {} if said is None else {"json": said}
        return await self.http.request(method, f"/api/v1/{path}", headers=headers, **body, **more)

    async def get(self, path: str, **more: Any) -> Any:
        return _good(await self.ask("GET", path, **more))

    async def post(self, path: str, said: Any = None, **more: Any) -> Any:
        return _good(await self.ask("POST", path, said, **more))

    async def put(self, path: str, said: Any = None, **more: Any) -> Any:
        return _good(await self.ask("PUT", path, said, **more))


@dataclass
class Api:
    """The API, its pools and its clock."""

    http: httpx.AsyncClient
    app_pool: Pool
    engine_pool: Pool
    clock: Clock

    async def workspace(self, country: str = "US") -> int:
        made = await create_workspace(self.engine_pool, "Bakery", country)
        assert isinstance(made, int)
        return made

    async def client(
        self, workspace_id: int | None = None, scopes: Sequence[str] = ("*",), *, test_mode: bool = False
    ) -> Client:
        owner = workspace_id or await self.workspace()
        made = await create_key(self.app_pool, house(owner), KeyDraft("tests", tuple(scopes), test_mode))
        assert isinstance(made, ShownOnce)
        return Client(self.http, owner, made.id, made.key)


@asynccontextmanager
async def serving(database: Databases) -> AsyncIterator[Api]:
    """The API, open."""
    clock = Clock()
    async with (
        open_pool(database.url, APP) as app_pool,
        open_pool(database.url, ENGINE, size=2) as engine_pool,
    ):
        transport = httpx.ASGITransport(build(app_pool, VAULT_KEY, clock, "https://sayso.test"))
        async with httpx.AsyncClient(transport=transport, base_url="http://sayso.test") as http:
            yield Api(http, app_pool, engine_pool, clock)


async def line(client: Client, **said: Any) -> int:
    """A line on a number of a simulated connection; its id."""
    connection = await client.post("connections", CONNECTION)
    number = {"number": "+12025550100", "kind": "long_code", "country": "US"}
    keyword = {"provider_keyword": said.pop("provider_keyword")} if "provider_keyword" in said else {}
    made = await client.post("inbound-numbers", number | said | {"connection_id": connection["id"]})
    held = await client.post("lines", {"inbound_number_id": made["id"], **keyword})
    return int(held["id"])


async def template(client: Client, body: str = "Done. You get no more texts from us.", **said: Any) -> int:
    """A template with one text; its id."""
    made = await client.post("templates", {"name": "Words", "body": body} | said)
    return int(made["id"])


def _good(answer: httpx.Response) -> Any:
    assert answer.is_success, (answer.status_code, answer.text)
    return answer.json() if answer.content else None


CONNECTION = {
    "name": "Simulator",
    "kind": "simulator",
    "settings": {"base_url": "http://127.0.0.1:9/", "api_token": "hush"},
    "parts_per_second": 100,
}
