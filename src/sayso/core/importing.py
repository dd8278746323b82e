"""What the columns of a list become, and one row as a contact or as reasons why not (R8.1, R8.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from msgspec import UNSET
from msgspec.structs import replace

from sayso.core import contact_record
from sayso.core.attributes import LONGEST_NAME, LONGEST_VALUE, MOST
from sayso.core.contact_record import ContactWanted, Read
from sayso.core.import_files import Record
from sayso.core.import_words import FIELDS, NAMES, NO, UNKNOWN, YES
from sayso.core.problems import Problem

ATTRIBUTE = "attributes."
LEFT_OUT = ""
LONGEST_CELL = LONGEST_VALUE
TARGETS = ("external_id", "phone", "email", "language", "time_zone", "country", "sms_consent", "sms_valid")
_RARE = frozenset(TARGETS) - {"external_id", "phone", "email"}
_TRUTHS: Mapping[str, str] = {
    **dict.fromkeys(YES, "yes"),
    **dict.fromkeys(NO, "no"),
    **dict.fromkeys(UNKNOWN, "unknown"),
}
# What our own files of contacts tell beside what can be said anew; an import of such a file must not make
# attributes of it, each time around one more layer of them.
_TOLD = frozenset({"created_at", "updated_at", "attributes"})
# What people write for it; the standard keeps UK free for that.
_COUNTRIES = {"UK": "GB"}


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column becomes: a field, `attributes.NAME`, nothing. `home` reads national numbers."""

    targets: tuple[str, ...]
    home: str

    @property
    def keyed(self) -> bool:
        """Whether rows bring an external id; without it the number is the key."""
        return "external_id" in self.targets


def suggest(columns: Sequence[str]) -> tuple[str, ...]:
    """What columns of these names are likely to be; a field is suggested once, its best name first."""
    folded = [fold(name) for name in columns]
    found: dict[int, str] = {}
    for target, names in FIELDS.items():
        places = [folded.index(name) for name in names if name in folded]
        free = [place for place in places if place not in found]
        if free:
            found[free[0]] = target
    return tuple(found.get(place, _otherwise(name)) for place, name in enumerate(columns))


def faults(targets: Sequence[str], columns: Sequence[str]) -> list[Problem]:
    """What is wrong with a mapping; empty where rows can be read by it."""
    if len(targets) != len(columns):
        return [Problem("mapping", "count", f"The file has {len(columns)} columns; say what each becomes.")]
    found = [_fault(target) for target in targets]
    said = [target for target in targets if target]
    twice = sorted({target for target in said if said.count(target) > 1})
    if twice:
        found.append(Problem("mapping", "twice", f"Two columns cannot both become {', '.join(twice)}."))
    brought = sum(target.startswith(ATTRIBUTE) for target in said)
    if brought > MOST:
        sentence = (
            f"A contact takes at most {MOST} attributes at a time, and these are {brought}. Leave some out."
        )
        found.append(Problem("mapping", "too_many", sentence))
    if not {"phone", "external_id"} & set(said):
        sentence = "Choose the column with the mobile number, or the one with your external id."
        found.append(Problem("mapping", "no_key", sentence))
    return [problem for problem in found if problem]


def understood(record: Record, mapping: Columns) -> Read:
    """One row as a contact, with its faults; what is blank is not said, so it keeps what stands."""
    wanted, problems = _wanted(record, mapping)
    read = contact_record.read(wanted, mapping.home)
    if not mapping.keyed:
        if isinstance(read.phone, int):
            read = replace(read, wanted=replace(wanted, external_id=f"+{read.phone}"))
        elif not problems and not read.problems:
            problems = (*problems, Problem("phone", "missing", "No number stands in this row."))
    return replace(read, problems=(*problems, *read.problems)) if problems else read


def fold(name: str) -> str:
    """A column's name without case, accents, blanks and signs."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def _wanted(record: Record, mapping: Columns) -> tuple[ContactWanted, tuple[Problem, ...]]:
    if record.fault:
        return ContactWanted("-", line=record.line), (Problem("", "unreadable", record.fault),)
    problem = _unfit(record, mapping)
    if problem:
        return ContactWanted("-", line=record.line), (problem,)
    fields, names = _places(mapping.targets)
    cells = record.cells
    if len(cells) < len(mapping.targets):
        cells = [*cells, *[""] * (len(mapping.targets) - len(cells))]
    said = {field: value for place, field in fields if (value := cells[place].strip())}
    attributes: dict[str, object] = {name: value for place, name in names if (value := cells[place].strip())}
    missing = () if "external_id" in said or not mapping.keyed else (_NO_ID,)
    return _contact(said, attributes, record.line), missing


_NO_ID = Problem("external_id", "missing", "No external id stands in this row.")
Places = tuple[tuple[int, str], ...]


@lru_cache(maxsize=64)
def _places(targets: tuple[str, ...]) -> tuple[Places, Places]:
    """Where fields stand in a row, and where attributes do: asked for each of a million rows."""
    placed = tuple((place, target) for place, target in enumerate(targets) if target)
    return (
        tuple(each for each in placed if not each[1].startswith(ATTRIBUTE)),
        tuple((place, name.removeprefix(ATTRIBUTE)) for place, name in placed if name.startswith(ATTRIBUTE)),
    )


def _contact(said: Mapping[str, str], attributes: Mapping[str, object], line: int) -> ContactWanted:
    if _RARE.isdisjoint(said):
        return ContactWanted(
            said.get("external_id", "-"),
            said.get("phone", UNSET),
            said.get("email", UNSET),
            attributes=attributes or UNSET,
            line=line,
        )
    language, country, valid = said.get("language"), said.get("country"), said.get("sms_valid")
    return ContactWanted(
        said.get("external_id", "-"),
        said.get("phone", UNSET),
        said.get("email", UNSET),
        _language(language) if language else UNSET,
        said.get("time_zone", UNSET),
        _COUNTRIES.get(country.upper(), country.upper()) if country else UNSET,
        attributes or UNSET,
        _word(said["sms_consent"]) if "sms_consent" in said else UNSET,
        _word(valid) == "yes" if valid and _word(valid) in {"yes", "no"} else UNSET,
        line=line,
    )


def _unfit(record: Record, mapping: Columns) -> Problem | None:
    cells, columns = record.cells, len(mapping.targets)
    if len(cells) > columns and any(map(str.strip, cells[columns:])):
        sentence = (
            f"This row has {len(cells)} cells where the file has {columns} columns. A cell that holds the "
            "delimiter needs quotation marks around it."
        )
        return Problem("", "cells", sentence)
    if "\0" in record.written or not _storable(record.written):
        return Problem("", "letters", "Some letters of this row cannot be read. Save the file as UTF-8.")
    if len(record.written) > LONGEST_CELL and max(map(len, cells), default=0) > LONGEST_CELL:
        return Problem("", "too_long", f"A cell of this row has more than {LONGEST_CELL:,} characters.")
    return None


def _storable(written: str) -> bool:
    if written.isascii():
        return True
    try:
        written.encode()
    except UnicodeEncodeError:
        return False
    return True


def _word(said: str) -> str:
    """A yes or no in people's languages; anything else as it is, for the reader to refuse."""
    return _TRUTHS.get(said.casefold(), said)


def _language(said: str) -> str:
    first, mark, rest = said.replace("_", "-").partition("-")
    return f"{first.lower()}{mark}{rest}"


def _fault(target: str) -> Problem | None:
    if target in TARGETS or target == LEFT_OUT:
        return None
    name = target.removeprefix(ATTRIBUTE)
    if name == target:
        return Problem("mapping", "unknown", f"There is no field {target[:60]}.")
    if not name.strip() or len(name) > LONGEST_NAME or "\0" in name:
        return Problem("mapping", "name", f"The name of an attribute has 1 to {LONGEST_NAME} characters.")
    return None


def _otherwise(column: str) -> str:
    return LEFT_OUT if column in _TOLD else _attribute(column)


def _attribute(column: str) -> str:
    folded = fold(column)
    known = next((name for name, words in NAMES.items() if folded in words), "")
    return ATTRIBUTE + (known or "_".join(column.casefold().split())[:LONGEST_NAME])
