"""Whom a rehearsal tells by name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sayso.core.because import Step
from sayso.core.campaigns import NOTHING, Addressed, Planned, Recipient
from sayso.core.rehearsed import MOST, behind, room

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def one(contact: int, status: str, reason: str) -> Planned:
    to = Addressed(Recipient(contact, 447700900000 + contact, None, None, None, None, None, {}), None)
    return Planned(to, status, reason, (Step("R9.7", reason),), "", NOTHING, NOW)


@pytest.mark.rule("R9.6")
def test_the_first_thousand_of_each_reason_are_told_and_whoever_gets_it_is_not() -> None:
    slice_of_five = [
        one(1, "queued", ""),
        one(2, "skipped", "consent_no"),
        one(3, "deferred", "quiet_hours"),
        one(4, "skipped", "consent_no"),
        one(5, "skipped", "duplicate_number"),
    ]
    counted = {("skipped", "consent_no"): MOST - 1, ("skipped", "duplicate_number"): MOST}
    told = [planned.to.recipient.contact_id for planned in behind(slice_of_five, counted)]
    assert told == [2, 3]
    assert room(counted, ("skipped", "consent_no")) == 1
    assert room(counted, ("skipped", "duplicate_number")) == 0
    assert room({}, ("skipped", "no_number")) == MOST
