"""One contact as somebody wrote it: read, checked, and merged with what stood (R8.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Protocol, TypeVar
from zoneinfo import available_timezones

from msgspec import UNSET, Struct, UnsetType, structs

from sayso.core import attributes, consent, phones
from sayso.core.gate_asked import ConsentState
from sayso.core.messages import Block
from sayso.core.problems import Problem

Text = str | None | UnsetType
Kept = TypeVar("Kept")
LONGEST_EXTERNAL_ID = 200
COUNTRY = re.compile(r"[A-Z]{2}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CONSENTS = {
    **dict.fromkeys(("yes", "true", "1"), "yes"),
    **dict.fromkeys(("no", "false", "0"), "no"),
    "unknown": "unknown",
}


class Stood(Protocol):
    """A contact as it is stored, before a record of it is written."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def phone(self) -> int | None:
        """The key of its number."""

    @property
    def email(self) -> str | None:
        """Its e-mail address."""

    @property
    def language(self) -> str | None:
        """Its language."""

    @property
    def time_zone(self) -> str | None:
        """Its time zone."""

    @property
    def country(self) -> str | None:
        """Its country."""

    @property
    def attributes(self) -> Mapping[str, object]:
        """Its attributes by name."""

    @property
    def sms_consent(self) -> str:
        """yes, no or unknown."""

    @property
    def sms_valid(self) -> bool | None:
        """Whether texts arrive; None: computed."""


class ContactRow(Struct, frozen=True, gc=False):
    """A contact as it shall stand, whole."""

    external_id: str
    phone: int | None
    email: str | None
    language: str | None
    time_zone: str | None
    country: str | None
    attributes: Mapping[str, object]
    sms_consent: str
    sms_valid: bool | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How, with what words and when a person said yes (R6.5)."""

    method: str
    wording: str
    timestamp: datetime


class ContactWanted(Struct, frozen=True, gc=False):
    """A contact as asked for: UNSET keeps what stands, None clears it; attributes are merged by name."""

    external_id: str
    phone: Text = UNSET
    email: Text = UNSET
    language: Text = UNSET
    time_zone: Text = UNSET
    country: Text = UNSET
    attributes: Mapping[str, object] | UnsetType = UNSET
    sms_consent: str | bool | int | UnsetType | None = UNSET
    sms_valid: bool | UnsetType | None = UNSET
    evidence: Evidence | None = None
    line: int = 0
    """Where it stands in a file; 0 where it came by itself."""
    problems: tuple[Problem, ...] = ()
    """What the door that it came by could not read of it."""


class Read(Struct, frozen=True, gc=False):
    """A contact as understood: its number's key, its word on consent (None: not said), its faults."""

    wanted: ContactWanted
    phone: int | UnsetType | None
    sms_consent: str | None
    problems: tuple[Problem, ...]

    def faulty(self, problem: Problem) -> Read:
        """The same with one more fault."""
        return structs.replace(self, problems=(*self.problems, problem))


def read(wanted: ContactWanted, home: str) -> Read:
    """Understand one contact; `home` is the country by which a national number is read."""
    problems = wanted.problems or _faults(wanted)
    phone: int | UnsetType | None
    if wanted.phone is None or isinstance(wanted.phone, UnsetType):
        phone = wanted.phone
    else:
        phone = phones.plain_key(wanted.phone)
        if phone is None:
            country = wanted.country if isinstance(wanted.country, str) and wanted.country else home
            said = phones.parse(wanted.phone, country)
            if isinstance(said, phones.NotANumber):
                phone = UNSET
                told = Problem("phone", "not_a_number", f"This is no phone number. {said.because}")
                problems = (*problems, told)
            else:
                phone = said.key
    if wanted.sms_consent is UNSET:
        return Read(wanted, phone, None, problems)
    said_of_consent = _consent(wanted.sms_consent)
    if isinstance(said_of_consent, Problem):
        return Read(wanted, phone, None, (*problems, said_of_consent))
    return Read(wanted, phone, said_of_consent, problems)


class Around(Struct, frozen=True, gc=False):
    """What stands for the number that a contact will have."""

    blocks: tuple[Block, ...] = ()
    states: tuple[ConsentState, ...] = ()
    codes: tuple[consent.StoppedCode, ...] = ()


class Merged(Struct, frozen=True, gc=False):
    """One contact as it shall stand, what stood, and what its consent came to; `line` of a file, else 0."""

    row: ContactRow
    stood: Stood | None
    word: consent.Word
    evidence: Evidence | None
    line: int = 0

    @property
    def moved(self) -> bool:
        """Whether anything of the contact becomes different."""
        stood = self.stood
        return stood is None or any(getattr(stood, name) != getattr(self.row, name) for name in _KEPT)


def merge(row: Read, stood: Stood | None, around: Around) -> Merged:
    """A record over what stood: it never lifts a block (R6.3), and says what its consent came to (R6.4)."""
    if stood is None and row.sms_consent is None:
        # Most rows of a file: nothing stood, and nothing is said of consent.
        return Merged(whole(row, None, "unknown"), None, _UNSAID, row.wanted.evidence, row.wanted.line)
    standing = consent.Record(
        stood.sms_consent if stood else "unknown",
        number_changed=bool(stood and stood.phone and stood.phone != phone_of(row, stood)),
        blocks=around.blocks,
        states=around.states,
        proven=row.wanted.evidence.timestamp if row.wanted.evidence else None,
    )
    word = consent.recorded(row.sms_consent, row.wanted.evidence is not None, standing)
    if row.sms_consent == "yes" and around.codes:
        in_the_way = consent.codes_in_the_way(around.codes, consent.ALL, around.states)
        word = replace(word, because=word.because + in_the_way)
    return Merged(whole(row, stood, word.sms_consent), stood, word, row.wanted.evidence, row.wanted.line)


def phone_of(row: Read, stood: Stood | None) -> int | None:
    """The number that the contact will have."""
    if isinstance(row.phone, UnsetType):
        return stood.phone if stood else None
    return row.phone


def whole(row: Read, stood: Stood | None, sms_consent: str) -> ContactRow:
    """The contact as it shall stand: what was said over what stood."""
    wanted = row.wanted
    if stood is None:
        return ContactRow(
            wanted.external_id,
            _or_none(row.phone),
            _or_none(wanted.email),
            _or_none(wanted.language),
            _or_none(wanted.time_zone),
            _or_none(wanted.country),
            _attributes(wanted.attributes, {}),
            sms_consent,
            _or_none(wanted.sms_valid),
        )
    return ContactRow(
        external_id=wanted.external_id,
        phone=phone_of(row, stood),
        email=_over(wanted.email, stood.email if stood else None),
        language=_over(wanted.language, stood.language if stood else None),
        time_zone=_over(wanted.time_zone, stood.time_zone if stood else None),
        country=_over(wanted.country, stood.country if stood else None),
        attributes=_attributes(wanted.attributes, stood.attributes if stood else {}),
        sms_consent=sms_consent,
        sms_valid=_valid(wanted.sms_valid, stood),
    )


_UNSAID = consent.Word("unknown", "")
# What a record may change; its external id is what it was found by.
_KEPT = tuple(name for name in ContactRow.__struct_fields__ if name != "external_id")


def _faults(wanted: ContactWanted) -> tuple[Problem, ...]:
    """A field at a time, and only what was said: a file has a million rows."""
    found = []
    if not 0 < len(wanted.external_id) <= LONGEST_EXTERNAL_ID:
        found.append(Problem("external_id", "form", "It has 1 to 200 characters."))
    if not _fits(wanted.email, _EMAIL):
        found.append(Problem("email", "form", "This is no e-mail address."))
    if not _fits(wanted.language, _LANGUAGE):
        found.append(Problem("language", "form", "A language is a code such as en or pt-BR."))
    if not _fits(wanted.country, COUNTRY):
        found.append(Problem("country", "form", "A country is its two letters, such as GB."))
    if not _is_zone(wanted.time_zone):
        found.append(Problem("time_zone", "form", "A time zone is a name such as Europe/London."))
    # A row of a file was measured whole, and its names with the mapping: there are a million of them.
    if wanted.attributes and not wanted.line:
        found.extend(attributes.faults(wanted.attributes))
    return tuple(found)


def _fits(said: Text, form: re.Pattern[str]) -> bool:
    return not isinstance(said, str) or (len(said) <= 320 and form.fullmatch(said) is not None)


def _is_zone(said: Text) -> bool:
    return not isinstance(said, str) or said in _zones()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Data of the library, read once: asked for each row of a file, its folder would be walked each time."""
    return frozenset(available_timezones())


def _consent(said: str | bool | int | UnsetType | None) -> str | Problem | None:
    if said is None or isinstance(said, UnsetType):
        return None
    understood = _CONSENTS.get(str(said).strip().lower())
    return understood or Problem("sms_consent", "form", "sms_consent is yes, no or unknown.")


def _or_none(said: Kept | UnsetType) -> Kept | None:
    return None if isinstance(said, UnsetType) else said


def _over(said: Text, stood: str | None) -> str | None:
    return stood if isinstance(said, UnsetType) else said


def _valid(said: bool | UnsetType | None, stood: Stood | None) -> bool | None:
    if isinstance(said, UnsetType):
        return stood.sms_valid if stood else None
    return said


def _attributes(said: Mapping[str, object] | UnsetType, stood: Mapping[str, object]) -> Mapping[str, object]:
    """A null takes an attribute away."""
    if isinstance(said, UnsetType):
        return stood
    if not stood and None not in said.values():
        return said
    return {name: value for name, value in {**stood, **said}.items() if value is not None}
