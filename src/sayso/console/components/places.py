"""Countries by their names: a code is for machines."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sayso.core.countries import COUNTRIES


@cache
def country_choices() -> tuple[tuple[str, str], ...]:
    """Every country's code and name, by name."""
    return tuple(sorted(_names().items(), key=lambda pair: pair[1]))


def country_named(code: str) -> str:
    """United Kingdom for GB; a code that nobody has a name for stays as it is."""
    return _names().get(code, code)


@cache
def _names() -> dict[str, str]:
    """As the tables of time zones name them, where our own rules don't."""
    listed = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in listed if line and not line.startswith("#"))
    ours = {code: rules.name.removeprefix("the ") for code, rules in COUNTRIES.items()}
    return dict(pairs) | ours
