"""What stays known whatever becomes of a request: kept over a connection of its own, committed at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connections

ALIAS = "aside"
"""The name of the connection and of the cache; the table is that of the default cache."""


class AsideCache(DatabaseCache):
    """Django's cache, whose every question goes by the connection aside."""

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(table, params)
        self.cache_model_class._meta.app_label = ALIAS


class Router:
    """Sends the cache aside to its connection, and says nothing of all else."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        """The connection by which this is read; None: whichever it would be."""
        return ALIAS if model._meta.app_label == ALIAS else None

    db_for_write = db_for_read


def keep(key: str, seconds: int) -> None:
    """Note this key. Once this has returned it is stored; raises where the database cannot be reached."""
    with _lent():
        caches[ALIAS].set(key, 1, seconds)


def drop(key: str) -> None:
    """Forget this key, at once."""
    with _lent():
        caches[ALIAS].delete(key)


@contextmanager
def _lent() -> Iterator[None]:
    try:
        yield
    finally:
        # A request may wait ten seconds for what it has asked for: others need the connection meanwhile.
        connections[ALIAS].close()
