"""A tree of conditions as one parameterised statement, out of the fragments of `sql/audience.sql` (R8.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from psycopg import sql
from psycopg.sql import Composable

from sayso.core import audience
from sayso.core.audience import OPPOSITES, AllOf, AnyOf, Condition, Not, Tree, conditions
from sayso.core.hands import HANDS
from sayso.core.ids import first_id
from sayso.storage.queries import load

SQL = load("audience")
EVER = datetime.min.replace(tzinfo=UTC)
_COLUMNS = frozenset({"country", "time_zone", "email", "external_id"})
_CODES = frozenset({"country", "time_zone"})
# What is asked of another table: its column that says who, and the contact's.
_SETS = {
    **dict.fromkeys(("block", "texted", "wrote", "campaign", "opted_out", "clicked"), ("phone", "phone")),
    "list": ("contact_id", "id"),
}
_WORKSPACE = sql.SQL("%(workspace_id)s::int")
_Parts = list[tuple[Tree, bool]]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: of this workspace, by these conditions as they are at `now`."""

    workspace_id: int
    tree: Tree
    now: datetime


def whole(query: str, asked: Audience) -> tuple[bytes, dict[str, object]]:
    """A statement over all contacts of a large workspace, with its parameters: tables are joined."""
    return _compiled(query, _Joining(asked))


def sliced(query: str, asked: Audience) -> tuple[bytes, dict[str, object]]:
    """A statement over few contacts, with its parameters: each is looked up by index."""
    return _compiled(query, _LookingUp(asked))


def _compiled(query: str, compiler: _Compiler) -> tuple[bytes, dict[str, object]]:
    condition = compiler.whole()
    joins = sql.SQL(" ").join(compiler.joins.values())
    shapes = {name: sql.Placeholder(name) for name in ("after_phone", "after_contact", "until", "limit")}
    statement = _fragment(query).format(condition=condition, joins=joins, workspace=_WORKSPACE, **shapes)
    said = compiler.said | {"workspace_id": compiler.asked.workspace_id}
    return statement.as_string(None).encode(), said


def _fragment(name: str) -> sql.SQL:
    return sql.SQL(SQL[name].decode())


@dataclass(slots=True)
class _Compiler:
    """Turns a tree into SQL, and gathers its parameters in `said`, and in `joins` what stands beside `c`."""

    asked: Audience
    said: dict[str, object] = field(default_factory=dict)
    joins: dict[object, Composable] = field(default_factory=dict)

    def whole(self) -> Composable:
        """That the whole tree holds."""
        return self.tree(self.asked.tree)

    def tree(self, tree: Tree, *, holds: bool = True, alone: bool = True) -> Composable:
        """That it holds, or does not; `alone`: nobody meets the whole of whom this is not so."""
        if isinstance(tree, Not):
            return self.tree(tree.of, holds=not holds, alone=alone)
        if isinstance(tree, Condition):
            positive = self.condition(tree, alone=alone)
            return positive if holds != (tree.test in OPPOSITES) else _opposite(positive)
        if isinstance(tree, AnyOf) == holds and len(tree.of) > 1:
            return self.any_of(list(_alternatives(tree, holds=holds)), alone=alone)
        return _joint(" AND ", [self.tree(each, holds=holds, alone=alone) for each in tree.of])

    def any_of(self, of: _Parts, *, alone: bool) -> Composable:
        """That one of them at least is so; nothing among them is an alternative itself."""
        return _joint(" OR ", [self.tree(each, holds=holds, alone=False) for each, holds in of])

    def condition(self, asked: Condition, *, alone: bool) -> Composable:
        """The positive of a condition."""
        if asked.about == "consent":
            return self.consent(asked)
        if asked.about in _SETS:
            return self.among([asked], alone=alone)
        return self.fragment_of(asked)

    def fragment_of(self, asked: Condition) -> Composable:
        """The fragment that a condition is, with its parameters."""
        name, values = _shape(asked, OPPOSITES.get(asked.test, asked.test), self.asked.now)
        fitted = {key: self.parameter(value) for key, value in values.items()}
        if asked.about in _COLUMNS:
            fitted["column"] = sql.Identifier("c", asked.about)
        return _fragment(name).format(**fitted, workspace=_WORKSPACE)

    def consent(self, asked: Condition) -> Composable:
        """Where consent stands: the words of the contact, and of its number alone."""
        reaching = dict.fromkeys(("*", asked.name))
        words = [self.word(who, category) for who in ("c.id", "0") for category in reaching]
        words.append(self.word("0", HANDS))
        newest = _newest([_fragment("moment").format(alias=word) for word in words])
        of_state = _fragment("moment_of")
        states = {
            state: _newest([of_state.format(alias=word, state=sql.Literal(state)) for word in words])
            for state in ("accept", "reject", "pending", "ended")
        }
        doubted = _joint(" OR ", [_fragment("is_doubt").format(alias=word) for word in words])
        return _fragment(f"consent_{asked.value}").format(newest=newest, doubted=doubted, **states)

    def word(self, who: str, category: str) -> sql.Identifier:
        """The name of the row that is a word of consent; it stands beside the contact once."""
        order = list(self.joins).index((who, category)) if (who, category) in self.joins else len(self.joins)
        alias = sql.Identifier(f"j{order}")
        if (who, category) not in self.joins:
            fitted = {"alias": alias, "who": sql.SQL(who), "name": self.parameter(category)}
            self.joins[who, category] = self.fragment_of_word().format(**fitted, workspace=_WORKSPACE)
        return alias

    def parameter(self, value: object) -> Composable:
        """The place of a value."""
        name = f"p{len(self.said)}"
        self.said[name] = value
        return sql.Placeholder(name)

    def fragment_of_word(self) -> sql.SQL:
        """How a word of consent is found."""
        raise NotImplementedError

    def among(self, asked: list[Condition], *, alone: bool) -> Composable:
        """That the contact is in one of these sets, all of them of numbers or all of contacts."""
        raise NotImplementedError


class _LookingUp(_Compiler):
    """Each contact is looked up."""

    __slots__ = ()

    def fragment_of_word(self) -> sql.SQL:
        return _fragment("word_looked_up")

    def among(self, asked: list[Condition], *, alone: bool) -> Composable:
        met = [
            _fragment("looked_up").format(
                found=self.fragment_of(one),
                theirs=sql.Identifier(_SETS[one.about][0]),
                ours=sql.Identifier(_SETS[one.about][1]),
            )
            for one in asked
        ]
        return _joint(" OR ", met)


class _Joining(_Compiler):
    """Tables are read at once; sets of which one is enough are one set."""

    __slots__ = ()

    def whole(self) -> Composable:
        """What attributes say is asked of those alone who are in every set that all must be in."""
        parts = self.asked.tree.of if isinstance(self.asked.tree, AllOf) else ()
        sets = [each for each in parts if _is_membership(each)]
        dear = [each for each in parts if _is_dear(each)]
        if not sets or not dear:
            return self.tree(self.asked.tree)
        held = _joint(" AND ", [self.tree(each, alone=False) for each in sets])
        said = _joint(" AND ", [self.tree(each) for each in dear])
        others = [self.tree(each) for each in parts if each not in sets and each not in dear]
        return _joint(" AND ", [held, _fragment("of_members").format(held=held, said=said), *others])

    def any_of(self, of: _Parts, *, alone: bool) -> Composable:
        sets: dict[str, list[Condition]] = {}
        others: _Parts = []
        for each, holds in of:
            if isinstance(each, Condition) and each.about in _SETS and holds != (each.test in OPPOSITES):
                sets.setdefault(_SETS[each.about][1], []).append(each)
            else:
                others.append((each, holds))
        is_whole = alone and not others and len(sets) == 1
        met = [self.among(asked, alone=is_whole) for asked in sets.values()]
        return _joint(" OR ", [*met, *(self.tree(each, holds=holds, alone=False) for each, holds in others)])

    def fragment_of_word(self) -> sql.SQL:
        return _fragment("word_joined")

    def among(self, asked: list[Condition], *, alone: bool) -> Composable:
        found = sql.SQL(" UNION ALL ").join([self.fragment_of(one) for one in asked])
        ours = sql.Identifier(_SETS[asked[0].about][1])
        if alone:
            return _fragment("met").format(found=found, ours=ours)
        alias = sql.Identifier(f"j{len(self.joins)}")
        self.joins[alias.as_string(None)] = _fragment("set_joined").format(
            found=found, alias=alias, ours=ours
        )
        return _fragment("is_joined").format(alias=alias)


def _is_membership(tree: Tree) -> bool:
    return isinstance(tree, Condition) and tree.about in _SETS and tree.test not in OPPOSITES


def _is_dear(tree: Tree) -> bool:
    """Whether an attribute is asked for, and no other table."""
    asked = {one.about for one in conditions(tree)}
    return "attribute" in asked and "consent" not in asked and not asked & _SETS.keys()


def _alternatives(tree: Tree, *, holds: bool) -> Iterator[tuple[Tree, bool]]:
    """What any one of suffices for the tree to hold, or not to; alternatives within it are of them."""
    if isinstance(tree, Not):
        yield from _alternatives(tree.of, holds=not holds)
    elif not isinstance(tree, Condition) and isinstance(tree, AnyOf) == holds:
        for each in tree.of:
            yield from _alternatives(each, holds=holds)
    else:
        yield tree, holds


def _joint(word: str, parts: Sequence[Composable]) -> Composable:
    return sql.SQL("({})").format(sql.SQL(word).join(parts))


def _newest(moments: list[Composable]) -> Composable:
    return _fragment("newest").format(moments=sql.SQL(", ").join(moments))


def _opposite(positive: Composable) -> Composable:
    return sql.SQL("NOT ({})").format(positive)


def _shape(asked: Condition, test: str, now: datetime) -> tuple[str, dict[str, object]]:
    """Which fragment a condition is, and the values that stand in it."""
    if asked.about == "attribute":
        return f"attribute_{test}", _attribute_values(asked, test)
    if test in ("ever", "within"):
        since = audience.since(asked.days, now) if test == "within" else EVER
        if asked.about == "created":
            return "created_within", {"since": since}
        if asked.about == "campaign":
            return "campaign_ever", {"id": asked.id, "first_id": max(first_id(since), 0)}
        return f"{asked.about}_ever", {"since": since}
    if asked.about == "list":
        return "list_on", {"id": asked.id}
    fold = asked.value if asked.about == "language" else audience.folded(asked.value)
    values: dict[str, object] = {"value": fold} if asked.value else {}
    if asked.about in _CODES:
        return ("code_is" if test == "is" else "text_known"), dict.fromkeys(values, asked.value)
    return f"{'text' if asked.about in _COLUMNS else asked.about}_{test}", values


def _attribute_values(asked: Condition, test: str) -> dict[str, object]:
    values: dict[str, object] = {"name": asked.name}
    is_number = audience.NUMBER.fullmatch(asked.value) is not None
    if test in ("is", "greater", "less"):
        values["number"] = asked.value if is_number else None
    if test in ("is", "contains", "begins_with", "before", "after"):
        values["value"] = audience.folded(asked.value)
    return values
