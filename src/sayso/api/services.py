"""What every handler is handed: the database, the vault's key, the clock, and who asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from sayso.actions.actor import Actor
from sayso.storage.pool import Pool

T = TypeVar("T")
ACTOR = "sayso.actor"
NEWEST = (1 << 63) - 1
"""Beyond every id: where a list that is told newest first begins."""
LARGEST_ID = 2_147_483_647
"""Of what is numbered within the server: a list of these that is told newest first begins there."""
Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]
ShortText = Annotated[str, msgspec.Meta(max_length=200)]
LONGEST_PHONE = 64
Phone = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_PHONE)]


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that `build` was given; `now` answers the aware present, people reach us at `public_url`."""

    pool: Pool
    vault_key: str
    now: Callable[[], datetime]
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Which slice of a list: at most `limit` after (or, newest first, before) the cursor's id."""

    limit: int
    cursor: int | None

    @property
    def after(self) -> int:
        """Where a list by id goes on."""
        return self.cursor or 0

    @property
    def before(self) -> int:
        """Where a list that is told newest first goes on."""
        return NEWEST if self.cursor is None else self.cursor


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list; `next_cursor` is null at the end."""

    items: list[T]
    next_cursor: str | None = None


def listed(page: Page, items: list[T], last_id: int | None) -> Listed[T]:
    """A page with its cursor: a full page may have more behind it."""
    full = len(items) == page.limit and last_id is not None
    return Listed(items, str(last_id) if full else None)


async def page_asked(
    limit: Annotated[int, QueryParameter(ge=1, le=200, description="At most so many.")] = 50,
    cursor: Annotated[
        str | None, QueryParameter(pattern=r"^[0-9]{1,18}$", description="next_cursor of the page before.")
    ] = None,
) -> Page:
    """The page that a list's address asks for."""
    return Page(limit, None if cursor is None else int(cursor))


async def who_asks(request: Request[Any, Any, Any]) -> Actor:
    """Who asks, as the door has found out."""
    actor: Actor = request.scope[ACTOR]  # type: ignore[literal-required]
    return actor


Given = NamedDependency[Services]
Asker = NamedDependency[Actor]
Asked = NamedDependency[Page]
PathId = FromPath[int]
LargeId = FromPath[str]


def dialled(phone: str | None) -> str | None:
    """A number from an address: an unescaped plus arrives there as a blank."""
    return f"+{phone[1:]}" if phone and phone.startswith(" ") else phone


def as_id(said: str) -> int:
    """A large id from an address; 0, which nothing has, where it is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else 0


def provided(services: Services) -> dict[str, Provide]:
    """The handlers' arguments by name."""
    return {
        "services": Provide(lambda: services, sync_to_thread=False, use_cache=True),
        "actor": Provide(who_asks),
        "page": Provide(page_asked),
    }
