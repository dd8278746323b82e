"""What an action answers when it does not do what was asked: a value, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sayso.core.problems import Problem

Kind = Literal["forbidden", "not_found", "conflict", "invalid"]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed, and why; where a fault is `no_kept`, the no to texts alone was stored.

    `difference` says, on a conflict of two editors, what stands now.
    """

    kind: Kind
    problems: tuple[Problem, ...]
    difference: Mapping[str, object] = field(default_factory=dict)


def invalid(*problems: Problem) -> Refused:
    """What was asked for has these faults."""
    return Refused("invalid", problems)


def fault(name: str, code: str, message: str) -> Refused:
    """What was asked for has one fault."""
    return Refused("invalid", (Problem(name, code, message),))


def missing(name: str, what: str) -> Refused:
    """The thing that the address names does not exist in this workspace."""
    return Refused("not_found", (Problem(name, "not_found", f"There is no such {what} in this workspace."),))


def conflict(name: str, code: str, message: str) -> Refused:
    """It would contradict what stands already."""
    return Refused("conflict", (Problem(name, code, message),))
