"""The quick reading of numbers says what the numbering library says, in every country, or says nothing."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core import phone_plans, phones
from sayso.core.phones import NotANumber, Phone

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
EXAMPLES = [
    (country, number)
    for country in COUNTRIES
    for kind in (0, 1, 3)
    if (number := phonenumbers.example_number_for_type(country, kind))
]


def slowly(written: str, country: str | None) -> int | None:
    """What the library alone says, by the same choice of readings."""
    readings = [] if written.startswith("+") or not country else [phones._number(written, country)]
    if not written.startswith("0"):
        readings.append(phones._number(phones._fold_digits(written.removeprefix("+"))))
    possible = [each for each in readings if each and phonenumbers.is_possible_number(each)]
    best = next(filter(phonenumbers.is_valid_number, possible), possible[0] if possible else None)
    if best is None:
        return None
    return phones._fold(phonenumbers.format_number(best, phonenumbers.PhoneNumberFormat.E164)[1:])


def quickly(written: str, country: str | None) -> int | None:
    if written.startswith("+"):
        return phone_plans.international(written[1:])
    return phone_plans.national(written, country) if country and written else None


def agree(written: str, country: str | None) -> None:
    if written.startswith("00"):
        return  # another plus
    said = quickly(written, country)
    assert said is None or said == slowly(written, country), (written, country)
    whole = phones.parse(written, country)
    assert whole == Phone(found) if (found := slowly(written, country)) else isinstance(whole, NotANumber)


@pytest.mark.rule("R3.4")
def test_every_country_s_examples_are_read_alike_in_each_spelling() -> None:
    taken = 0
    for country, number in EXAMPLES:
        own = phonenumbers.national_significant_number(number)
        whole = f"{number.country_code}{own}"
        dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        for written in (f"+{whole}", whole, own, f"0{own}", f"1{own}", phones._dialled(dialled) or "1"):
            for asked in (country, "US"):
                agree(written, asked)
        taken += phone_plans.international(whole) is not None
    assert taken > 0.8 * len(EXAMPLES)


@given(st.sampled_from(CODES), st.from_regex(r"[0-9]{1,14}", fullmatch=True))
@settings(max_examples=400)
def test_digits_behind_a_code_are_read_alike(code: int, digits: str) -> None:
    agree(f"+{code}{digits}", None)


@given(st.sampled_from(COUNTRIES), st.from_regex(r"[0-9]{4,15}", fullmatch=True))
@settings(max_examples=400)
def test_digits_dialled_in_a_country_are_read_alike(country: str, digits: str) -> None:
    agree(digits, country)


@given(st.sampled_from(EXAMPLES), st.from_regex(r"[0-9]{3}", fullmatch=True), st.sampled_from(COUNTRIES))
@settings(max_examples=400)
def test_neighbours_of_real_numbers_are_read_alike(
    example: tuple[str, phonenumbers.PhoneNumber], end: str, elsewhere: str
) -> None:
    country, number = example
    own = phonenumbers.national_significant_number(number)[:-3] + end
    for written in (own, f"0{own}", f"{number.country_code}{own}", f"+{number.country_code}{own}"):
        agree(written, country)
        agree(written, elsewhere)


@settings(max_examples=300)
@given(st.from_regex(r"\+?[0-9 ٣]{0,17}", fullmatch=True), st.sampled_from(COUNTRIES))
def test_a_number_with_its_plus_and_nothing_else_is_read_alike_at_once(written: str, country: str) -> None:
    key = phones.plain_key(written)
    assert key is None or phones.parse(written, country) == Phone(key)


def test_such_a_number_is_read_at_once() -> None:
    assert phones.plain_key("+447700900227") == 447700900227
    assert [phones.plain_key(each) for each in ("+525512345678", "07700900227", "+44 7700 900227")] == [
        None
    ] * 3
