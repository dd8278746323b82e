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


@pytest.mark.rule("R15.1")
def test_no_two_workspaces_share_a_number() -> None:
    homes = [*RANGES, "SK"]
    found = [(each, telephones(each, homes[each % len(homes)])) for each in range(10_100)]
    keys = [telephone.key for _, phones in found for telephone in phones]
    assert len(set(keys)) == len(keys)
    assert {len(phones) for workspace, phones in found if workspace < 4_000} == {3}
    assert {len({each.country for each in phones}) for _, phones in found} == {0, 2, 3}


@pytest.mark.parametrize("country", RANGES)
def test_every_number_of_fiction_is_one_of_its_country(country: str) -> None:
    every = RANGES[country]
    for place in range(0, every.room, 10**every.digits):
        assert country_of(every.number(place)) == country
        assert isinstance(parse(f"+{every.number(place)}", None), Phone)


def test_an_id_tells_when_it_was_made() -> None:
    moment = datetime(2026, 11, 21, 14, 18, 9, 250_000, tzinfo=UTC)
    assert made_at(first_id(moment)) == moment
    assert made_at(first_id(moment) | 1_048_575) == moment
    assert first_id(moment) - 1 < first_id(moment)
