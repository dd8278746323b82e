"""One number, one key, however it is written (R3.4)."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core.phones import (
    NotANumber,
    Phone,
    address_key,
    canonical_sender,
    country_of,
    lane,
    masked,
    parse,
    possible_mobile,
)

SPELLINGS = [
    ("+44 7911 123456", None, 447911123456),
    ("0044 7911 123456", None, 447911123456),
    ("07911 123456", "GB", 447911123456),
    ("447911123456", "GB", 447911123456),
    ("+44 (0)20 7946 0018", None, 442079460018),
    ("(202) 555-0123", "US", 12025550123),
    ("1-202-555-0123", "US", 12025550123),
    ("+1.202.555.0123", None, 12025550123),
    ("43 664 1234567", "AT", 436641234567),
    ("00436641234567", "AT", 436641234567),
    ("+39 06 1234 5678", None, 390612345678),
    ("+52 1 222 123 4567", None, 522221234567),
    ("+52 222 123 4567", None, 522221234567),
    ("222 123 4567", "MX", 522221234567),
    ("+54 9 11 2345 6789", None, 541123456789),
    ("+54 11 15 2345 6789", None, 541123456789),
    ("+54 9 11 15 2345 6789", None, 541123456789),
    ("011 15 2345 6789", "AR", 541123456789),
    ("+54 11 2345 6789", None, 541123456789),
    ("+55 11 8765 4321", None, 5511987654321),
    ("+55 11 98765 4321", None, 5511987654321),
    ("11 98765-4321", "BR", 5511987654321),
    ("+55 11 3456 7890", None, 551134567890),
    ("＋４４ ７９１１ １２３４５６", None, 447911123456),
    ("٠٠٤٤٧٩١١١٢٣٤٥٦", None, 447911123456),
    ("\u202a+447911123456\u202c", None, 447911123456),
    ("+44\u20117911\u2011123456", None, 447911123456),
]


@pytest.mark.rule("R3.4")
@pytest.mark.parametrize(("written", "country", "key"), SPELLINGS)
def test_every_spelling_of_a_number_is_one_key(written: str, country: str | None, key: int) -> None:
    assert parse(written, country) == Phone(key)
    assert canonical_sender(written, country) == key


@pytest.mark.rule("R3.4")
@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("", "US"),
        ("+", "US"),
        ("11221", "US"),
        ("1-800-FLOWERS", "US"),
        ("+1 202 555 0123 x5", "US"),
        ("07911 123456", None),
        ("+999123456789", None),
        ("+1 202 555 0123\0", "US"),
        ("\ud800", "US"),
        ("1" * 100_000, "US"),
        ("+44 7911 123456 or so", "GB"),
    ],
)
def test_what_is_no_number_is_a_value_with_a_reason(written: str, country: str | None) -> None:
    answer = parse(written, country)
    assert isinstance(answer, NotANumber)
    assert answer.because.endswith(".")


@given(st.text(), st.sampled_from([None, "US", "AR", "XX", ""]))
@settings(max_examples=150, deadline=None)
def test_nothing_written_raises(written: str, country: str | None) -> None:
    parse(written, country)
    assert -(2**63) <= address_key(written, 1, country) <= 10**15
    masked(written)


@pytest.mark.rule("R3.4")
@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
@settings(max_examples=100, deadline=None)
def test_providers_and_people_spell_the_same_number_alike(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    international = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    key = canonical_sender(e164, None)
    assert key is not None
    assert parse(international, None) == parse(national, region) == Phone(key)
    assert canonical_sender("00" + e164[1:], region) == key


@pytest.mark.rule("R3.4")
def test_a_provider_may_leave_out_the_plus() -> None:
    assert canonical_sender("12025550123", "US") == canonical_sender("+12025550123", None) == 12025550123
    assert canonical_sender("5212221234567", "MX") == 522221234567


@pytest.mark.rule("R3.4")
def test_a_sender_that_is_no_number_has_a_negative_key_of_its_connection() -> None:
    brand = address_key("MyBrand", 1, "GB")
    assert brand < 0
    assert brand == address_key(" MYBRAND ", 1, "GB")
    assert brand != address_key("MyBrand", 2, "GB")
    assert brand != address_key("MyBrands", 1, "GB")
    assert address_key("11221", 1, "US") < 0
    assert address_key("7654321", 1, "US") < 0


def test_the_lanes_are_filled_evenly() -> None:
    for step in (1, 16, 1000):
        counts = [0] * 16
        for number in range(8_000):
            counts[lane(12025550000 + step * number)] += 1
        assert min(counts) > 400
    assert 0 <= lane(-5) < 16
    assert {lane(key, lanes=3) for key in range(100)} == {0, 1, 2}


@pytest.mark.rule("R5.2", "R3.4")
def test_a_number_has_one_lane_however_it_is_written() -> None:
    international = lane(447700900123, "+44 7700 900123")
    for national in ("07700 900123", "(07700) 900-123", "٠٧٧٠٠٩٠٠١٢٣"):
        assert address_key(national, 1, None) < 0
        assert lane(address_key(national, 1, None), national) == international


@pytest.mark.rule("R14.2")
@pytest.mark.parametrize(
    ("key", "country"),
    [
        (12025550123, "US"),
        (14165550123, "CA"),
        (18765551234, "JM"),
        (18005550123, "US"),
        (447911123456, "GG"),
        (447700900123, "GB"),
        (79031234567, "RU"),
        (77011234567, "KZ"),
        (4915112345678, "DE"),
        (541123456789, "AR"),
        (883123456, None),
        (0, None),
        (-7, None),
    ],
)
def test_the_number_tells_its_country(key: int, country: str | None) -> None:
    assert country_of(key) == country


@pytest.mark.parametrize(
    ("key", "possible"),
    [
        (447911123456, True),
        (12025550123, True),
        (541123456789, True),
        (522221234567, True),
        (493012345678, False),
        (442079460018, False),
        (551134567890, False),
        (4479, False),
        (-1, False),
    ],
)
def test_landlines_and_impossible_numbers_are_no_mobiles(key: int, possible: bool) -> None:
    assert possible_mobile(key) is possible


def test_logs_show_too_little_to_ring_up() -> None:
    assert masked("+12025550123") == "+12•••••••23"
    assert masked("11221") == "•••••"
    assert "0255501" not in masked("+12025550123")
