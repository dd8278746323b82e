"""Builds every door of one web worker over one set of pools."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from sayso.serve.dispatcher import App, Dispatcher, Door, Receive, Scope, Send, answer
from sayso.serve.operators import Operators
from sayso.settings import Settings
from sayso.storage.pool import APP, DOOR, Pool, open_pool


@asynccontextmanager
async def furnished(settings: Settings) -> AsyncIterator[App]:
    """The dispatcher over all doors, for as long as the block runs."""
    async with AsyncExitStack() as stack:
        app_pool = await stack.enter_async_context(open_pool(settings.database_url, APP, size=8))
        door_pool = await stack.enter_async_context(open_pool(settings.database_url, DOOR, size=4))
        operators = Door("operators", Operators(lambda: _fault(app_pool)))
        yield Dispatcher(
            hooks=_missing,
            doors=(
                ("/api/v1", Door("api", _missing)),
                ("/healthz", operators),
                ("/readyz", operators),
                ("/metrics", operators),
            ),
            rest=Door("console", _missing),
            secure=settings.url.startswith("https:"),
        )


async def _missing(scope: Scope, receive: Receive, send: Send) -> None:
    await answer(send, 503, b"This door is not built yet.\n")


async def _fault(pool: Pool) -> str:
    return ""
