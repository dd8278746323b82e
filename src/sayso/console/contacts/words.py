"""How far an import has come, in people's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.imports import Import

STATES = {
    "draft": ("New", "new"),
    "reading": ("Reading", "go"),
    "waiting": ("Waiting", "wait"),
    "running": ("Importing", "go"),
    "finished": ("Finished", "plain"),
    "stopped": ("Stopped", "wait"),
    "failed": ("Failed", "stop"),
}
RUNNING = frozenset({"waiting", "running"})
# Where an answer of the ledger came from; the ledger itself says it in its own codes.
SAID_BY = {
    "sms_reply": "by a text",
    "link": "by a link",
    "form": "by a form",
    "api": "by your systems",
    "import": "by an import",
    "console": "in the console",
    "failures": "by messages that failed",
}
MINUTE, SOON = 60, 10
TELLING = 1_000  # rows after which an estimate is worth saying


@dataclass(frozen=True, slots=True)
class Progress:
    """One import at a moment."""

    of: Import
    now: datetime

    @property
    def word(self) -> str:
        """Its state."""
        return STATES[self.of.state][0]

    @property
    def kind(self) -> str:
        """How its state is marked."""
        return STATES[self.of.state][1]

    @property
    def running(self) -> bool:
        """Whether the engine works on it, or is about to."""
        return self.of.state in RUNNING

    @property
    def percent(self) -> int:
        """How much of the file was read."""
        return 100 * self.of.at_byte // max(self.of.whole_size, 1)

    @property
    def about(self) -> int:
        """How many rows the file may have, by what the read ones take; 0 while nobody can say."""
        read, at = self.of.rows_read, self.of.at_byte
        if not at or read < TELLING:
            return 0
        return int(round(read * self.of.whole_size / at, -3 if read > 100 * TELLING else -2))

    @property
    def left(self) -> str:
        """How long it will take, by how long it took: "about 2 min"; empty while nobody can say."""
        if not self.running or not self.of.started_at or not self.of.rows_read:
            return ""
        taken = (self.now - self.of.started_at).total_seconds()
        seconds = taken * (self.of.whole_size - self.of.at_byte) / max(self.of.at_byte, 1)
        if seconds < SOON:
            return "a moment"
        return f"about {round(seconds)} s" if seconds < MINUTE else f"about {round(seconds / MINUTE)} min"

    @property
    def took(self) -> str:
        """How long it took: "41 s"."""
        if not self.of.started_at or not self.of.ended_at:
            return ""
        seconds = max(round((self.of.ended_at - self.of.started_at).total_seconds()), 1)
        return f"{seconds} s" if seconds < 2 * MINUTE else f"{round(seconds / MINUTE)} min"

    @property
    def megabytes(self) -> str:
        """How large the file is."""
        size = self.of.whole_size
        return f"{size / 1024**2:,.1f} MB" if size > 1024**2 else f"{max(size // 1024, 1)} KB"
