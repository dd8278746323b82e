"""Numbers that changed hands (R6.8): reported one by one or as a list, and decided where a text asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.opt_out_lists import MOST, Taken
from sayso.actions.refusal import Refused, fault, missing
from sayso.core import phones, said_when
from sayso.storage import audit, hands
from sayso.storage.hands import Asked, Gone
from sayso.storage.pool import Pool

LONGEST_REASON = 500
WAYS: Mapping[str, str] = MappingProxyType(
    {
        "reassigned": "The number was given to somebody else.",
        "deactivated": "The number is in use no more.",
        "wrong_number": "A person decided that the number is somebody else's by now.",
    }
)
TEST_KEY = "A test key reaches only the simulator; consent of real numbers ends by another key."
UNDATED = (
    "It has no date. Say of which day the list is, or since when the number is gone: what was said since"
    " stands."
)
DECISIONS = ("same", "changed")


@dataclass(frozen=True, slots=True)
class Report:
    """A number that is gone: `line` of a file, since when, and in which words.

    `at` None: now, where it is reported as it happens; a row of a list is refused without a date, for the
    list may be old, and what was said since then would be over.

    `no_date`: what stands where its date should be, and is none.
    """

    line: int
    phone: str
    at: datetime | None = None
    reason: str = ""
    no_date: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """How it is known: one of WAYS, and the list that says so, if one does."""

    way: str = "reassigned"
    list_name: str = ""


@needs("consents:write")
async def end_consents(
    pool: Pool, actor: Actor, reports: Sequence[Report], said: Said, now: datetime
) -> Taken | Refused:
    """End consent for these numbers, at most a thousand at a time: what was said before is over.

    A yes that is later stands, and nobody is blocked. What waits for the numbers is refused at the last
    look, with the reason. The same report again changes nothing.
    """
    refused = _fault(actor, reports, said)
    if refused:
        return refused
    async with transaction(pool, actor) as conn:
        home = await people.home(conn)
        good: dict[int, Gone] = {}
        faulty = []
        for report in reports:
            read = phones.parse(report.phone, home)
            if isinstance(read, phones.NotANumber):
                faulty.append((report.line, f"This is no phone number. {read.because}"))
            elif wrong := _wrong_date(report, said, now):
                faulty.append((report.line, wrong))
            else:
                one = _gone(actor, read.key, report, said, now)
                stood = good.get(read.key)
                good[read.key] = one if stood is None or one.at > stood.at else stood
        new = await hands.end(conn, list(good.values()), now)
        after = {"consents": new, "rows": len(reports), "refused": len(faulty), "way": said.way}
        named = said.list_name[:200] or (f"+{next(iter(good))}" if len(good) == 1 else "a list")
        await record(conn, actor, audit.Change("ended", "consent", named, None, after))
        return Taken(new, len(good) - new, faulty)


@needs("consents:write")
async def decide_whose(pool: Pool, actor: Actor, phone: int, decision: str, now: datetime) -> Asked | Refused:
    """Say of a number that a text called the wrong one whether it is still theirs: `same` or `changed`.

    `same` lets advertising go on, `changed` ends consent. Tells what was asked.
    """
    if actor.test_mode:
        return fault("key", "test_mode", TEST_KEY)
    if decision not in DECISIONS:
        return fault("decision", "unknown", f"The decision is one of: {', '.join(DECISIONS)}.")
    async with transaction(pool, actor) as conn:
        await hands.hold(conn, [phone])
        asked = await hands.asked_of(conn, phone)
        if asked is None:
            return missing("phone", "open question about this number")
        if decision == "changed":
            gone = _gone(actor, phone, Report(0, f"+{phone}"), Said("wrong_number"), now)
            await hands.end(conn, [gone], now)
        await hands.settle(conn, [phone], actor.source, now)
        change = audit.Change("decided", "consent", str(phone), None, {"decision": decision})
        await record(conn, actor, change)
        return asked


@needs("consents:read")
async def since_asked(pool: Pool, actor: Actor, phone: int) -> datetime | None:
    """Since when a person is asked whose this number is; None where nobody is."""
    async with transaction(pool, actor) as conn:
        return await hands.waits(conn, phone)


@needs("consents:read")
async def list_asked(pool: Pool, actor: Actor, after: Asked, limit: int) -> list[Asked]:
    """Numbers whose texts say that they are the wrong ones, the longest waiting first."""
    async with transaction(pool, actor) as conn:
        return await hands.asked(conn, after, limit)


def _fault(actor: Actor, reports: Sequence[Report], said: Said) -> Refused | None:
    if actor.test_mode:
        return fault("key", "test_mode", TEST_KEY)
    if said.way not in WAYS:
        return fault("way", "unknown", f"The way is one of: {', '.join(WAYS)}.")
    if len(reports) > MOST:
        return fault("numbers", "too_many", f"At most {MOST:,} numbers at a time.")
    return None


def _wrong_date(report: Report, said: Said, now: datetime) -> str:
    if report.at is None and said.list_name and not report.no_date:
        return UNDATED
    if report.no_date:
        return f"“{report.no_date[:40]}” is no date. Write it as 2026-11-26."
    impossible = said_when.fault("at", report.at, now)
    return impossible.message if impossible else ""


def _gone(actor: Actor, phone: int, report: Report, said: Said, now: datetime) -> Gone:
    reason = report.reason.strip()[:LONGEST_REASON] or WAYS[said.way]
    evidence = {"list": said.list_name[:200], "row": report.line} if said.list_name else None
    source = "import" if said.list_name else actor.source
    return Gone(phone, min(report.at or now, now), source, said.way, reason, evidence)
