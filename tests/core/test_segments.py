"""Parts and alphabets, held against a codec and against an obvious slow count."""

import gsm0338
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core.segments import GSM_BASIC, GSM_EXTENSION, Forcing, count

GSM = st.text(st.sampled_from(GSM_BASIC + GSM_EXTENSION), max_size=700)
ANY = st.text(max_size=300) | st.text(st.sampled_from("a🎉é漢"), max_size=300)


def _slow_count(text: str) -> tuple[str, int, int]:
    """Fill parts one character at a time."""
    gsm = all(char in GSM_BASIC or char in GSM_EXTENSION for char in text)
    sizes = [_size(char, gsm) for char in text]
    if sum(sizes) <= (160 if gsm else 70):
        return ("GSM-7" if gsm else "UCS-2"), sum(sizes), 1 if sizes else 0
    room, parts, used = (153 if gsm else 67), 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return ("GSM-7" if gsm else "UCS-2"), sum(sizes), parts


def _size(char: str, gsm: bool) -> int:
    return 2 if (char in GSM_EXTENSION if gsm else ord(char) > 0xFFFF) else 1


@given(GSM | ANY)
@settings(max_examples=300, deadline=None)
def test_parts_agree_with_a_count_of_one_character_at_a_time(text: str) -> None:
    assert count(text)[:3] == _slow_count(text)


def test_the_alphabet_is_that_of_the_codec() -> None:
    codec = gsm0338.Codec()
    for code in range(0x10000):
        char = chr(code)
        try:
            septets = len(codec.encode(char)[0])
        except UnicodeError:
            septets = 0
        if char != "\x1b":  # the escape itself is no character
            assert (count(char).encoding == "GSM-7") == bool(septets), hex(code)
            assert not septets or count(char).units == septets, hex(code)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("é" * 70, "GSM-7", 70, 1),
        ("ç" * 70, "UCS-2", 70, 1),
        ("ç" * 71, "UCS-2", 71, 2),
        ("ç" * 134, "UCS-2", 134, 2),
        ("🎉" * 35, "UCS-2", 70, 1),
        ("ç" * 66 + "🎉" + "ç" * 66, "UCS-2", 134, 3),
        ("`", "UCS-2", 1, 1),
        ("\x1b", "UCS-2", 1, 1),
    ],
)
def test_limits_and_pairs_that_are_never_parted(text: str, encoding: str, units: int, parts: int) -> None:
    assert count(text)[:3] == (encoding, units, parts)


def test_the_capital_with_a_cedilla_is_gsm_and_the_small_one_is_not() -> None:
    assert count("Ç").encoding == "GSM-7"
    assert count("ç").forcing == (Forcing("ç", 0),)


def test_every_character_that_forces_unicode_is_named_with_its_place() -> None:
    assert count("aç€🎉ç").forcing == (Forcing("ç", 1), Forcing("🎉", 3), Forcing("ç", 4))
    assert count("plain € text").forcing == ()


@given(st.text(st.characters(exclude_categories=())))
@settings(max_examples=100, deadline=None)
def test_nothing_written_raises(text: str) -> None:
    counted = count(text)
    assert (counted.parts == 0) == (text == "")
    assert bool(counted.forcing) == (counted.encoding == "UCS-2")
