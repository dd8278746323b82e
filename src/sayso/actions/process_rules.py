"""What a keyword process must have, and whose keywords it may not take (R4.3, R4.6, R4.8, R14.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sayso.core.keyword_rules import shadows, taken, validate_keywords
from sayso.core.keywords import Entry, kind_of
from sayso.core.modes import MODES
from sayso.core.policy import confirmation_notice, confirmation_problem
from sayso.core.problems import Problem
from sayso.core.text import fold

TYPES = ("unsubscribe", "unsubscribe_event", "help", "respond", "join", "email", "inbox")
STARTABLE = frozenset({"unsubscribe", "help"})
SCOPES = ("channel", "line", "categories", "all")
LONGEST_NAME = 200
MOST_CATEGORIES = 50
Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A process as asked for; keywords as written. `scope` empty: the type's own default.

    What it answers with is a template, or words of its own by language (`texts`, in place of the template);
    `texts_from` is the stamp of the words that the edit began with.
    """

    type: str
    name: str
    line_id: int
    keywords: tuple[str, ...] = ()
    match_mode: str = "word"
    predefined_mode: str | None = None
    scope: str = ""
    categories: tuple[str, ...] = ()
    template_id: int | None = None
    texts: Mapping[str, str] | None = None
    texts_from: str = ""

    @property
    def answers(self) -> bool:
        """Whether it has a message."""
        return self.template_id is not None if self.texts is None else bool(self.texts)

    @property
    def chosen_scope(self) -> str:
        """What it stops: all advertising for the main unsubscribe, the line for an event (§4)."""
        return self.scope or ("line" if self.type == "unsubscribe_event" else "channel")

    @property
    def folded(self) -> Mapping[str, str]:
        """The custom keywords, folded → as written; each once."""
        found: dict[str, str] = {}
        for word in self.keywords:
            found.setdefault(fold(word).whole, word.strip())
        return found


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another process on the line, with its keywords as written."""

    id: int
    type: str
    name: str
    state: str
    match_mode: str
    keywords: tuple[str, ...]


def faults(wanted: Wanted) -> Problems:
    """What keeps a process from being saved at all, whatever line it stands on."""
    return (*_form_faults(wanted), *_keyword_faults(wanted))


def taken_by(wanted: Wanted, process_id: int, neighbours: Iterable[Neighbour], country: str) -> Problems:
    """Which keywords belong to another started process or to the predefined words; names the other (R4.8)."""
    others = {other.id: other for other in neighbours if other.state == "started" and other.id != process_id}
    entries = [entry for other in others.values() for entry in _entries_of(other)]
    problems = []
    for entry in entries_of(wanted, process_id):
        holder = taken(entry, entries, country)
        if holder is not None:
            problems.append(_taken(entry, holder, others))
    return tuple(problems)


def incomplete(wanted: Wanted, country: str, *, withdrawn: bool = False) -> Problems:
    """What is missing before the process can be started (R4.3)."""
    problems = []
    if wanted.type not in STARTABLE:
        told = f"Processes of type {wanted.type} can be prepared now; starting them comes later."
        problems.append(Problem("type", "comes_later", told))
    if withdrawn:
        told = "The line was withdrawn from this workspace. Ask the operator, or choose another line."
        problems.append(Problem("line_id", "line_withdrawn", told))
    if wanted.type in ("help", "respond") and not wanted.answers:
        told = "Needs a message: this type answers, so choose the template it answers with."
        problems.append(Problem("template_id", "message_required", told))
    if wanted.type in ("unsubscribe", "unsubscribe_event"):
        found = confirmation_problem(country, wanted.answers)
        problems.extend([replace(found, field="template_id")] if found else [])
    if wanted.type not in ("unsubscribe", "help") and not wanted.keywords:
        problems.append(Problem("keywords", "keyword_required", "Needs at least one custom keyword."))
    return tuple(problems)


def warnings(
    wanted: Wanted, process_id: int, neighbours: Iterable[Neighbour], country: str, *, allowed_unknown: bool
) -> Problems:
    """What a person should know on saving: shadowed keywords (R4.8), a message that is not sent (R14.2)."""
    others = {other.id: other for other in neighbours if other.state == "started" and other.id != process_id}
    names = {process_id: wanted.name} | {other.id: other.name for other in others.values()}
    standing = [entry for other in others.values() for entry in _entries_of(other)]
    found = [
        Problem(
            "keywords",
            "keyword_shadowed",
            f"“{shadow.hidden.keyword}” of {_holder(shadow.hidden, names)} is never reached: "
            f"“{shadow.by.keyword}” of {_holder(shadow.by, names)} takes it first.",
        )
        for shadow in shadows(entries_of(wanted, process_id), standing, country)
    ]
    if wanted.type in ("unsubscribe", "unsubscribe_event") and wanted.answers:
        notice = confirmation_notice(country, allowed_unknown)
        found.extend([Problem("template_id", "confirmation_unknown", notice)] if notice else [])
    return tuple(found)


def entries_of(wanted: Wanted, process_id: int) -> list[Entry]:
    """The process's custom keywords as a line's matcher knows them."""
    return _entries(wanted.type, wanted.match_mode, process_id, list(wanted.folded.values()))


def _entries_of(other: Neighbour) -> list[Entry]:
    return _entries(other.type, other.match_mode, other.id, other.keywords)


def _entries(process_type: str, match_mode: str, process_id: int, keywords: Sequence[str]) -> list[Entry]:
    return [Entry(word, MODES[match_mode], kind_of(process_type), process_id) for word in keywords]


def _form_faults(wanted: Wanted) -> list[Problem]:
    checks = (
        (wanted.type in TYPES, "type", f"The type is one of: {', '.join(TYPES)}."),
        (
            0 < len(wanted.name.strip()) <= LONGEST_NAME,
            "name",
            f"A process needs a name of at most {LONGEST_NAME} characters.",
        ),
        (wanted.match_mode in MODES, "match_mode", f"The match mode is one of: {', '.join(MODES)}."),
        (
            wanted.predefined_mode in (None, *MODES),
            "predefined_mode",
            f"The mode is one of: {', '.join(MODES)}.",
        ),
        (wanted.chosen_scope in SCOPES, "scope", f"The scope is one of: {', '.join(SCOPES)}."),
        (len(wanted.categories) <= MOST_CATEGORIES, "categories", f"At most {MOST_CATEGORIES} categories."),
        (
            all(name.strip() and name != "*" for name in wanted.categories),
            "categories",
            "A category needs a name, and not *.",
        ),
        (
            (wanted.chosen_scope == "categories") == bool(wanted.categories),
            "categories",
            "Name the categories to stop with the scope categories, and none with any other scope.",
        ),
    )
    return [Problem(field, "form", sentence) for holds, field, sentence in checks if not holds]


def _keyword_faults(wanted: Wanted) -> Problems:
    if wanted.type not in TYPES:
        return ()
    found = validate_keywords(wanted.type, wanted.keywords)
    unseen = [
        Problem("keywords", "keyword_empty", f"“{word}” has no letter that matters for matching.")
        for word in wanted.keywords
        if word.strip() and not fold(word).whole
    ]
    return (*found, *unseen)


def _taken(entry: Entry, holder: Entry, others: Mapping[int, Neighbour]) -> Problem:
    other = others.get(holder.process_id) if holder.process_id is not None else None
    if other is None:
        told = f"“{entry.keyword}” is a word for {_PREDEFINED[holder.kind]} on every line. Pick another word."
        return Problem("keywords", "keyword_predefined", told)
    told = (
        f"“{entry.keyword}” already belongs to {other.name} ({other.type}) on this line. "
        "Pick another word, or remove it there first."
    )
    return Problem("keywords", "keyword_taken", told)


def _holder(entry: Entry, names: Mapping[int, str]) -> str:
    return (
        names.get(entry.process_id, "this line") if entry.process_id is not None else "the predefined words"
    )


_PREDEFINED = {
    "unsubscribe": "opting out",
    "help": "asking for help",
    "optin": "coming back",
    "other": "another type",
}
