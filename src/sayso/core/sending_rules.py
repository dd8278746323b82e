"""What a workspace sets for its own advertising: hours, caps, and where to (R9.8, R9.11)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sayso.core.countries.rules import EVERY_DAY, Cap, Window

DEFAULT_WINDOW = Window(EVERY_DAY, "09:00", "20:00")
A_DAY, A_WEEK = 24, 7 * 24
DEFAULT_CAPS = (Cap(1, A_DAY), Cap(4, A_WEEK))


class SendingRules(Struct, frozen=True, gc=False):
    """The workspace's country, its own window and caps, and the countries that it may text.

    No countries named: its own alone. What a country or a state demands holds besides.
    """

    home: str
    window: Window = DEFAULT_WINDOW
    caps: tuple[Cap, ...] = DEFAULT_CAPS
    countries: frozenset[str] = frozenset()

    def may_text(self, country: str) -> bool:
        """R9.11: whether a country is on the list."""
        return country in self.countries if self.countries else country == self.home


class Halt(Struct, frozen=True, gc=False):
    """Somebody stopped all sending of a workspace: since when, and what they said about it."""

    since: datetime
    why: str
