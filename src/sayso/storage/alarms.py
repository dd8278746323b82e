"""What is wrong just now: one row per thing, however often it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, run

SQL = load("alarms")


@dataclass(frozen=True, slots=True)
class Alarm:
    """A stable code, what it is about (`connection:3`), and a sentence that says what to do."""

    code: str
    subject: str
    sentence: str
    first_at: datetime
    last_at: datetime
    times: int


async def ring(conn: Connection, code: str, subject: str, sentence: str, now: datetime) -> None:
    """Ring an alarm, or count it once more where it rings already."""
    said = {"code": code, "subject": subject, "sentence": sentence, "now": now}
    await run(conn, SQL["ring"], said)


async def settle(conn: Connection, code: str, subject: str) -> None:
    """Say that it is over."""
    await run(conn, SQL["settle"], {"code": code, "subject": subject})


async def every(conn: Connection) -> list[Alarm]:
    """All that ring, newest first."""
    return await many(conn, Alarm, SQL["every"], {})
