"""Builds every door of one web worker over one set of pools."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from sayso import api, console, pages
from sayso.bus.postgres import PostgresBus
from sayso.carrier.client import CarrierClient
from sayso.ingest import Doors
from sayso.pages import links
from sayso.serve.answered import Answered
from sayso.serve.console_values import console_values
from sayso.serve.dispatcher import App, Dispatcher, Door, Send, answer
from sayso.serve.ending import when_asked_to_end
from sayso.serve.guard import Away, Guarded
from sayso.serve.operators import Operators
from sayso.serve.static import Static
from sayso.serve.wire import Callbacks
from sayso.settings import Settings, secret_key
from sayso.storage import erased, figures, health
from sayso.storage.pool import APP, Pool, open_pool, url_as
from sayso.storage.presence import Presence

RETRY_AFTER = b"5"
# An uploaded file of 5 MiB of past texts, and what a form puts around it.
MOST_UPLOADED = 6 * 1024 * 1024
# A list of contacts with a form; a larger one comes in pieces, by the page's own script.
MOST_OF_A_LIST = 31 * 1024 * 1024


@asynccontextmanager
async def furnished(settings: Settings) -> AsyncIterator[Dispatcher]:
    """The dispatcher over all doors, for as long as the block runs; `settings` name a database."""
    key = secret_key(settings)
    erased.use(key)
    async with AsyncExitStack() as stack:
        app_url = url_as(settings.database_url, APP)
        app_pool = open_pool(settings.database_url, APP, size=8)
        await app_pool.open()
        stack.push_async_callback(app_pool.close)
        doors = Doors(settings.database_url, secret_key=key, public_url=settings.url)
        await doors.open()
        stack.push_async_callback(doors.close)
        console.configure(console_values(settings, key))
        # Django refuses to be closed on the loop.
        stack.push_async_callback(asyncio.to_thread, console.close)
        console.attach(app_pool, CarrierClient(settings.carrier_url))
        presence, answered = Presence(settings.database_url), Answered()
        console_pages = Guarded(console.app(), presence, _console_away(console.away_page()))
        live = console.Live(console_pages)
        telling = answered.keep_telling(lambda: figures.providers(settings.database_url))
        short = links.Links(app_pool, key, _now, settings.url)
        news = PostgresBus(app_url, ("live",), live.hear)
        for kept in (presence.keep(), short.keep(), telling, news.run()):
            stack.push_async_callback(ended, asyncio.create_task(kept))
        when_asked_to_end(live.close)
        operators = Door("operators", _operators(settings, app_pool))
        yield Dispatcher(
            hooks=doors.handle,
            doors=(
                *_doors_of_rooms(app_pool, key, presence, (short, settings.url)),
                ("/static/", Door("static", Static(console.static_files()))),
                ("/live/", Door("live", live)),
                *_taking_files(console_pages),
                *((path, operators) for path in ("/healthz", "/readyz", "/metrics")),
            ),
            rest=Door("console", console_pages),
            secure=settings.url.startswith("https:"),
            answered=answered,
            callbacks=Callbacks(doors.offer, answered.count),
        )


def _doors_of_rooms(
    pool: Pool, key: str, presence: Presence, reached: tuple[links.Links, str]
) -> tuple[tuple[str, Door], ...]:
    """The doors to what systems ask for, and to what recipients see."""
    short, public_url = reached
    public_api = Guarded(api.build(pool, key, _now, public_url), presence, api.away, api.OPEN_PATHS)
    recipients = Guarded(pages.build(pool, key, _now), presence, pages.away, pages.OPEN_PATHS)
    return (
        ("/api/v1", Door("api", public_api, most_bytes=None)),
        (pages.PREFIX, Door("pages", recipients)),
        (pages.PICTURES_PREFIX, Door("pages", Guarded(pages.build_pictures(pool), presence, pages.away))),
        (links.PREFIX, Door("links", Guarded(short, presence, links.away))),
    )


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it is over."""
    task.cancel()
    await asyncio.wait([task])


def _taking_files(console_pages: App) -> tuple[tuple[str, Door], ...]:
    return (
        ("/replay/", Door("console", console_pages, most_bytes=MOST_UPLOADED)),
        # A campaign's form may bring a picture.
        ("/campaigns/", Door("console", console_pages, most_bytes=MOST_UPLOADED)),
        ("/contacts/import/", Door("console", console_pages, most_bytes=MOST_OF_A_LIST)),
        ("/opt-outs/import/", Door("console", console_pages, most_bytes=MOST_OF_A_LIST)),
    )


def _operators(settings: Settings, pool: Pool) -> Operators:
    return Operators(
        fault=lambda: health.fault(pool), figures=lambda: figures.look(settings.database_url, _now())
    )


def _console_away(page: bytes) -> Away:
    async def away(send: Send, _begun: bool) -> None:
        headers = [(b"retry-after", RETRY_AFTER)]
        await answer(send, 503, page, b"text/html; charset=utf-8", headers=headers)

    return away


def _now() -> datetime:
    return datetime.now(UTC)
