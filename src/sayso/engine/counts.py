"""What the inbound stage tells `/metrics` of a batch: outcomes, and how long its slowest text took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import sub

from sayso.core.messages import InboundText
from sayso.engine.effects import Batch
from sayso.observe import metrics
from sayso.observe.counting import once_committed
from sayso.storage.inbound import COLUMNS

# As `sayso.new_id` makes them: milliseconds since then, above a running number of twenty bits.
_FIRST_ID = datetime(2026, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_OUTCOME = COLUMNS["record"].index("outcome")


def count_texts(texts: Sequence[InboundText], batch: Batch, now: datetime) -> None:
    """Count a batch once it is committed; an outcome a workspace, `unrouted` where there is none."""
    if not texts:
        return
    outcomes = Counter(row[_OUTCOME] for row in batch["record"])
    outcomes["unrouted"] += len(batch.get("unrouted", ()))
    received = [text.received_at for text in texts]
    # Each one observed by itself would cost a tenth of the stage.
    stored = max(map(sub, [_stored_at(text.id) for text in texts], received)).total_seconds()
    done = (now - min(received)).total_seconds()

    def count() -> None:
        for outcome, times in (+outcomes).items():
            metrics.texts.labels(outcome).inc(times)
        metrics.store_seconds.observe(max(stored, 0.0))
        metrics.decide_seconds.observe(max(done, 0.0))

    once_committed(count)


def _stored_at(id_: int) -> datetime:
    return _FIRST_ID + (id_ >> 20) * _MILLISECOND
