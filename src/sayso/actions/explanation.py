"""Why a number may or may not be texted now: the gate's answer for every line, with nothing sent (R9.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from sayso.actions import people
from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.refusal import Refused, fault
from sayso.core import gate
from sayso.core.because import Step
from sayso.core.gate_asked import Candidate, Facts
from sayso.core.phones import possible_mobile
from sayso.core.problems import Problem
from sayso.storage import alarms, contacts, gate_facts, numbers, workspaces
from sayso.storage.contacts import Contact
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection, Pool

FAILED_OVER = "connection_failed_over"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be explained: a message of this class and category to this number, from this line if any."""

    phone: str
    message_class: str = "advertising"
    category: str = ""
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class FromLine:
    """The answer to a message from one line; `line` None: the workspace has none."""

    line: Line | None
    answer: gate.Answer


@dataclass(frozen=True, slots=True)
class Explained:
    """The answers of all lines asked about, and the strictest of them."""

    strictest: FromLine
    lines: Sequence[FromLine]


@needs("consents:read")
async def explain(pool: Pool, actor: Actor, question: Question, now: datetime) -> Explained | Refused:
    """The answers that a message would get at this moment, line by line, with rule, fact, date and source."""
    if question.message_class not in ("advertising", "transactional"):
        return fault("class", "unknown", "The class is advertising or transactional.")
    async with transaction(pool, actor) as conn:
        stands = await workspaces.current(conn)
        if stands is None:
            told = f"There is no workspace {actor.workspace_id}."
            return Refused("not_found", (Problem("workspace", "not_found", told),))
        phone = people.read_phone("phone", question.phone, stands.country)
        if isinstance(phone, Refused):
            return phone
        lines = [line for line in await numbers.sending_lines(conn) if question.line_id in (None, line.id)]
        if not lines and question.line_id is not None:
            return fault("line_id", "unknown", "This workspace sends from no such line.")
        # Where several contacts share the number, the one that a message to the bare number would be for.
        contact = next(iter(await contacts.by_phone(conn, phone, 1)), None)
        return (await _answers(conn, actor, [question], (phone, contact, lines), now))[0]


async def facts(conn: Connection, candidates: Sequence[Candidate], contact: Contact | None) -> list[Facts]:
    """What the gate needs to know of a number and its contact, as the engine reads it, and validity besides.

    R8.1: validity that nobody stored is computed here, before a message is queued; on the wire there is no
    time for that.
    """
    whose = contact.id if contact else None
    read = await gate_facts.read(conn, [gate_facts.Asked(candidate, whose) for candidate in candidates])
    return [
        known if known.sms_valid is not None else replace(known, sms_valid=_possible(candidate.phone))
        for candidate, known in zip(candidates, read, strict=True)
    ]


async def explain_every(
    conn: Connection,
    actor: Actor,
    whom: tuple[int, Contact | None, Sequence[Line]],
    categories: Sequence[str],
    now: datetime,
) -> list[tuple[Question, Explained]]:
    """The answers to advertising in each category, then to transactional messages, read in one round trip.

    `whom` is the number's key, the contact that a message to it would be for, and the lines to ask.
    """
    written = str(whom[0])
    asked = [Question(written, "advertising", name) for name in categories or ("",)]
    asked.append(Question(written, "transactional"))
    return list(zip(asked, await _answers(conn, actor, asked, whom, now), strict=True))


async def _answers(
    conn: Connection,
    actor: Actor,
    asked: Sequence[Question],
    whom: tuple[int, Contact | None, Sequence[Line]],
    now: datetime,
) -> list[Explained]:
    phone, contact, lines = whom
    places: list[Line | None] = [*lines] or [None]
    candidates = [
        Candidate(
            actor.workspace_id,
            phone,
            question.message_class == "advertising",
            question.category,
            line_id=line.id if line else 0,
            number_id=line.inbound_number_id if line else 0,
        )
        for question in asked
        for line in places
    ]
    known = await facts(conn, candidates, contact)
    answers = [gate.may_send(candidate, each, now) for candidate, each in zip(candidates, known, strict=True)]
    ways = await _other_ways(conn)
    answers = [
        _by_another(answer, ways.get(line.connection_id) if line else None)
        for answer, line in zip(answers, places * len(asked), strict=True)
    ]
    size = len(places)
    return [_told(places, answers[start : start + size]) for start in range(0, len(answers), size)]


async def _other_ways(conn: Connection) -> dict[int, Step]:
    """By connection: that its messages leave by another one just now, and why (R9.10)."""
    ringing = [alarm for alarm in await alarms.every(conn) if alarm.code == FAILED_OVER]
    return {
        int(alarm.subject.removeprefix("connection:")): Step("R9.10", alarm.sentence, alarm.first_at)
        for alarm in ringing
    }


def _by_another(answer: gate.Answer, way: Step | None) -> gate.Answer:
    """The answer with the other way it would leave by; what decides stays last."""
    if way is None or not isinstance(answer, gate.Send):
        return answer
    return gate.Send((*answer.because[:-1], way, *answer.because[-1:]))


def _told(places: Sequence[Line | None], answers: Sequence[gate.Answer]) -> Explained:
    told = [FromLine(line, answer) for line, answer in zip(places, answers, strict=True)]
    return Explained(max(told, key=lambda found: _STRICTNESS[type(found.answer)]), told)


_STRICTNESS: dict[type[gate.Answer], int] = {gate.Send: 0, gate.Defer: 1, gate.Skip: 2}


def _possible(phone: int) -> bool | None:
    """Nothing can be computed of a sender that is no number."""
    return possible_mobile(phone) if phone > 0 else None
