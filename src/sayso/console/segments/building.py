"""A tree of conditions as a form: groups and rows by their paths, which works without a script (R8.3).

A node's path says where it stands: `0` is the whole, `0.2` the third thing in it. A group sends `kind-PATH`
(all, any, none), a row `about-PATH`, `test-PATH` and what those need. A button sends `do`: `add`, `group` or
`remove` with a path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sayso.console.segments import words
from sayso.core.audience import IDENTIFIED, NAMED, TESTS, AllOf, AnyOf, Condition, Not, Tree
from sayso.core.audience_plain import VERSION, needs_days, needs_value
from sayso.core.problems import Problem

ROOT = "0"
KINDS = ("all", "any", "none")
PARTS = ("about", "test", "name", "value", "days", "id")
# What a faulty request may send at most: the tree itself is held to less when it is read.
MOST_NODES = 300
LONGEST = 200


@dataclass(slots=True)
class Row:
    """One condition as it is written so far; all of it text."""

    about: str = "language"
    test: str = "is"
    name: str = ""
    value: str = ""
    days: str = ""
    id: str = ""
    path: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def said_tests(self) -> list[tuple[str, str]]:
        """The same with their words."""
        return [(test, words.TESTS[test]) for test in TESTS[self.about]]

    @property
    def standings(self) -> tuple[tuple[str, str], ...]:
        """The values of what has few, with their words."""
        return words.STANDINGS.get(self.about, ())

    @property
    def hint(self) -> str:
        """What a value looks like."""
        return words.HINTS.get(self.test) or words.HINTS.get(self.about, "")

    @property
    def wants(self) -> dict[str, bool]:
        """Which of the other fields it needs."""
        return {
            "name": self.about in NAMED,
            "value": needs_value(self.about, self.test),
            "days": needs_days(self.test),
            "id": self.about in IDENTIFIED,
        }


@dataclass(slots=True)
class Group:
    """Rows and groups, of which all, any, or none must hold."""

    kind: str = "all"
    of: list[Row | Group] = field(default_factory=list)
    path: str = ROOT
    faults: list[str] = field(default_factory=list)

    @property
    def within(self) -> bool:
        """Whether it stands in another group."""
        return self.path != ROOT

    @property
    def parts(self) -> list[tuple[Row | Group, bool]]:
        """What stands in it, each with whether it is a group."""
        return [(one, isinstance(one, Group)) for one in self.of]


def of_tree(tree: Tree) -> Group:
    """The form of a tree; the whole is a group always."""
    found = _node(tree)
    return numbered(found if isinstance(found, Group) else Group("all", [found]))


def posted(said: Mapping[str, str]) -> Group:
    """What a form sent; what is no such field is left out, and what is no group's is nobody's."""
    found: dict[tuple[int, ...], Row | Group] = {}
    for key in list(said)[: MOST_NODES * len(PARTS)]:
        kind, _, path = key.partition("-")
        place = _place(path)
        if place and kind == "kind":
            found[place] = Group(said[key] if said[key] in KINDS else "all")
        elif place and kind == "about" and said[key] in TESTS:
            found[place] = _row(said, path)
    for place in sorted(found):
        above = found.get(place[:-1])
        if place != (0,) and isinstance(above, Group):
            above.of.append(found[place])
    whole = found.get((0,))
    return numbered(whole if isinstance(whole, Group) else Group("all", [Row()]))


def done_to(whole: Group, asked: str) -> Group:
    """The form after a button: a row or a group more, or something less; the whole keeps a row."""
    verb, _, path = asked.partition(" ")
    for group in list(_groups(whole)):
        if verb == "add" and group.path == path:
            group.of.append(Row())
        elif verb == "group" and group.path == path:
            group.of.append(Group("any" if group.kind == "all" else "all", [Row()]))
        elif verb == "remove":
            group.of = [one for one in group.of if one.path != path]
    for group in reversed(list(_groups(whole))):
        group.of = [one for one in group.of if not isinstance(one, Group) or one.of]
    if not whole.of:
        whole.of.append(Row())
    return numbered(whole)


def plain(whole: Group) -> dict[str, object]:
    """The conditions as they are stored, faults and all."""
    return {"version": VERSION, **_plain(whole, "conditions", {})}


def told(whole: Group, problems: tuple[Problem, ...]) -> list[str]:
    """Put each fault beside its row or group; answers those that belong to none of them."""
    places: dict[str, Row | Group] = {}
    _plain(whole, "conditions", places)
    rest = []
    for problem in problems:
        above = [path for path in places if (problem.field + ".").startswith((f"{path}.", f"{path}["))]
        if above:
            places[max(above, key=len)].faults.append(problem.message)
        else:
            rest.append(problem.message)
    return rest


def numbered(whole: Group, path: str = ROOT) -> Group:
    """The same, every path anew."""
    whole.path = path
    for place, one in enumerate(whole.of):
        one.path = f"{path}.{place}"
        if isinstance(one, Group):
            numbered(one, one.path)
    return whole


def _node(tree: Tree) -> Row | Group:
    if isinstance(tree, Condition):
        days, key = str(tree.days or ""), str(tree.id or "")
        return Row(tree.about, tree.test, tree.name, tree.value, days, key)
    if isinstance(tree, AllOf | AnyOf):
        return Group("all" if isinstance(tree, AllOf) else "any", [_node(one) for one in tree.of])
    assert isinstance(tree, Not)  # noqa: S101 - there are no other trees
    if isinstance(tree.of, AnyOf) and len(tree.of.of) > 1:
        return Group("none", [_node(one) for one in tree.of.of])
    return Group("none", [_node(tree.of)])


def _row(said: Mapping[str, str], path: str) -> Row:
    about, test, name, value, days, key = (said.get(f"{part}-{path}", "").strip()[:LONGEST] for part in PARTS)
    known = TESTS[about]
    return Row(about, test if test in known else known[0], name, value, days, key)


def _place(path: str) -> tuple[int, ...]:
    pieces = path.split(".")
    whole = all(piece.isascii() and piece.isdecimal() and len(piece) < 4 for piece in pieces)
    return tuple(map(int, pieces)) if whole and len(pieces) < 20 else ()


def _groups(whole: Group) -> Iterator[Group]:
    yield whole
    for one in whole.of:
        if isinstance(one, Group):
            yield from _groups(one)


def _plain(one: Row | Group, path: str, places: dict[str, Row | Group]) -> dict[str, object]:
    places[path] = one
    if isinstance(one, Row):
        return _condition(one)
    if one.kind == "none" and len(one.of) == 1:
        return {"not": _plain(one.of[0], f"{path}.not", places)}
    kind = "any" if one.kind == "none" else one.kind
    inner = f"{path}.not.{kind}" if one.kind == "none" else f"{path}.{kind}"
    of = [_plain(each, f"{inner}[{place}]", places) for place, each in enumerate(one.of)]
    return {"not": {kind: of}} if one.kind == "none" else {kind: of}


def _condition(row: Row) -> dict[str, object]:
    said: dict[str, object] = {"about": row.about, "test": row.test}
    for part, wanted in row.wants.items():
        text = getattr(row, part)
        if wanted:
            said[part] = int(text) if part in ("days", "id") and text.isdecimal() and len(text) < 12 else text
    return said
