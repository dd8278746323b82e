"""What a text takes for some of those who may get it: the longest, the shortest, who comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sayso.console.lenses.contacts import Contact
from sayso.core.mms import PARTS
from sayso.core.rendering import Missing
from sayso.core.segments import count

Written = Callable[[Contact], str | Missing]


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody, and what the text takes for them."""

    key: str
    units: int
    parts: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of the audience, in turn; `longest` and `shortest` are of those who can be written to."""

    keys: Sequence[str]
    longest: Case | None
    shortest: Case | None
    unwritten: int

    @property
    def differs(self) -> bool:
        """Whether it matters who reads it."""
        if self.longest is None or self.shortest is None:
            return False
        return (self.longest.units, self.longest.parts) != (self.shortest.units, self.shortest.parts)

    def beside(self, chosen: str, step: int) -> str:
        """Who comes before (-1) or after (1) the one that is chosen; the ends meet."""
        if not self.keys:
            return chosen
        at = self.keys.index(chosen) if chosen in self.keys else (-1 if step > 0 else 0)
        return self.keys[(at + step) % len(self.keys)]


def of(people: Mapping[str, Contact], written: Written, pictured: Callable[[Contact], bool]) -> Sample:
    """Write the text for each of these; with a picture (`pictured`) it is one part."""
    cases, unwritten = [], 0
    for key, contact in people.items():
        said = written(contact)
        if isinstance(said, Missing):
            unwritten += 1
            continue
        taken = count(said)
        cases.append(Case(key, taken.units, PARTS if pictured(contact) else taken.parts))
    by_length = sorted(cases, key=lambda case: (case.parts, case.units))
    return Sample(
        tuple(people),
        by_length[-1] if by_length else None,
        by_length[0] if by_length else None,
        unwritten,
    )
