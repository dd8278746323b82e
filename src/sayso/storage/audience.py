"""Segments asked of the database: who meets a tree of conditions (R8.3).

A tree becomes one parameterised statement out of the fragments of `sql/audience.sql`; what it means is said
by `core.audience.matches`, and a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from psycopg import sql
from psycopg.sql import Composable

from sayso.core import audience
from sayso.core.audience import OPPOSITES, AllOf, AnyOf, Condition, Not, Tree
from sayso.core.campaigns import Recipient
from sayso.core.ids import first_id
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("audience")
EVER = datetime.min.replace(tzinfo=UTC)
_COLUMNS = frozenset({"country", "time_zone", "email", "external_id"})
_CODES = frozenset({"country", "time_zone"})
_PARTS = ("doubted", "overruled", "number_overruled", "accepted", "newest")
_LOOKUP = "OFFSET 0"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: of this workspace, by these conditions as they are at `now`."""

    workspace_id: int
    tree: Tree
    now: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """How many contacts, and how many of them have a number."""

    contacts: int
    with_number: int


@dataclass(frozen=True, slots=True)
class Met:
    """One of those who meet conditions, as far as people tell each other apart."""

    id: int
    external_id: str | None
    phone: int | None
    email: str | None


async def count(conn: Connection, asked: Audience) -> Counted:
    """How many contacts meet the conditions; reads the workspace's contacts once."""
    await make_room(conn, asked)
    query, said = whole("count", asked)
    found = await one(conn, Counted, query, said)
    assert found is not None  # noqa: S101 - a count returns its row
    return found


async def first(conn: Connection, asked: Audience, limit: int) -> list[Met]:
    """The first few contacts that meet the conditions, oldest first."""
    await make_room(conn, asked)
    query, said = whole("first", asked)
    return await many(conn, Met, query, said | {"limit": limit})


async def recipients(
    conn: Connection, asked: Audience, after: tuple[int, int], limit: int
) -> list[Recipient]:
    """The next who meet the conditions and have a number, after this number and contact, in that order."""
    query, said = sliced("recipients", asked)
    more = {"after_phone": after[0], "after_contact": after[1], "limit": limit}
    return await many(conn, Recipient, query, said | more)


async def without_number(conn: Connection, asked: Audience) -> int:
    """How many meet the conditions and have no number at all."""
    query, said = sliced("without_number", asked)
    return await number(conn, query, said) or 0


async def unnumbered(conn: Connection, asked: Audience, limit: int) -> list[int]:
    """Some of those: contacts."""
    query, said = sliced("unnumbered", asked)
    return [row[0] for row in await (await conn.execute(query, said | {"limit": limit})).fetchall()]


async def make_room(conn: Connection, asked: Audience) -> None:
    """Let the rest of this transaction read a whole workspace at once."""
    asks_consent = any(one.about == "consent" for one in audience.conditions(asked.tree))
    await run(conn, SQL["room"], {"workspace_id": asked.workspace_id, "asks_consent": asks_consent})


def whole(query: str, asked: Audience) -> tuple[bytes, dict[str, object]]:
    """A statement over all contacts of a workspace, with its parameters: tables are joined."""
    return _compiled(query, asked, "")


def sliced(query: str, asked: Audience) -> tuple[bytes, dict[str, object]]:
    """A statement over few contacts, with its parameters: each is looked up by index."""
    return _compiled(query, asked, _LOOKUP)


def _compiled(query: str, asked: Audience, lookup: str) -> tuple[bytes, dict[str, object]]:
    compiler = _Compiler(asked.now, sql.SQL(lookup), {"workspace_id": asked.workspace_id})
    shapes = {name: sql.Placeholder(name) for name in ("after_phone", "after_contact", "until", "limit")}
    condition = compiler.tree(asked.tree)
    statement = _fragment(query).format(condition=condition, workspace=_WORKSPACE, **shapes)
    return statement.as_string(None).encode(), compiler.said


_WORKSPACE = sql.SQL("%(workspace_id)s::int")


def _fragment(name: str) -> sql.SQL:
    return sql.SQL(SQL[name].decode())


@dataclass(slots=True)
class _Compiler:
    """Turns one tree into SQL and gathers its parameters in `said`."""

    now: datetime
    lookup: Composable
    said: dict[str, object] = field(default_factory=dict)

    def tree(self, tree: Tree) -> Composable:
        if isinstance(tree, AllOf | AnyOf):
            joint = sql.SQL(" AND " if isinstance(tree, AllOf) else " OR ")
            return sql.SQL("({})").format(joint.join([self.tree(one) for one in tree.of]))
        if isinstance(tree, Not):
            return sql.SQL("(NOT {})").format(self.tree(tree.of))
        positive = self.condition(tree, OPPOSITES.get(tree.test, tree.test))
        return sql.SQL("NOT ({})" if tree.test in OPPOSITES else "{}").format(positive)

    def condition(self, asked: Condition, test: str) -> Composable:
        if asked.about == "consent":
            return self.consent(asked)
        name, values = _shape(asked, test, self.now)
        fitted = {key: self.parameter(value) for key, value in values.items()}
        if asked.about in _COLUMNS:
            fitted["column"] = sql.Identifier("c", asked.about)
        return _fragment(name).format(**fitted, workspace=_WORKSPACE, lookup=self.lookup)

    def consent(self, asked: Condition) -> Composable:
        fitted = {"name": self.parameter(asked.name), "workspace": _WORKSPACE, "lookup": self.lookup}
        parts = {part: _fragment(part).format(**fitted) for part in _PARTS}
        return _fragment(f"consent_{asked.value}").format(**parts, **fitted)

    def parameter(self, value: object) -> Composable:
        name = f"p{len(self.said)}"
        self.said[name] = value
        return sql.Placeholder(name)


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
