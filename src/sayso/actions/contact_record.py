"""One contact as somebody wrote it: read, checked, and merged with what stood (R8.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import available_timezones

from msgspec import UNSET, UnsetType

from sayso.actions.workspaces import COUNTRY
from sayso.core import phones
from sayso.core.problems import Problem
from sayso.storage.contacts import Contact, ContactRow

Text = str | None | UnsetType
LONGEST_EXTERNAL_ID = 200
MOST_ATTRIBUTES = 200
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CONSENTS = {
    **dict.fromkeys(("yes", "true", "1"), "yes"),
    **dict.fromkeys(("no", "false", "0"), "no"),
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """How, with what words and when a person said yes (R6.5)."""

    method: str
    wording: str
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class ContactWanted:
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


@dataclass(frozen=True, slots=True)
class Read:
    """A contact as understood: its number's key, its word on consent (None: not said), its faults."""

    wanted: ContactWanted
    phone: int | UnsetType | None
    sms_consent: str | None
    problems: tuple[Problem, ...]

    def faulty(self, problem: Problem) -> Read:
        """The same with one more fault."""
        return replace(self, problems=(*self.problems, problem))


def read(wanted: ContactWanted, home: str) -> Read:
    """Understand one contact; `home` is the country by which a national number is read."""
    problems = [*_faults(wanted)]
    phone: int | UnsetType | None = UNSET
    if wanted.phone is None or isinstance(wanted.phone, UnsetType):
        phone = wanted.phone
    else:
        country = wanted.country if isinstance(wanted.country, str) and wanted.country else home
        said = phones.parse(wanted.phone, country)
        if isinstance(said, phones.NotANumber):
            problems.append(Problem("phone", "not_a_number", f"This is no phone number. {said.because}"))
        else:
            phone = said.key
    consent = _consent(wanted.sms_consent)
    if isinstance(consent, Problem):
        problems.append(consent)
        consent = None
    return Read(wanted, phone, consent, tuple(problems))


def phone_of(row: Read, stood: Contact | None) -> int | None:
    """The number that the contact will have."""
    if isinstance(row.phone, UnsetType):
        return stood.phone if stood else None
    return row.phone


def whole(row: Read, stood: Contact | None, sms_consent: str) -> ContactRow:
    """The contact as it shall stand: what was said over what stood."""
    wanted = row.wanted
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


def _faults(wanted: ContactWanted) -> list[Problem]:
    checks = (
        (
            0 < len(wanted.external_id) <= LONGEST_EXTERNAL_ID,
            "external_id",
            "It has 1 to 200 characters.",
        ),
        (_fits(wanted.email, _EMAIL), "email", "This is no e-mail address."),
        (_fits(wanted.language, _LANGUAGE), "language", "A language is a code such as en or pt-BR."),
        (_fits(wanted.country, COUNTRY), "country", "A country is its two letters, such as GB."),
        (_is_zone(wanted.time_zone), "time_zone", "A time zone is a name such as Europe/London."),
        (
            isinstance(wanted.attributes, UnsetType) or len(wanted.attributes) <= MOST_ATTRIBUTES,
            "attributes",
            f"A contact has at most {MOST_ATTRIBUTES} attributes.",
        ),
    )
    return [Problem(field, "form", sentence) for holds, field, sentence in checks if not holds]


def _fits(said: Text, form: re.Pattern[str]) -> bool:
    return not isinstance(said, str) or (len(said) <= 320 and form.fullmatch(said) is not None)


def _is_zone(said: Text) -> bool:
    return not isinstance(said, str) or said in available_timezones()


def _consent(said: str | bool | int | UnsetType | None) -> str | Problem | None:
    if said is None or isinstance(said, UnsetType):
        return None
    understood = _CONSENTS.get(str(said).strip().lower())
    return understood or Problem("sms_consent", "form", "sms_consent is yes, no or unknown.")


def _over(said: Text, stood: str | None) -> str | None:
    return stood if isinstance(said, UnsetType) else said


def _valid(said: bool | UnsetType | None, stood: Contact | None) -> bool | None:
    if isinstance(said, UnsetType):
        return stood.sms_valid if stood else None
    return said


def _attributes(said: Mapping[str, object] | UnsetType, stood: Mapping[str, object]) -> Mapping[str, object]:
    """A null takes an attribute away."""
    if isinstance(said, UnsetType):
        return stood
    return {name: value for name, value in {**stood, **said}.items() if value is not None}
