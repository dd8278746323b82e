"""Whether a word moves a consent state: one rule for what comes by text and what comes by record (R6.5)."""

from __future__ import annotations

import psycopg
import pytest

from sayso.storage.databases import Databases
from sayso.storage.pool import APP, url_as

BEFORE, AT, AFTER = "2026-01-01", "2026-02-01", "2026-03-01"


@pytest.mark.rule("R6.5", "R3.3")
@pytest.mark.parametrize(
    ("stands", "said", "moves"),
    [
        (("accept", "api"), ("reject", AFTER, "sms_reply"), True),
        (("accept", "api"), ("reject", AT, "sms_reply"), True),
        (("reject", "api"), ("accept", AT, "sms_reply"), False),
        (("reject", "sms_reply"), ("accept", BEFORE, "api"), False),
        # Any word ends what is pending, an older stop by text too.
        (("pending", "api"), ("reject", BEFORE, "sms_reply"), True),
        (("pending", "api"), ("pending", BEFORE, "api"), False),
        # The number's own yes outlives a stop on a shared code: only its own newer one takes its place.
        (("accept", "sms_reply"), ("accept", AFTER, "api"), False),
        (("accept", "sms_reply"), ("accept", AFTER, "sms_reply"), True),
    ],
)
def test_a_word_moves_a_state(
    database: Databases, stands: tuple[str, str], said: tuple[str, str, str], *, moves: bool
) -> None:
    with psycopg.connect(url_as(database.url, APP)) as conn:
        row = conn.execute(
            "SELECT sayso.consent_moves(%s, %s, %s, %s, %s, %s)",
            (stands[0], AT, stands[1], said[0], said[1], said[2]),
        ).fetchone()
    assert row == (moves,)
