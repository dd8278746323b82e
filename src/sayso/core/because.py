"""Why: the steps of a decision, in words a person understands."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Step(Struct, frozen=True, gc=False):
    """One reason: the rule it rests on, the fact, since when, and where the fact comes from."""

    rule: str
    fact: str
    since: datetime | None = None
    source: str = ""


Because = tuple[Step, ...]
"""Steps in the order they were taken; the deciding one stands last."""


def as_plain(because: Because) -> list[dict[str, str]]:
    """The steps as `explain`, the API and the ledger show them: rule, fact, since, source."""
    plain = []
    for step in because:
        row = {"rule": step.rule, "fact": step.fact}
        if step.since is not None:
            row["since"] = step.since.isoformat()
        if step.source:
            row["source"] = step.source
        plain.append(row)
    return plain
