"""The three answers of the gate: send, not before, not at all; each with its reasons (R9.9)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sayso.core.because import Because, Step


class Send(Struct, frozen=True, gc=False):
    """It may go out."""

    because: Because


class Defer(Struct, frozen=True, gc=False):
    """Not before `until`."""

    until: datetime
    reason: str
    because: Because


class Skip(Struct, frozen=True, gc=False):
    """It may not go out; `status` is the message's, `reason` a stable code."""

    status: str
    reason: str
    because: Because


Answer = Send | Defer | Skip


def skipped(reason: str, *steps: Step) -> Skip:
    """It is skipped, for this reason."""
    return Skip("skipped", reason, steps)
