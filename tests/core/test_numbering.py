"""The numbering plans read by us say what the library says, of every country and kind of number."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import NumberParseException, PhoneNumberType

from sayso.core import numbering

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
EXAMPLES = sorted(
    {
        int(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:])
        for region in phonenumbers.SUPPORTED_REGIONS
        for kind in PhoneNumberType.values()
        if (number := phonenumbers.example_number_for_type(region, kind)) is not None
    }
)


def library(key: int) -> tuple[str | None, bool]:
    """The country, and whether a text may arrive there, as the library has it."""
    try:
        number = phonenumbers.parse(f"+{key}")
    except NumberParseException:
        return None, False
    possible = phonenumbers.is_possible_number(number)
    landline = phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE
    return phonenumbers.region_code_for_number(number), possible and not landline


def agrees(key: int) -> bool:
    """Whether we say the same of it; what is left to the library agrees by itself."""
    try:
        ours = numbering.region(key), numbering.possible_mobile(key)
    except LookupError:
        return True
    return ours == library(key)


@pytest.mark.rule("R8.1")
def test_every_example_of_every_country_is_read_as_the_library_reads_it() -> None:
    assert [key for key in EXAMPLES if not agrees(key)] == []
    assert len(EXAMPLES) > 900


@pytest.mark.rule("R8.1")
@given(st.sampled_from(EXAMPLES), st.integers(0, 9_999))
def test_so_are_their_neighbours(example: int, end: int) -> None:
    assert agrees(example // 10_000 * 10_000 + end)


@given(st.sampled_from(CODES), st.text("0123456789", min_size=1, max_size=13))
def test_so_is_whatever_stands_behind_a_calling_code(code: int, national: str) -> None:
    assert agrees(int(f"{code}{national}"))


def test_most_numbers_are_read_without_the_library() -> None:
    read = 0
    for key in EXAMPLES:
        try:
            numbering.region(key)
        except LookupError:
            continue
        read += 1
    assert read > len(EXAMPLES) * 0.8
