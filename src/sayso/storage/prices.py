"""What a part of a message costs, by destination country, from a moment on (R13.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core.credit import PriceList
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("prices")


@dataclass(frozen=True, slots=True)
class Price:
    """Millionths for a part of an SMS, or for an MMS; country `*`: any other. None: nobody knows it."""

    country: str
    kind: str
    valid_from: datetime
    price: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of one part, and what may be spent; `kept`: it may not be more than that."""

    currency: str
    kept: bool
    price: int | None
    available: int


async def at(conn: Connection, workspace_id: int, now: datetime) -> PriceList:
    """The prices of a workspace that hold at a moment."""
    said = {"workspace_id": workspace_id, "now": now}
    rows = await (await conn.execute(SQL["at"], said)).fetchall()
    return PriceList({(kind, country): price for kind, country, price in rows})


async def every(conn: Connection, now: datetime) -> list[Price]:
    """The prices that hold now, and those that will, by country."""
    return await many(conn, Price, SQL["every"], {"now": now})


async def put(conn: Connection, wanted: Sequence[Price]) -> None:
    """Store prices, each from its moment on; what is stored of that moment is replaced."""
    said = {
        "countries": [price.country for price in wanted],
        "kinds": [price.kind for price in wanted],
        "moments": [price.valid_from for price in wanted],
        "prices": [price.price for price in wanted],
    }
    await run(conn, SQL["put"], said)


async def quote(conn: Connection, country: str | None, kind: str, now: datetime) -> Quote | None:
    """What one part to a country costs this workspace, and what it has; None: it knows no money."""
    return await one(conn, Quote, SQL["quote"], {"country": country, "kind": kind, "now": now})
