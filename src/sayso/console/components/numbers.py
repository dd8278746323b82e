"""Telephone numbers as people read and type them."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from sayso.core.phones import Phone, parse


@lru_cache(4_096)  # reading a number takes a tenth of a millisecond, and a list has fifty
def spaced(key: int, written: str) -> str:
    """`+44 7700 900227` for 447700900227; a sender that is no number stays as it was written."""
    if key <= 0:
        return written
    try:
        parsed = phonenumbers.parse(f"+{key}")
    except phonenumbers.NumberParseException:
        return f"+{key}"
    # Some countries write hyphens; a table reads better with one kind of gap.
    international = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return str(international).replace("-", " ")


def read(written: str) -> str:
    """The same for a number that is stored as it came, with its plus; anything else stays as it was."""
    digits = written.removeprefix("+")
    return (
        spaced(int(digits), written)
        if digits.isdecimal() and digits.isascii() and written != digits
        else written
    )


def grouped(sentence: str) -> str:
    """A stored sentence with its numbers as people read them, never broken; what it quotes stays as it is."""
    if "+" not in sentence:
        return sentence
    return _QUOTED_OR_NUMBER.sub(lambda found: _whole(found[0]) if found[0][0] == "+" else found[0], sentence)


def _whole(number: str) -> str:
    return read(number).replace(" ", "\N{NO-BREAK SPACE}")


# Digits that a letter or another digit touches are no number of its own.
_QUOTED_OR_NUMBER = re.compile(r"“[^”]*”|(?<![\w+])\+[1-9][0-9]{6,14}(?!\w)")


def typed(text: str, country: str) -> int | None:
    """The key of a number that somebody typed, national ones read within `country`; None where it is none."""
    # As a link or a mail's signature gives it.
    read = parse(text.strip().removeprefix("tel:"), country)
    return read.key if isinstance(read, Phone) else None
