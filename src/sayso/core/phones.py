"""Phone numbers in one canonical spelling, and one integer key for every address (R3.4).

A key is the E.164 digits as a positive integer. Three countries write one mobile in two ways; one is kept:
Mexico without the old 1 after +52, Argentina without 9 and 15, Brazil with the ninth digit.
A sender that is no number (short code, alphanumeric) gets a negative key of its connection and its text.
"""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from sayso.core import numbering, phone_plans

LONGEST_WRITTEN = 64
_NOT_LETTERS_OR_DIGITS = frozenset(" ().-/\\·•*#_,'\"[]~")
_UNDRESSED = str.maketrans("", "", "".join(_NOT_LETTERS_OR_DIGITS) + "\t\n\r\v\f")
ROUNDED = (
    "A spreadsheet shortened it, and the digits that are missing are not in this file. Make the column text "
    "where the numbers come from, and save it again."
)
LANES = 16
_MASK_64 = (1 << 64) - 1
# Short codes stay under eight digits, so eight bare digits or more are read as a number without its plus.
# As a spreadsheet shows a number that it took for an amount.
_ROUNDED = re.compile(r"[+-]?\d+(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE).fullmatch
_plain = re.compile(r"(?:\+|00)([1-9][0-9]{5,14})|([1-9][0-9]{7,14})").fullmatch


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in its canonical spelling; `key` is its E.164 digits."""

    key: int

    @property
    def e164(self) -> str:
        return f"+{self.key}"


@dataclass(frozen=True, slots=True)
class NotANumber:
    """What was written can't be a telephone number; `because` says why, to a person."""

    written: str
    because: str


def parse(written: str, country: str | None) -> Phone | NotANumber:
    """Read a number as a person or a system wrote it: `+`, `00`, or national within `country` (R3.4).

    `country` is an ISO 3166 code or None. Bare digits are read as national where that is a valid number
    of the country, else as E.164 without its plus. Never raises: anything unreadable is `NotANumber`.
    """
    if len(written) > LONGEST_WRITTEN:
        return NotANumber(written[:LONGEST_WRITTEN], "It is too long for a phone number.")
    dialled = _dialled(written)
    if dialled is None and _ROUNDED(written.strip()):
        # Never read: of 4.47701E+11 the last digits are gone, and it would be somebody else's number.
        return NotANumber(written, ROUNDED)
    if dialled is None:
        return NotANumber(written, "It contains characters that no phone number has.")
    if not dialled.strip("+"):
        return NotANumber(written, "It contains no digits.")
    plain = _plainly(dialled, country)
    if plain is not None:
        return Phone(plain)
    best = _best_reading(dialled, country)
    if best is not None:
        return Phone(_fold(phonenumbers.format_number(best, PhoneNumberFormat.E164)[1:]))
    if country is None and not dialled.startswith("+"):
        return NotANumber(written, "It has no country code, and no default country is set.")
    return NotANumber(written, "No phone number has this country code and length.")


def plain_key(written: str) -> int | None:
    """The key of a number that is written with its plus and nothing else, as nearly all of a list are; None:
    ask `parse`, which says the same of what is plain and takes thrice as long."""
    if (
        written[:1] == "+"
        and written.isascii()
        and len(written) <= LONGEST_WRITTEN
        and written[1:].isdecimal()
    ):
        return phone_plans.international(written[1:])
    return None


def canonical_sender(written: str, country: str | None) -> int | None:
    """The key of a number as providers write it, with or without the plus; None when it is no number.

    E.164 digits take a fast path that trusts the provider; only other spellings are parsed, with `country`
    (that of the line) as default.
    """
    plain = _plain(written)
    if plain is not None:
        return _fold(plain[1] or plain[2])
    if len(written) < 8:
        return None
    read = parse(written, country)
    return read.key if isinstance(read, Phone) else None


def address_key(written: str, connection_id: int, country: str | None) -> int:
    """One integer for blocks, order and look-ups: E.164 digits, or a negative hash within the connection.

    The hash has 63 bits and ignores case, width and blanks at the ends: `MyBrand`, `MYBRAND` are one sender.
    """
    number = canonical_sender(written, country)
    if number is not None:
        return number
    name = unicodedata.normalize("NFKC", written).casefold().strip()
    digest = blake2b(f"{connection_id}\0{name}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return -((int.from_bytes(digest, "big") >> 1) or 1)


def lane(key: int, written: str = "", lanes: int = LANES) -> int:
    """The lane, 0 to `lanes` - 1, in which the texts of an address are decided in order (R5.2).

    A number's last six digits decide, for they are the same in every spelling: the door, which took a
    national one (`written`) for a name, and the engine, which reads it by the line's country, agree on it.
    """
    if key < 0:
        digits = "".join(filter(str.isdecimal, written))
        key = int(digits[-6:]) if len(digits) > 5 else key
    mixed = ((key % 1_000_000 if key >= 0 else key & _MASK_64) * 0x9E3779B97F4A7C15) & _MASK_64
    return (mixed >> 33) % lanes


def country_of(key: int) -> str | None:
    """The ISO 3166 code of a number's country; None for what is no number or has no country's code.

    Where countries share a code, a range that the numbering data doesn't know counts as the largest one's.
    """
    if key <= 0:
        return None
    country, is_shared = _behind(str(key)[:4])
    return (_region(key) or country) if is_shared else country


def possible_mobile(key: int) -> bool:
    """Whether a text may arrive there: a possible number and not a landline (R8.1).

    Without its 9 an Argentine mobile looks like a landline, so any possible Argentine number counts.
    """
    if key <= 0:
        return False
    digits = str(key)
    if not digits.startswith("54"):
        try:
            return numbering.possible_mobile(key)
        except LookupError:
            pass
    number = _number(f"549{digits[2:]}" if digits.startswith("54") else digits)
    if number is None or not phonenumbers.is_possible_number(number):
        return False
    return bool(phonenumbers.number_type(number) != PhoneNumberType.FIXED_LINE)


def masked(written: str) -> str:
    """A number for logs: first three and last two characters, the rest hidden; short ones hidden whole."""
    if len(written) < 8:
        return "•" * len(written)
    return f"{written[:3]}{'•' * (len(written) - 5)}{written[-2:]}"


def _dialled(written: str) -> str | None:
    """ASCII digits after at most one plus, read from any script; None where more than dressing is there."""
    if written.isascii() and (bare := written.translate(_UNDRESSED)).removeprefix("+").isdecimal():
        return f"+{bare[2:]}" if bare.startswith("00") else bare
    dialled: list[str] = []
    for char in unicodedata.normalize("NFKC", written):
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            dialled.append(str(digit))
        elif char == "+" and not dialled:
            dialled.append(char)
        elif not _is_dressing(char):
            return None
    number = "".join(dialled)
    return f"+{number[2:]}" if number.startswith("00") else number


def _is_dressing(char: str) -> bool:
    # Cf: numbers copied from a telephone's address book carry invisible direction marks.
    return char in _NOT_LETTERS_OR_DIGITS or char.isspace() or unicodedata.category(char) in {"Pd", "Cf"}


def _plainly(dialled: str, country: str | None) -> int | None:
    """What is no puzzle needs no library."""
    if dialled.startswith("+"):
        return phone_plans.international(dialled[1:])
    return phone_plans.national(dialled, country) if country else None


def _best_reading(dialled: str, country: str | None) -> PhoneNumber | None:
    if dialled.startswith("+"):
        readings = [_number(_fold_digits(dialled[1:]))]
    else:
        national = _number(dialled, country) if country else None
        international = None if dialled.startswith("0") else _number(_fold_digits(dialled))
        readings = [national, international]
    possible = [number for number in readings if number and phonenumbers.is_possible_number(number)]
    if len(possible) < 2:
        return possible[0] if possible else None
    return next(filter(phonenumbers.is_valid_number, possible), possible[0] if possible else None)


def _number(digits: str, country: str | None = None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(digits if country else f"+{digits}", country)
    except NumberParseException:
        return None


def _fold(digits: str) -> int:
    return int(_fold_digits(digits)) if digits[0] == "5" else int(digits)


def _fold_digits(digits: str) -> str:
    """One spelling for Mexican, Argentine and Brazilian mobiles; all other digits unchanged."""
    fold = _FOLDS.get(digits[:2])
    return fold(digits) if fold else digits


def _fold_mexican(digits: str) -> str:
    return "52" + digits[3:] if len(digits) == 13 and digits[2] == "1" else digits


def _fold_argentine(digits: str) -> str:
    if len(digits) == 13 and digits[2] == "9":
        return "54" + digits[3:]
    if len(digits) == 14 or (len(digits) == 15 and digits[2] == "9"):
        return _without_fifteen(digits)
    return digits


def _without_fifteen(digits: str) -> str:
    """Area codes have two to four digits, so where the 15 stands is asked of the numbering plan."""
    number = _number("54" + digits[2:].removeprefix("9"))
    read: str = phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:] if number else digits
    return "54" + read[3:] if len(read) == 13 and read.startswith("549") else digits


def _fold_brazilian(digits: str) -> str:
    # Landlines start with 2 to 5 and never got a ninth digit.
    return f"{digits[:4]}9{digits[4:]}" if len(digits) == 12 and digits[4] in "6789" else digits


_FOLDS = {"52": _fold_mexican, "54": _fold_argentine, "55": _fold_brazilian}


def _regions_of_calling_code(digits: str) -> tuple[str, ...]:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return regions.get(int(digits[:2])) or regions.get(int(digits[:3])) or regions.get(int(digits[0])) or ()


@lru_cache(maxsize=10_000)
def _behind(begins: str) -> tuple[str | None, bool]:
    """The country of numbers that begin with these four digits, and whether others share its code: then the
    whole number tells."""
    if begins[0] == "1":
        return _north_american(begins[1:4]), False
    regions = _regions_of_calling_code(begins)
    if len(regions) == 1:
        return regions[0] if regions[0] != "001" else None, False
    return (regions[0], True) if regions else (None, False)


@lru_cache(maxsize=1_000)
def _north_american(area: str) -> str:
    """The area code alone decides among the countries behind +1; 234 5678 is valid in each of them."""
    return _region(int(f"1{area:0<3}2345678")) or "US"


def _region(key: int) -> str | None:
    with suppress(LookupError):
        return numbering.region(key)
    number = _number(str(key))
    region: str | None = phonenumbers.region_code_for_number(number) if number else None
    return region
