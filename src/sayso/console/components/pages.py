"""Long lists, fifty rows a page, by cursor: `1–50 of 412 · Older`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

ROWS = 50
COUNTED = 10_000  # beyond, the exact number helps nobody and counting it costs

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, where they stand, and the cursor of the next ones."""

    rows: list[T]
    first: int
    total: int
    older: int | None

    @property
    def last(self) -> int:
        """The place of the last row."""
        return self.first + len(self.rows) - 1

    @property
    def many(self) -> bool:
        """Whether there are more than we count."""
        return self.total > COUNTED


def newest(found: QuerySet[Any], before: int | None, rows: int = ROWS) -> Page[Any]:
    """The newest rows by `id`, older than `before`: equality and order only, for under row-level security
    other comparisons lose their index."""
    ordered = found.order_by("-id")
    taken = list((ordered.filter(id__lt=before) if before else ordered)[: rows + 1])
    shown = taken[:rows]
    newer = _count(found.filter(id__gte=before)) if before else 0
    return Page(shown, newer + 1, _count(found), shown[-1].id if len(taken) > rows else None)


def cursor(said: str) -> int | None:
    """The id to go on from, out of an address; a broken one starts at the beginning."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else None


def _count(found: QuerySet[Any]) -> int:
    return int(found[: COUNTED + 1].count())
