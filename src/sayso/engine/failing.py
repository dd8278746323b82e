"""How a part of the engine says that it fails: not each time, and what is one thing once for all parts."""

from __future__ import annotations

from sayso.observe.trouble import Trouble, database
from sayso.storage.faults import is_away


class Failing:
    """What one part has to say: that the database is away, the same for every part, or a fault of its own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._own = Trouble(f"{name} fails and is tried again")

    def note(self, error: Exception) -> None:
        """It failed."""
        if is_away(error):
            database.note(self._name, error)
            return
        database.over(self._name)
        self._own.note(self._name, error, trace=True)

    def over(self) -> None:
        """It works."""
        database.over(self._name)
        self._own.over(self._name)

    def ended(self) -> None:
        """It is no more."""
        database.forget(self._name)
