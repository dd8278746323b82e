"""What many recipients of a slice share is told once, and each finds theirs again."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from sayso.core.alike import alike
from sayso.core.because import Step
from sayso.core.campaigns import Addressed, Planned, Recipient
from sayso.core.segments import count

NOW = datetime(2026, 11, 26, tzinfo=UTC)
NOBODY = Recipient(1, 12_065_550_100, None, None, None, None, None, {})


def one(chance: random.Random) -> Planned:
    """Somebody of whom something became, with reasons that are equal and not the same object."""
    status = chance.choice(["queued", "deferred", "skipped"])
    fact = chance.choice(["No block.", "A block.", "Night."])
    return Planned(
        to=Addressed(NOBODY, None),
        status=status,
        reason="" if status == "queued" else "why",
        because=(Step("R9.7", fact),),
        body="Sale.",
        segments=count(chance.choice(["Sale.", "Sale." * 60, "Ça"])),
        due=NOW,
        media=chance.choice([(), ("/m/1",)]),
        variant=chance.choice([None, 1, 2]),
        price=chance.choice([None, 7]),
    )


def test_each_finds_what_became_of_them_by_its_place() -> None:
    planned = [one(random.Random(seed)) for seed in range(500)]
    found = alike(planned)
    assert len(found.kinds) == len(set(found.kinds))
    assert len(found.becauses) == len(set(found.becauses)) == 3
    for row, at, because_at in zip(planned, found.at, found.because_at, strict=True):
        kind = found.kinds[at - 1]
        assert (kind.status, kind.reason, kind.variant, kind.price) == (
            row.status,
            row.reason,
            row.variant,
            row.price,
        )
        assert (kind.encoding, kind.parts) == (row.segments.encoding, row.segments.parts)
        assert kind.with_media == bool(row.media)
        assert found.becauses[because_at - 1] == row.because
    assert sum(times for _, times in found.counted()) == len(planned)
