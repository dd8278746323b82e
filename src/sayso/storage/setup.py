"""What lines and processes say, whole, as the engine keeps it in memory until its version changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from msgspec.structs import replace
from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from sayso.core.lines import LineRecord, Listening, NumberRecord, WorkspaceWords, build_line, build_number
from sayso.core.messages import Number, Process
from sayso.core.phones import canonical_sender
from sayso.core.text import fold
from sayso.storage.pool import Connection
from sayso.storage.queries import load


@dataclass(frozen=True, slots=True)
class Setup:
    """Every number with its lines, at one version of the configuration."""

    version: int
    numbers: dict[tuple[int, str], Number] = field(default_factory=dict)

    def number(self, connection_id: int, recipient: str) -> Number | None:
        """The number that was texted, however the provider writes it."""
        return self.numbers.get((connection_id, recipient)) or self.numbers.get(
            (connection_id, _key(recipient))
        )


async def ask_version(conn: Connection) -> AsyncCursor[TupleRow]:
    """Ask for the configuration's version, which rises with every change, in the change's own transaction."""
    return await conn.execute(load("setup")["version"], prepare=True)


async def version(asked: AsyncCursor[TupleRow]) -> int:
    """The version that was asked for; in a pipeline it came with the answer to whatever was asked since."""
    row = await asked.fetchone()
    return int(row[0]) if row else 0


Answers = Callable[[str, Mapping[str, object], str], str]
"""What a provider answers by itself: by kind of connection, its settings, kind of number (R5.8)."""


async def read(conn: Connection, answers: Answers) -> Setup:
    """The whole configuration; `conn` is the engine's, `answers` its catalogue's word on providers."""
    at = await version(await ask_version(conn))
    rows = {name: await (await conn.execute(query)).fetchall() for name, query in load("setup").items()}
    listening = _listening(rows["processes"])
    words = _words(rows)
    lines: defaultdict[int, list[tuple[LineRecord, WorkspaceWords, list[Listening]]]] = defaultdict(list)
    for workspace, id_, number_id, keyword, language, withdrawn, *event in rows["lines"]:
        heard = [] if withdrawn else listening[workspace, id_]
        line = LineRecord(workspace, id_, keyword, language, withdrawn)
        lines[number_id].append((line, words(workspace, *event), heard))
    numbers = {}
    for row in rows["numbers"]:
        id_, connection, number, kind, country, help_answer, provider, settings = row
        answered = answers(provider, settings, kind)
        record = NumberRecord(id_, connection, number, kind, country, answered, help_answer)
        built = [(build_line(record, line, each, said), each) for line, said, each in lines[record.id]]
        terms = [term for _, said, _ in lines[record.id] for term in said.terms]
        numbers[record.connection_id, record.number] = build_number(record, built, terms)
    numbers |= _elsewhere(numbers, rows["stand_ins"])
    return Setup(at, numbers | _standing_in(numbers, rows["stand_ins"]))


def _elsewhere(
    numbers: Mapping[tuple[int, str], Number], rows: list[TupleRow]
) -> dict[tuple[int, str], Number]:
    """Shared codes that are one to a telephone: one stands in for the other, or did; each knows the rest."""
    same: dict[tuple[int, str], frozenset[tuple[int, str]]] = {}
    for other, connection, number, *_ in rows:
        pair = [key for key in ((other, number), (connection, number)) if numbers[key].shared]
        # Not all of the same digits: what stands in for neither may be another country's.
        joined = frozenset(pair).union(*(same.get(key, ()) for key in pair))
        same.update(dict.fromkeys(joined, joined))
    return {
        key: replace(numbers[key], elsewhere=tuple(sorted(numbers[each].id for each in joined - {key})))
        for key, joined in same.items()
    }


def _standing_in(
    numbers: Mapping[tuple[int, str], Number], rows: list[TupleRow]
) -> dict[tuple[int, str], Number]:
    """Numbers that stand in for others, or did: what is texted to them is for those (R9.10).

    Where it is for somebody else by now, a stop still reaches whoever texted from the others.
    """
    stood: defaultdict[tuple[int, str], list[tuple[Number, bool]]] = defaultdict(list)
    for other, connection, number, is_for_it, _ in rows:
        stood[other, number].append((numbers[connection, number], is_for_it))
    heard = {}
    for key, found in stood.items():
        whose = next((number for number, is_for_it in reversed(found) if is_for_it), numbers[key])
        others = {number.id: number for number, _ in found if number is not whose}.values()
        past = [line for number in others for line in (*number.lines, *number.past)]
        withdrawn = [replace(line, processes={}, withdrawn=True) for line in past]
        # Who writes the name of one of these on a shared code means it; today's names come first.
        named = {fold(line.provider_keyword).squeezed: line for line in withdrawn if line.provider_keyword}
        heard[key] = replace(whose, past=(*whose.past, *withdrawn), by_keyword={**named, **whose.by_keyword})
    return heard


def _listening(rows: list[TupleRow]) -> defaultdict[tuple[int, int], list[Listening]]:
    found: defaultdict[tuple[int, int], list[Listening]] = defaultdict(list)
    for (
        workspace,
        line,
        id_,
        type_,
        name,
        mode,
        predefined,
        scope,
        categories,
        template,
        keywords,
        messages,
    ) in rows:
        process = Process(id_, type_, name, scope, tuple(categories), template, messages)
        found[workspace, line].append(Listening(process, tuple(keywords), mode, predefined or ""))
    return found


def _words(rows: dict[str, list[TupleRow]]) -> Callable[[int, str, dict[str, str]], WorkspaceWords]:
    terms: dict[int, list[str]] = dict(rows["terms"])
    rejects: dict[int, list[str]] = dict(rows["rejects"])
    allowed: dict[int, list[str]] = dict(rows["unknown_confirmations"])

    def of(workspace: int, event_name: str, event_properties: dict[str, str]) -> WorkspaceWords:
        return WorkspaceWords(
            terms=tuple(terms.get(workspace, ())),
            rejects=tuple(rejects.get(workspace, ())),
            event_name=event_name,
            event_properties=event_properties,
            unknown_confirmations=frozenset(allowed.get(workspace, ())),
        )

    return of


@lru_cache(maxsize=4096)
def _key(recipient: str) -> str:
    number = canonical_sender(recipient, None)
    return str(number) if number is not None else recipient.lstrip("+")
