"""What blocks and the ledger say, in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from sayso.console.components.numbers import spaced
from sayso.console.lenses.blocks import Block
from sayso.core.because import Because

SOURCES = {
    Block.Source.KEYWORD: "A keyword",
    Block.Source.TERM: "An opt-out term",
    Block.Source.PROVIDER: "The provider",
    Block.Source.API: "Your systems, by API",
    Block.Source.CONSOLE: "A colleague, here",
    Block.Source.IMPORT: "An imported list",
    Block.Source.LINK: "An unsubscribe link",
}
# Who said yes again, so that a block ended.
LIFTED_BY = {
    "sms_reply": "a text of the number itself",
    "console": "a colleague, here, with evidence",
    "api": "your systems, by API, with evidence",
}
SCOPES = {
    Block.Scope.CHANNEL: "All advertising",
    Block.Scope.LINE: "Advertising from one line",
    Block.Scope.LINE_TRANSACTIONAL: "Transactional texts from one line",
    Block.Scope.CATEGORY: "A category",
    Block.Scope.ALL: "Everything",
}


def stops(scope: str, category: str, line: str) -> str:
    """What a block stops, its line and category named: "Advertising from 11221 / baby"."""
    return {
        Block.Scope.CHANNEL: "All advertising",
        Block.Scope.LINE: f"Advertising from {line}",
        Block.Scope.LINE_TRANSACTIONAL: f"Transactional texts from {line}",
        Block.Scope.CATEGORY: f"The category “{category}”",
        Block.Scope.ALL: "Everything, transactional texts too",
    }[Block.Scope(scope)]


def on_code(code: str) -> str:
    """Where a stop came from that only a shared code tells of (R3.3); empty without one."""
    if not code:
        return ""
    return (
        f"The number said stop to the shared code {code} without naming a sender: no advertising goes out "
        "from that code until the number itself texts START or YES to it."
    )


def line_name(number: str, kind: str, keyword: str) -> str:
    """A line as people read it: `+44 7700 900118`, `11221 / baby`."""
    shown = spaced(int(number), number) if kind == "long_code" else number
    return shown + (f" / {keyword}" if keyword else "")


WITHDRAWN = "a line that was withdrawn"


def steps(because: Because) -> list[Mapping[str, str]]:
    """The steps as `.why` shows them: the fact as `sayso explain` says it, then since when and from where."""
    told: list[Mapping[str, str]] = []
    for step in because:
        since = f"since {exact(step.since)}" if step.since else ""
        more = " · ".join(part for part in (since, step.source) if part)
        told.append({"fact": step.fact, "source": f"· {more}" if more else ""})
    return told


def exact(moment: datetime) -> str:
    """`21-11-2026 14:18:09`, in the workspace's zone."""
    return f"{timezone.localtime(moment):%d-%m-%Y %H:%M:%S}"
