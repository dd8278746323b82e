"""Builds every door of one web worker over one set of pools."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from sayso import api, console
from sayso.bus.postgres import PostgresBus
from sayso.ingest import Doors
from sayso.serve.console_values import console_values
from sayso.serve.dispatcher import App, Dispatcher, Door
from sayso.serve.ending import when_asked_to_end
from sayso.serve.operators import Operators
from sayso.serve.static import Static
from sayso.settings import Settings, secret_key
from sayso.storage import health
from sayso.storage.pool import APP, open_pool, url_as


@asynccontextmanager
async def furnished(settings: Settings) -> AsyncIterator[App]:
    """The dispatcher over all doors, for as long as the block runs; `settings` name a database."""
    async with AsyncExitStack() as stack:
        app_url = url_as(settings.database_url, APP)
        app_pool = open_pool(settings.database_url, APP, size=8)
        await app_pool.open()
        stack.push_async_callback(app_pool.close)
        doors = Doors(settings.database_url, secret_key=secret_key(settings), public_url=settings.url)
        await doors.open()
        stack.push_async_callback(doors.close)
        console.configure(console_values(settings))
        # Django refuses to be closed on the loop.
        stack.push_async_callback(asyncio.to_thread, console.close)
        console.attach(app_pool)
        live = console.Live(console.app())
        listening = asyncio.create_task(PostgresBus(app_url, ("live",), live.hear).run())
        stack.push_async_callback(ended, listening)
        when_asked_to_end(live.close)
        operators = Door("operators", Operators(lambda: health.fault(app_pool)))
        yield Dispatcher(
            hooks=doors.handle,
            doors=(
                ("/api/v1", Door("api", api.build(app_pool, secret_key(settings), _now), most_bytes=None)),
                ("/static/", Door("static", Static(console.static_files()))),
                ("/live/", Door("live", live)),
                ("/healthz", operators),
                ("/readyz", operators),
                ("/metrics", operators),
            ),
            rest=Door("console", console.app()),
            secure=settings.url.startswith("https:"),
        )


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it is over."""
    task.cancel()
    await asyncio.wait([task])


def _now() -> datetime:
    return datetime.now(UTC)
