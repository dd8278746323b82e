"""`spend-caps`: how much texts may cost on a day, in all and to numbers that begin alike."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from litestar import Router, get, put
from litestar.params import JSONBody

from sayso.actions import spend_caps
from sayso.actions.spend_caps import MOST_CAPS, Caps
from sayso.api.problems import settled
from sayso.api.services import Asker, Given
from sayso.core import money
from sayso.core.spending import Cap

Prefix = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(\+[1-9][0-9]{0,14})?$", description="How numbers begin, such as +44; empty: all numbers."
    ),
]
Most = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]{1,10}(\.[0-9]{1,6})?$", description="A decimal in the workspace's currency, a day."
    ),
]


class CapIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so much a day for numbers that begin so. Every cap that covers a number counts."""

    most: Most
    prefix: Prefix = ""


class CapsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The caps that are to hold, and no others."""

    caps: Annotated[list[CapIn], msgspec.Meta(max_length=MOST_CAPS)]


class CapOut(msgspec.Struct, frozen=True):
    """A cap, and how much of it is used up today."""

    prefix: str
    most: str
    used: str


class CapsOut(msgspec.Struct, frozen=True):
    """The caps on `day` of the workspace's clock; currency null: no price was ever set, so there are none."""

    currency: str | None
    time_zone: str
    day: date
    caps: list[CapOut]


@get("/spend-caps")
async def show_caps(services: Given, actor: Asker) -> CapsOut:
    """What a day may cost, and what today does so far. Scope: credit:read."""
    return _caps(settled(await spend_caps.show_caps(services.pool, actor, services.now())))


@put("/spend-caps")
async def set_caps(services: Given, actor: Asker, data: JSONBody[CapsIn]) -> CapsOut:
    """Set them. What would pass one is not sent: campaigns wait for you, single messages are `skipped`,
    `spend_cap`. Scope: settings:write."""
    wanted = [Cap(one.prefix.removeprefix("+"), money.read(one.most) or 0) for one in data.caps]
    return _caps(settled(await spend_caps.set_caps(services.pool, actor, wanted, services.now())))


def _caps(found: Caps) -> CapsOut:
    caps = [
        CapOut(
            f"+{one.cap.prefix}" if one.cap.prefix else "", money.plain(one.cap.most), money.plain(one.spent)
        )
        for one in found.used
    ]
    return CapsOut(found.currency or None, found.zone, found.day, caps)


router = Router("", route_handlers=[show_caps, set_caps], tags=["Prices and credit"])
