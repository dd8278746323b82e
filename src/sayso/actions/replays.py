"""R14.4, R4.13: a line as it listens, as it would listen, and the past texts to read with both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.actions import process_rules
from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.answering import answering
from sayso.actions.listening import Place, heard_on, listening_of
from sayso.actions.past_texts import MOST_TEXTS
from sayso.actions.refusal import Refused, fault, invalid
from sayso.core import messages, replay
from sayso.core.lines import Listening
from sayso.core.replay import PastText, Reading
from sayso.storage import inbound_messages, numbers, processes
from sayso.storage.inbound_messages import Between
from sayso.storage.pool import Connection, Pool

SLICE = 5_000
OWN_MODES = ""


@dataclass(frozen=True, slots=True)
class ReplayWanted:
    """What to change of a line's unsubscribe process; None leaves it as it is.

    `predefined_mode` empty: the predefined words keep their own modes. `keywords` as written.
    """

    line_id: int
    match_mode: str | None = None
    predefined_mode: str | None = None
    keywords: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A line as it listens now and as it would; plain records, to be kept between two slices.

    `process_id` is its unsubscribe process, None where it has none; `listening` is how that would listen.
    """

    workspace_id: int
    now: Place
    wanted: Place
    provider_answers: str
    process_id: int | None
    listening: Listening
    changed_keywords: bool = False

    @property
    def line_id(self) -> int:
        """The line."""
        return self.now.stored.id


@dataclass(frozen=True, slots=True)
class Slice:
    """Some past texts of a line, newest first, and where the next slice begins; `done`: there is none."""

    texts: Sequence[PastText]
    rest: Between
    done: bool


class Readers:
    """Reads texts with both ways of listening; built anew for each slice's worth of work."""

    def __init__(self, plan: Plan) -> None:
        self._numbers = (plan.now.number(plan.provider_answers), plan.wanted.number(plan.provider_answers))
        self._plan = plan

    def read(self, text: PastText) -> tuple[Reading, Reading]:
        """The text as it is read now, and as it would be; from somebody whom this line texted last."""
        plan = self._plan
        known = replay.texted_by(plan.workspace_id, plan.line_id, text.at)
        now, wanted = (self._one(text, number, known) for number in self._numbers)
        return now, wanted

    def _one(self, text: PastText, number: messages.Number, known: messages.Known) -> Reading:
        return replay.read(text, number, self._plan.line_id, known)


@needs("processes:read")
async def plan_replay(pool: Pool, actor: Actor, wanted: ReplayWanted) -> Plan | Refused:
    """What a replay will compare: the line now, and with its unsubscribe process changed and started."""
    async with transaction(pool, actor) as conn:
        line = await numbers.get_line(conn, wanted.line_id)
        if line is None:
            return fault("line_id", "unknown", "There is no such line in this workspace.")
        place = await heard_on(conn, actor, line)
        stood = await _unsubscribe(conn, line.id)
    changed = _changed(stood, wanted, line.id)
    if isinstance(changed, Refused):
        return changed
    others = [each for each in place.listening if each.process.type != "unsubscribe"]
    answers = await answering(pool, actor, [line.connection_id])
    return Plan(
        actor.workspace_id,
        place,
        replace(place, listening=[*others, changed]),
        answers.on(line.connection_id, line.kind),
        stood.process.id if stood else None,
        changed,
        wanted.keywords is not None,
    )


@needs("messages:read")
async def past_since(pool: Pool, actor: Actor, since: datetime, until: datetime) -> Between:
    """The stretch of texts between two moments."""
    async with transaction(pool, actor) as conn:
        return await inbound_messages.between(conn, since, until)


@needs("messages:read")
async def past_slice(pool: Pool, actor: Actor, line_id: int, where: Between) -> Slice:
    """The next texts of a line, newest first, in a transaction of their own."""
    async with transaction(pool, actor) as conn:
        found = await inbound_messages.past(conn, line_id, where, SLICE)
    texts = [
        PastText(row.phone, row.sender, row.body, row.received_at) for row in found if row.line_id == line_id
    ]
    if len(found) < SLICE:
        return Slice(texts, Between(where.first, where.first), done=True)
    return Slice(texts, Between(where.first, found[-1].id), done=False)


async def _unsubscribe(conn: Connection, line_id: int) -> Listening | None:
    found = [process for process in await processes.on_line(conn, line_id) if process.type == "unsubscribe"]
    return next(iter(await listening_of(conn, found)), None)


def _changed(stood: Listening | None, wanted: ReplayWanted, line_id: int) -> Listening | Refused:
    """The process as it would be, started; checked as saving it would."""
    base = stood or Listening(messages.Process(0, "unsubscribe", "A new process"))
    changed = replace(
        base,
        keywords=base.keywords if wanted.keywords is None else wanted.keywords,
        match_mode=wanted.match_mode or base.match_mode,
        predefined_mode=base.predefined_mode if wanted.predefined_mode is None else wanted.predefined_mode,
    )
    found = process_rules.faults(
        process_rules.Wanted(
            "unsubscribe",
            base.process.name,
            line_id,
            changed.keywords,
            changed.match_mode,
            changed.predefined_mode or None,
        )
    )
    return invalid(*found) if found else changed


__all__ = ["MOST_TEXTS", "Plan", "Readers", "ReplayWanted", "past_since", "past_slice", "plan_replay"]
