"""Test telephones have numbers that nobody has, and always the same ones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sayso.core.fiction import RANGES, telephones
from sayso.core.ids import first_id, made_at
from sayso.core.phones import Phone, country_of, parse


@pytest.mark.rule("R15.1")
@pytest.mark.parametrize("country", [*RANGES, "SK", ""])
def test_a_workspace_has_three_telephones_of_three_countries(country: str) -> None:
    found = telephones(41, country)
    assert [each.name for each in found] == ["Ada", "Bruno", "Chloé"]
    assert len({each.country for each in found}) == 3
    assert found[0].country == (country if country in RANGES else "GB")
    assert found == telephones(41, country)
    for each in found:
        read = parse(each.number, None)
        assert isinstance(read, Phone)
        assert (read.key, country_of(each.key)) == (each.key, each.country)


def test_neighbouring_workspaces_have_other_numbers() -> None:
    keys = [each.key for workspace in range(100) for each in telephones(workspace, "US")]
    assert len(set(keys)) == len(keys)


def test_an_id_tells_when_it_was_made() -> None:
    moment = datetime(2026, 11, 21, 14, 18, 9, 250_000, tzinfo=UTC)
    assert made_at(first_id(moment)) == moment
    assert made_at(first_id(moment) | 1_048_575) == moment
    assert first_id(moment) - 1 < first_id(moment)
