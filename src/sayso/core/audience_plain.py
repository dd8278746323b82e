"""A segment's conditions as plain JSON: written, and read with every fault named by its path (R8.3).

`{"version": 1, "all": [{"about": "language", "test": "is", "value": "de"}, {"not": {"about": "list", …}}]}`:
a group is `all`, `any` or `not`, a condition has `about` and `test` and what those need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sayso.core.audience import (
    CHOICES,
    DAY,
    DEEPEST,
    IDENTIFIED,
    LONGEST_VALUE,
    MOST_CONDITIONS,
    MOST_DAYS,
    NAMED,
    NUMBER,
    TESTS,
    AllOf,
    AnyOf,
    Condition,
    Not,
    Tree,
)
from sayso.core.problems import Problem

VERSION = 1
LARGEST_ID = 2_147_483_647
_GROUPS = ("all", "any", "not")
_WITHOUT_VALUE = frozenset(
    {"number", "created", "block", "list", "texted", "wrote", "campaign", "opted_out", "clicked"}
)


def write(tree: Tree) -> dict[str, object]:
    """The tree as it is stored, and as `read` takes it."""
    return {"version": VERSION, **_plain(tree)}


def read(plain: object, root: str = "conditions") -> Tree | tuple[Problem, ...]:
    """The tree that was written, or all of its faults; `root` is what paths begin with."""
    if not isinstance(plain, Mapping):
        return (Problem(root, "form", "Give the conditions as an object with all, any or not."),)
    version = plain.get("version", VERSION)
    if version != VERSION or isinstance(version, bool):
        told = f"This is version {VERSION} of the conditions. Leave version out, or say {VERSION}."
        return (Problem(f"{root}.version", "version", told),)
    reader = _Reader()
    tree = reader.tree({key: value for key, value in plain.items() if key != "version"}, root, 1)
    if reader.conditions > MOST_CONDITIONS:
        told = f"There are {reader.conditions} conditions, and {MOST_CONDITIONS} are the most. Take some out."
        reader.fault(root, "too_many", told)
    return tuple(reader.problems) if tree is None or reader.problems else tree


def needs_value(about: str, test: str) -> bool:
    """Whether a condition of this kind compares with a value."""
    return about not in _WITHOUT_VALUE and test not in ("known", "unknown")


def needs_days(test: str) -> bool:
    """Whether a test counts days."""
    return test in ("within", "not_within")


def _plain(tree: Tree) -> dict[str, object]:
    if isinstance(tree, AllOf):
        return {"all": [_plain(one) for one in tree.of]}
    if isinstance(tree, AnyOf):
        return {"any": [_plain(one) for one in tree.of]}
    if isinstance(tree, Not):
        return {"not": _plain(tree.of)}
    said: dict[str, object] = {"about": tree.about, "test": tree.test}
    more = {"name": tree.name, "value": tree.value, "days": tree.days, "id": tree.id}
    return said | {key: value for key, value in more.items() if value}


@dataclass(slots=True)
class _Reader:
    """Reads one tree and gathers what is wrong with it."""

    conditions: int = 0
    problems: list[Problem] = field(default_factory=list)

    def fault(self, path: str, code: str, told: str) -> None:
        self.problems.append(Problem(path, code, told))

    def tree(self, plain: object, path: str, depth: int) -> Tree | None:
        """A group or a condition; None where it is faulty."""
        if not isinstance(plain, Mapping):
            self.fault(path, "form", "Give an object: a group (all, any, not) or a condition (about, test).")
            return None
        groups = [key for key in _GROUPS if key in plain]
        if not groups:
            self.conditions += 1
            return self.condition(plain, path)
        if len(plain) != 1:
            told = "A group has one key: all, any or not. Put what stands beside it into the group."
            self.fault(path, "form", told)
            return None
        if depth > DEEPEST:
            told = f"Groups stand within groups {DEEPEST} deep at most. Make it flatter."
            self.fault(path, "too_deep", told)
            return None
        return self.group(groups[0], plain[groups[0]], f"{path}.{groups[0]}", depth)

    def group(self, kind: str, plain: object, path: str, depth: int) -> Tree | None:
        """What stands in a group."""
        if kind == "not":
            inner = self.tree(plain, path, depth + 1)
            return None if inner is None else Not(inner)
        if not isinstance(plain, list) or not plain:
            self.fault(path, "form", "Give a list of at least one condition.")
            return None
        if len(plain) > MOST_CONDITIONS:
            told = f"There are {len(plain):,} here, and {MOST_CONDITIONS} are the most. Take some out."
            self.fault(path, "too_many", told)
            return None
        read = [self.tree(one, f"{path}[{place}]", depth + 1) for place, one in enumerate(plain)]
        whole = tuple(one for one in read if one is not None)
        return (AllOf if kind == "all" else AnyOf)(whole) if len(whole) == len(plain) else None

    def condition(self, plain: Mapping[object, object], path: str) -> Condition | None:
        """One condition: known, whole, and with nothing that it does not use."""
        about, test = plain.get("about"), plain.get("test")
        if not isinstance(about, str) or about not in TESTS:
            self.fault(f"{path}.about", "unknown", f"Say what it is about: one of {', '.join(TESTS)}.")
            return None
        if not isinstance(test, str) or test not in TESTS[about]:
            self.fault(f"{path}.test", "unknown", f"With {about} use one of {', '.join(TESTS[about])}.")
            return None
        before = len(self.problems)
        wanted = {
            "name": about in NAMED,
            "value": needs_value(about, test),
            "days": needs_days(test),
            "id": about in IDENTIFIED,
        }
        for key in plain:
            if key not in ("about", "test") and not wanted.get(str(key)):
                self.fault(f"{path}.{key}", "unused", f"{about} with {test} does not use this. Leave it out.")
        read = {
            key: getattr(self, f"_{key}")(plain.get(key), f"{path}.{key}", about, test)
            for key, is_wanted in wanted.items()
            if is_wanted
        }
        return Condition(about, test, **read) if len(self.problems) == before else None

    def _name(self, said: object, path: str, about: str, _: str) -> str:
        what = "the attribute" if about == "attribute" else "the category of consent"
        if not isinstance(said, str) or not 0 < len(said) <= LONGEST_VALUE or "\0" in said:
            self.fault(path, "form", f"Name {what}, in at most {LONGEST_VALUE} characters.")
            return ""
        return said

    def _value(self, said: object, path: str, about: str, test: str) -> str:
        text = str(said) if isinstance(said, int | float) and not isinstance(said, bool) else said
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST_VALUE or "\0" in text:
            self.fault(path, "form", f"Give a value of 1 to {LONGEST_VALUE} characters.")
            return ""
        if about in CHOICES and text not in CHOICES[about]:
            self.fault(path, "form", f"It is one of {', '.join(CHOICES[about])}.")
        if test in _FORMS and not _FORMS[test](text):
            self.fault(path, "form", _TOLD[test])
        return text

    def _days(self, said: object, path: str, *_: str) -> int:
        if isinstance(said, bool) or not isinstance(said, int) or not 1 <= said <= MOST_DAYS:
            self.fault(path, "form", f"Say how many days: a whole number from 1 to {MOST_DAYS:,}.")
            return 0
        return said

    def _id(self, said: object, path: str, about: str, _: str) -> int:
        if isinstance(said, bool) or not isinstance(said, int) or not 1 <= said <= LARGEST_ID:
            self.fault(path, "form", f"Choose the {about}, by its id.")
            return 0
        return said


def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    if DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_FORMS: Mapping[str, Callable[[str], bool]] = {
    "greater": _is_number,
    "less": _is_number,
    "before": _is_day,
    "after": _is_day,
}
_TOLD: Mapping[str, str] = {
    "greater": "Give a number, such as 5 or 19.90.",
    "less": "Give a number, such as 5 or 19.90.",
    "before": "Give a day as year, month and day: 2026-11-30.",
    "after": "Give a day as year, month and day: 2026-11-30.",
}
