"""What a replay found, in people's words, and as cells of a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from sayso.console.components.numbers import spaced
from sayso.console.spreadsheets import disarmed
from sayso.core.replay import Difference, Reading

OUTCOMES = {
    "unsubscribe": "Opts out",
    "help": "Asks for help",
    "optin": "Comes back",
    "inbox": "Waits in the inbox",
    "none": "Does nothing",
}
KINDS = {"unsubscribe": "stop", "optin": "go", "help": "note"}
# The steps that tell of a word; those after them tell what follows from it.
ABOUT_WORDS = frozenset({"R4.7", "R4.12", "R6.6", "R7.1"})
HEAD = ("received_at", "from", "text", "now", "wanted", "word", "mode", "why")
LONGEST_CELL = 1_600


@dataclass(frozen=True, slots=True)
class Row:
    """A text that is read differently."""

    number: str
    phone: int
    at: datetime
    body: str
    now: str
    wanted: str
    word: str
    mode: str
    why: str

    @property
    def now_words(self) -> str:
        """What it does now."""
        return OUTCOMES.get(self.now, self.now)

    @property
    def wanted_words(self) -> str:
        """What it would do."""
        return OUTCOMES.get(self.wanted, self.wanted)

    @property
    def kind(self) -> str:
        """How the new outcome is marked."""
        return KINDS.get(self.wanted, "plain")


def row(found: Difference) -> Row:
    """A difference as it is shown: the word is the one that takes the text, or took it until now."""
    text, taking = found.text, found.wanted if found.wanted.keyword else found.now
    return Row(
        number=spaced(text.phone, text.sender) if text.phone else "not known",
        phone=text.phone,
        at=text.at,
        body=text.body[:LONGEST_CELL],
        now=found.now.outcome,
        wanted=found.wanted.outcome,
        word=taking.keyword or "",
        mode=taking.mode or "",
        why=_why(found.wanted),
    )


def as_csv(rows: Iterable[Row]) -> str:
    """Lines of a file, without its head. No cell of them is a formula."""
    written = StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    for one in rows:
        who = str(one.phone) if one.phone > 0 else one.number
        cells = (one.at.isoformat(), who, one.body, one.now, one.wanted, one.word, one.mode, one.why)
        writer.writerow([disarmed(cell) for cell in cells])
    return written.getvalue()


def head() -> str:
    """The first line of the file."""
    return ",".join(f'"{name}"' for name in HEAD) + "\r\n"


def keywords(written: str) -> tuple[str, ...]:
    """Words as they were typed, parted by commas, blanks or lines; each once, in their order."""
    return tuple(dict.fromkeys(word for word in written.replace(",", " ").split() if word))


def moves(counted: Iterable[tuple[tuple[str, str], int]]) -> Sequence[tuple[str, str, int]]:
    """From what to what, and how many; the most first."""
    told = [(OUTCOMES.get(now, now), OUTCOMES.get(wanted, wanted), count) for (now, wanted), count in counted]
    return sorted(told, key=lambda move: -move[2])


def _why(reading: Reading) -> str:
    facts = [step.fact for step in reading.because]
    told = [step.fact for step in reading.because if step.rule in ABOUT_WORDS]
    return (told or facts or [""])[-1]
