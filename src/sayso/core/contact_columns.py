"""What of a contact stands in which column of a file that is handed out (R8.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import json

from sayso.core.attributes import LONGEST_NAME
from sayso.core.formulas import disarmed
from sayso.core.importing import ATTRIBUTE
from sayso.core.phones import possible_mobile
from sayso.core.problems import Problem

FIELDS = (
    "external_id", "phone", "email", "language", "time_zone", "country", "sms_consent", "sms_valid",
    "created_at", "updated_at",
)  # fmt: skip
OTHERS = "attributes"
"""The column of the attributes that have none of their own, as JSON."""
EVERYTHING = (*FIELDS, OTHERS)
MOST_COLUMNS = 250
# Ours alone and never a formula: a number as everybody writes it.
_NUMBER = "phone"


class Exported(Protocol):
    """A contact as far as a file tells of it."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def phone(self) -> int | None:
        """The key of its number."""

    @property
    def attributes(self) -> Mapping[str, object]:
        """Its attributes by name."""

    @property
    def sms_valid(self) -> bool | None:
        """Whether texts arrive; None: computed."""


def fault(columns: Sequence[str]) -> Problem | None:
    """What is wrong with a choice of columns; None where they can be written."""
    if not 0 < len(columns) <= MOST_COLUMNS:
        return Problem("columns", "count", f"Choose 1 to {MOST_COLUMNS} columns.")
    if len(set(columns)) < len(columns):
        return Problem("columns", "twice", "A column stands twice. Name each once.")
    unknown = [name for name in columns if name not in EVERYTHING and not _is_attribute(name)]
    if unknown:
        told = (
            f"There is no column {unknown[0][:60]}. Choose from {', '.join(EVERYTHING)} and attributes.NAME."
        )
        return Problem("columns", "unknown", told)
    return None


def heading(columns: Sequence[str]) -> list[str]:
    """The first row: names by which an import recognises its own."""
    return [disarmed(name.removeprefix(ATTRIBUTE)) for name in columns]


def row(contact: Exported, columns: Sequence[str]) -> list[str]:
    """One contact as cells that are no formulas."""
    own = {name.removeprefix(ATTRIBUTE) for name in columns if name.startswith(ATTRIBUTE)}
    return [_cell(contact, name, own) for name in columns]


def named(attributes: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """The columns of the attributes that some contacts have, by name."""
    return tuple(f"{ATTRIBUTE}{name}" for name in sorted({name for each in attributes for name in each}))


def _is_attribute(name: str) -> bool:
    return name.startswith(ATTRIBUTE) and 0 < len(name) - len(ATTRIBUTE) <= LONGEST_NAME


def _cell(contact: Exported, column: str, own: set[str]) -> str:
    if column == _NUMBER:
        return "" if contact.phone is None else f"+{contact.phone}"
    if column == "sms_valid":
        return _validity(contact)
    if column == OTHERS:
        rest = {name: value for name, value in contact.attributes.items() if name not in own}
        return disarmed(json.encode(rest).decode()) if rest else ""
    if column.startswith(ATTRIBUTE):
        return disarmed(_plain(contact.attributes.get(column.removeprefix(ATTRIBUTE))))
    return disarmed(_plain(getattr(contact, column)))


def _validity(contact: Exported) -> str:
    if contact.sms_valid is not None:
        return "yes" if contact.sms_valid else "no"
    if contact.phone is None:
        return ""
    return "yes" if possible_mobile(contact.phone) else "no"


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return value if isinstance(value, str) else json.encode(value).decode()
