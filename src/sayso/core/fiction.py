"""Numbers that no real telephone has: ranges that the countries' numbering plans set aside for fiction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# 555-0100 to 555-0199 are set aside in every area.
_US = (
    "202 201 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 "
    "234 239 240 248 251 252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 "
    "308 309 310 312 313 314 315 316 317 318 319 320 321 323 325 330 334 336 337 347 351 352 "
    "360 361 385 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 425 432 "
    "434 435 440 443 469 478 479 480 484 501 502 503"
)
_CA = (
    "613 204 226 236 249 250 289 306 343 365 367 403 416 418 431 437 438 450 506 514 519 548 "
    "579 581 587 604 639 647 705 709 778 780 782 807 819 825 867 873 902 905"
)


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers that begin in one of these ways, with so many digits after it."""

    begins: tuple[str, ...]
    digits: int

    @property
    def room(self) -> int:
        """How many numbers it has."""
        return len(self.begins) * int(10**self.digits)

    def number(self, place: int) -> int:
        """The number in this place, as a key."""
        begins, rest = divmod(place, 10**self.digits)
        return int(f"{self.begins[begins]}{rest:0{self.digits}d}")


# Sources: Ofcom (07700 900), Bundesnetzagentur (0171 39200), Arcep (06 39 98), NANPA (555-01xx).
RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "GB": Range(("447700900",), 3),
        "DE": Range(("4917139200",), 2),
        "FR": Range(("3363998",), 4),
        "US": Range(tuple(f"1{area}55501" for area in _US.split()), 2),
        "CA": Range(tuple(f"1{area}55501" for area in _CA.split()), 2),
    }
)
# Every area of the North American plan has them, whether a telephone of ours is there or not.
_AREAS, _NOBODYS = range(12_000_000_000, 20_000_000_000), 55_501
_ELSEWHERE = tuple(
    (10**found.digits, frozenset(map(int, found.begins)))
    for country, found in RANGES.items()
    if country not in ("US", "CA")
)
NAMES = ("Ada", "Bruno", "Chloé")
ELSEWHERE = ("DE", "FR", "GB", "US", "CA")
FALLBACK = "GB"


@dataclass(frozen=True, slots=True)
class Telephone:
    """A test telephone: its owner's name, its number as a key, the country whose rules it falls under."""

    name: str
    key: int
    country: str

    @property
    def number(self) -> str:
        """The number in E.164."""
        return f"+{self.key}"


def telephones(workspace_id: int, country: str) -> tuple[Telephone, ...]:
    """The three test telephones of a workspace: one of its own country, two of others, so that rules differ.

    A workspace always has the same ones, and no other workspace has any of them: where a country has no
    number left, another one takes its place. From number 4,000 on there are fewer, from 10,000 on none.
    """
    home = country if country in RANGES else FALLBACK
    countries = (home, *(each for each in ELSEWHERE if each != home))
    left = [each for each in countries if workspace_id < RANGES[each].room]
    return tuple(
        Telephone(name, RANGES[each].number(workspace_id), each)
        for name, each in zip(NAMES, left, strict=False)
    )


def is_fiction(key: int) -> bool:
    """Whether nobody has this number, nor ever will: a text to it reaches no person."""
    if key in _AREAS:
        return key // 100 % 100_000 == _NOBODYS
    return any(key // size in begins for size, begins in _ELSEWHERE)
