"""States of the United States that allow advertising in other hours, or less often, than federal law."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sayso.core.countries.rules import EVERY_DAY, Cap, Confidence, Fact, StateRules, Window

_CHECKED = "2026-11-22"
_TABLE = "https://support.referrizer.com (TCPA quiet hours and state-specific rules for text campaigns)"
_ACTS = (
    "https://www.dinsmore.com/publications/"
    "more-states-adding-tougher-telephone-consumer-protection-act-statutes/"
)
_OKLAHOMA = "https://www.mondaq.com (New Oklahoma mini-TCPA becomes law)"
_FLORIDA = "https://www.eflo.net (forum on state caps: Florida, Oklahoma)"
_TEXAS = "https://support.telnyx.com/en/articles/12141904"
_VIRGINIA = "https://www.mondaq.com/unitedstates/privacy-protection/1738886"
_WEEKDAYS, _WEEKEND, _NOT_SUNDAY = (0, 1, 2, 3, 4), (5, 6), (0, 1, 2, 3, 4, 5)


def _hours(source: str, *windows: Window) -> Fact[tuple[Window, ...]]:
    return Fact(windows, source, _CHECKED, Confidence.VENDOR)


_EIGHT_TO_EIGHT = Window(EVERY_DAY, "08:00", "20:00")
_THREE_A_DAY = (Cap(3, 24),)

STATES: Mapping[str, StateRules] = MappingProxyType(
    {
        found.state: found
        for found in (
            StateRules("CT", "Connecticut", _hours(_TABLE, Window(EVERY_DAY, "09:00", "20:00"))),
            StateRules(
                "FL",
                "Florida",
                _hours(_TABLE, _EIGHT_TO_EIGHT),
                Fact(_THREE_A_DAY, _FLORIDA, _CHECKED, Confidence.VENDOR),
            ),
            StateRules("MD", "Maryland", _hours(_TABLE, _EIGHT_TO_EIGHT)),
            StateRules("MS", "Mississippi", _hours(_TABLE, _EIGHT_TO_EIGHT)),
            StateRules("NJ", "New Jersey", _hours(_TABLE, _EIGHT_TO_EIGHT)),
            # Even with consent; an area code presumes that its owner lives there.
            StateRules(
                "OK",
                "Oklahoma",
                _hours(_ACTS, _EIGHT_TO_EIGHT),
                Fact(_THREE_A_DAY, _OKLAHOMA, _CHECKED, Confidence.VENDOR),
            ),
            StateRules(
                "RI",
                "Rhode Island",
                _hours(_TABLE, Window(_WEEKDAYS, "09:00", "18:00"), Window(_WEEKEND, "10:00", "17:00")),
            ),
            # Read as the recipient's time by one, as Central Time by another: both hold.
            StateRules(
                "TX",
                "Texas",
                _hours(_TEXAS, Window(_NOT_SUNDAY, "09:00", "21:00"), Window((6,), "12:00", "21:00")),
                zones=("America/Chicago",),
            ),
            StateRules("VA", "Virginia", _hours(_VIRGINIA, Window(EVERY_DAY, "08:00", "21:00"))),
            # Even with consent.
            StateRules("WA", "Washington State", _hours(_ACTS, _EIGHT_TO_EIGHT)),
        )
    }
)
