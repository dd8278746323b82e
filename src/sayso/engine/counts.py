"""What the inbound stage tells `/metrics` of a batch: outcomes, and how long its slowest text took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sayso.core.effects import Decision, Record, Unrouted
from sayso.core.messages import InboundText
from sayso.observe import metrics
from sayso.observe.counting import once_committed

# As `sayso.new_id` makes them: milliseconds since then, above a running number of twenty bits.
_FIRST_ID = datetime(2026, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def count_texts(decided: Sequence[tuple[InboundText, Decision]], now: datetime) -> None:
    """Count a batch once it is committed; an outcome a workspace, `unrouted` where there is none."""
    if not decided:
        return
    outcomes: Counter[str] = Counter()
    for _, decision in decided:
        for effect in decision.effects:
            # That an effect is of another kind, `isinstance` finds out ten times as slowly.
            if type(effect) is Record:
                outcomes[effect.outcome] += 1
            elif type(effect) is Unrouted:
                outcomes["unrouted"] += 1
    # Each one observed by itself would cost a tenth of the stage.
    stored = max(_stored_at(text.id) - text.received_at for text, _ in decided).total_seconds()
    done = (now - min(text.received_at for text, _ in decided)).total_seconds()

    def count() -> None:
        for outcome, times in outcomes.items():
            metrics.texts.labels(outcome).inc(times)
        metrics.store_seconds.observe(max(stored, 0.0))
        metrics.decide_seconds.observe(max(done, 0.0))

    once_committed(count)


def _stored_at(id_: int) -> datetime:
    return _FIRST_ID + (id_ >> 20) * _MILLISECOND
