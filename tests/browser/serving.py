"""The console behind a real port, with its static map, and a real browser in front of it."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import uvicorn
from playwright.sync_api import Browser, expect, sync_playwright

from sayso import console as room
from sayso import pages
from sayso.bus.postgres import PostgresBus
from sayso.pages import links
from sayso.serve.static import FOR_GOOD
from sayso.storage.pool import APP, open_pool, url_as
from tests.consoles import Console

CHROMIUM = os.environ.get("SAYSO_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    # What draws is software all the same: in a process of its own it took a sixth more of the processor.
    "--in-process-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
]


# As long as every other wait of the suite: a busy machine is slow, not wrong.
expect.set_options(timeout=30_000)


SECRET = "the secret key of the tests, long enough for them"


class Doors:
    """As the dispatcher does: static files from memory, live notes, recipients' pages, the rest to Django."""

    def __init__(self, database_url: str) -> None:
        self.files = room.static_files()
        self.console = room.app()
        self.live = room.Live(self.console)
        self.bus = PostgresBus(url_as(database_url, APP), ("live",), self.live.hear)
        self.pool = open_pool(database_url, APP, size=2)
        self.recipients = pages.build(self.pool, SECRET, lambda: datetime.now(UTC))
        self.pictures = pages.build_pictures(self.pool)
        self.short = links.Links(self.pool, SECRET, lambda: datetime.now(UTC), "")
        self.listening: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.listening is None:
            self.listening = asyncio.create_task(self.bus.run())
            await self.pool.open()
        if scope["path"].startswith(pages.PICTURES_PREFIX):
            await self.pictures(scope, receive, send)
            return
        if scope["path"].startswith(pages.PREFIX):
            await self.recipients(scope, receive, send)
            return
        if scope["path"].startswith(links.PREFIX):
            await self.short(scope, receive, send)
            return
        if scope["path"] == "/live/":
            await self.live(scope, receive, send)
            return
        found = self.files.get(scope["path"])
        if found is None:
            await self.console(scope, receive, send)
            return
        headers = [
            (b"content-type", found.content_type.encode()),
            (b"cache-control", FOR_GOOD),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found.body})


@contextmanager
def served(console: Console) -> Iterator[str]:
    """The console's address, as long as it answers there."""
    config = uvicorn.Config(
        Doors(console.databases.url),
        host="127.0.0.1",
        port=console.port,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline, "the console did not start within 30 s"
        time.sleep(0.01)
    try:
        yield console.url
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
