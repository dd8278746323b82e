"""Amounts of money: whole millionths of a currency, read and written without a rounding that adds up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

UNIT = 1_000_000
LARGEST = 1_000_000_000 * UNIT
CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"(-?)([0-9]{1,10})(?:[.,]([0-9]{1,6}))?")
_SIGNS: Mapping[str, str] = MappingProxyType({"EUR": "€", "GBP": "£", "USD": "$"})
_WITHOUT_CENTS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"})


def read(written: str) -> int | None:
    """The amount that somebody wrote, `0.041` or `0,041`; None: it is none, or finer than a millionth."""
    found = _AMOUNT.fullmatch(written.strip())
    if found is None:
        return None
    minus, whole, part = found.groups()
    amount = int(whole) * UNIT + int((part or "").ljust(6, "0"))
    if amount > LARGEST:
        return None
    return -amount if minus else amount


def plain(amount: int) -> str:
    """An amount to its last digit, as systems exchange it: `0.041`, `-2.50`; two decimals at least."""
    whole, part = divmod(abs(amount), UNIT)
    digits = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if amount < 0 else ''}{whole}.{digits}"


def written(amount: int, currency: str) -> str:
    """An amount as people read it, to the cent: `€1,284.60`. Half a cent goes to the even one."""
    return _signed(amount, currency, round_to(amount, _cent(currency)))


def written_up(amount: int, currency: str) -> str:
    """The same, never less than it is: what is wanting is enough once it is there."""
    cent = _cent(currency)
    return _signed(amount, currency, -(-amount // cent) * cent)


def written_whole(amount: int, currency: str) -> str:
    """The price of one part, to its last digit: `€0.041`."""
    return f"{'−' if amount < 0 else ''}{_sign(currency)}{plain(abs(amount))}"


def written_part(amount: int, currency: str) -> str:
    """The price of one part as a column of them is read, with four decimals at least: `€0.0410`."""
    whole, _, part = plain(abs(amount)).partition(".")
    return f"{'−' if amount < 0 else ''}{_sign(currency)}{whole}.{part.ljust(4, '0')}"


def round_to(amount: int, step: int) -> int:
    """The nearest multiple; of two, the even one."""
    times, rest = divmod(amount, step)
    if rest * 2 > step or (rest * 2 == step and times % 2):
        times += 1
    return times * step


def _signed(amount: int, currency: str, rounded: int) -> str:
    whole, part = divmod(abs(rounded), UNIT)
    cents = "" if currency in _WITHOUT_CENTS else f".{part // 10_000:02d}"
    return f"{'−' if amount < 0 and rounded else ''}{_sign(currency)}{whole:,}{cents}"


def _cent(currency: str) -> int:
    return UNIT if currency in _WITHOUT_CENTS else UNIT // 100


def _sign(currency: str) -> str:
    return _SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
