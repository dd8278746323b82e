"""The public HTTP API: `build` makes it, an ASGI application for everything under /api/v1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from litestar import Litestar, Router
from litestar.exceptions import HTTPException

from sayso.api import (
    campaign_features,
    campaigns,
    connection_stops,
    connections,
    consents,
    contact_care,
    contacts,
    exports,
    imports,
    links,
    lists,
    media,
    messages,
    money,
    opt_out_lists,
    processes,
    reports,
    segments,
    sending_rules,
    spend_caps,
    templates,
)
from sayso.api.answers import of_problem, send_whole
from sayso.api.asgi import App, Send
from sayso.api.documentation import CONFIG, docs, openapi
from sayso.api.door import MOST_BYTES, OPEN_PATHS, Door
from sayso.api.idempotency import Once
from sayso.api.keys import Keys
from sayso.api.problems import DeclinedError, of_bug, of_declined, of_http, unreachable
from sayso.api.services import Services, provided
from sayso.storage.pool import Pool


def build(pool: Pool, vault_key: str, now: Callable[[], datetime], public_url: str = "") -> App:
    """The API over an open pool of the app's role; `vault_key` seals connections' secrets, `now` is aware.

    Needs no lifespan of its own. Answers whatever path it is given; the dispatcher sends it /api/v1.
    """
    behind = cast("App", application(pool, vault_key, now, public_url))
    return Door(behind, Keys(pool, now), Once(pool, now))


def application(pool: Pool, vault_key: str, now: Callable[[], datetime], public_url: str = "") -> Litestar:
    """What stands behind the door."""
    resources = Router(
        "/api/v1",
        route_handlers=[
            connections.router,
            connection_stops.router,
            processes.router,
            templates.templates_router,
            templates.settings_router,
            sending_rules.router,
            contacts.router,
            contact_care.router,
            imports.router,
            exports.router,
            consents.router,
            opt_out_lists.router,
            lists.router,
            segments.router,
            campaigns.router,
            links.router,
            campaign_features.router,
            reports.router,
            messages.router,
            money.router,
            spend_caps.router,
            media.router,
        ],
        dependencies=provided(Services(pool, vault_key, now, public_url.rstrip("/"))),
    )
    return Litestar(
        [resources, openapi, docs],
        openapi_config=CONFIG,
        exception_handlers={DeclinedError: of_declined, HTTPException: of_http, Exception: of_bug},
        request_max_body_size=MOST_BYTES + 1,
        logging_config=None,
    )


async def away(send: Send, begun: bool) -> None:
    """Answer in place of the API while the database is away; `begun` where the work may have been done."""
    await send_whole(of_problem(unreachable(begun=begun)), send)


__all__ = ["OPEN_PATHS", "away", "build"]
