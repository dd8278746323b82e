"""What a number and its lines listen for, built once from what is stored and kept until it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sayso.core.because import Step
from sayso.core.effects import File
from sayso.core.keywords import Entry, Matcher, kind_of, predefined, terms
from sayso.core.messages import Line, Number, Process
from sayso.core.modes import MODES, WORD
from sayso.core.text import fold


@dataclass(frozen=True, slots=True)
class Listening:
    """A started process with how it listens; `predefined_mode` empty keeps the words' own modes (R4.13)."""

    process: Process
    keywords: tuple[str, ...] = ()
    match_mode: str = "word"
    predefined_mode: str = ""

    def entries(self) -> tuple[Entry, ...]:
        """Its custom keywords as the matcher takes them."""
        mode = MODES.get(self.match_mode, WORD)
        kind = kind_of(self.process.type)
        return tuple(Entry(keyword, mode, kind, self.process.id) for keyword in self.keywords)


@dataclass(frozen=True, slots=True)
class WorkspaceWords:
    """What a workspace's settings add to each of its lines."""

    terms: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()
    event_name: str = "campaign"
    event_properties: Mapping[str, str] = field(default_factory=dict)
    unknown_confirmations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line as it is stored."""

    workspace_id: int
    id: int
    provider_keyword: str = ""
    language: str = "en"
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class NumberRecord:
    """An inbound number as it is stored."""

    id: int
    connection_id: int
    number: str
    kind: str
    country: str
    provider_answers: str = "none"
    help_answer: str = ""


def build_line(
    number: NumberRecord, line: LineRecord, listening: Sequence[Listening], words: WorkspaceWords
) -> Line:
    """A line that listens: its processes' keywords and the workspace's terms over the floor (R4.9).

    A withdrawn one listens to terms and floor alone.
    """
    listening = () if line.withdrawn else listening
    name = line_name(number.number, number.kind, line.provider_keyword)
    return Line(
        workspace_id=line.workspace_id,
        id=line.id,
        name=name,
        provider_keyword=line.provider_keyword,
        language=line.language,
        matcher=Matcher(
            (*_custom(listening), *terms(words.terms)),
            over=predefined(number.country, _mode_of(listening, "unsubscribe"), _mode_of(listening, "help")),
        ),
        unclaimed=(Step("R4.15", f"No process on {name} takes it: it waits in the inbox."),),
        waits=File(line.workspace_id, line.id, "inbox", needs_answer=True),
        processes={each.process.id: each.process for each in listening},
        rejects=words.rejects,
        event_name=words.event_name,
        event_properties=words.event_properties,
        unknown_confirmations=words.unknown_confirmations,
        withdrawn=line.withdrawn,
    )


def build_number(
    number: NumberRecord, lines: Iterable[tuple[Line, Sequence[Listening]]], said: Iterable[str] = ()
) -> Number:
    """A number with its lines; on a shared code it also knows what any line's keywords are (R3.2).

    `said` are the opt-out terms of the lines' workspaces.
    """
    every_line = list(lines)
    pairs = [(line, listening) for line, listening in every_line if not line.withdrawn]
    past = [line for line, _ in every_line if line.withdrawn]
    floor = predefined(number.country)
    every = [*terms(said), *(entry for _, listening in pairs for entry in _custom(listening))]
    # A keyword that changed hands names its present holder.
    named = [*past, *(line for line, _ in pairs)]
    return Number(
        id=number.id,
        connection_id=number.connection_id,
        number=number.number,
        kind=number.kind,
        country=number.country,
        provider_answers=number.provider_answers,
        help_answer=number.help_answer,
        lines=tuple(line for line, _ in pairs),
        by_keyword={fold(line.provider_keyword).squeezed: line for line in named if line.provider_keyword},
        bare=floor,
        understood=Matcher(every, over=floor),
        past=tuple(past),
    )


def line_name(number: str, kind: str, provider_keyword: str) -> str:
    """A line as people read it: `11221 / baby`, `11221`, `+44 …` in E.164."""
    if provider_keyword:
        return f"{number} / {provider_keyword}"
    return f"+{number}" if kind == "long_code" else number


def _custom(listening: Sequence[Listening]) -> list[Entry]:
    return [entry for each in listening for entry in each.entries()]


def _mode_of(listening: Sequence[Listening], wanted: str) -> str:
    return next((each.predefined_mode for each in listening if each.process.type == wanted), "")
