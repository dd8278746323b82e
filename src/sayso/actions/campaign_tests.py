"""A campaign's text sent to a few telephones before anybody else gets it (R9.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from sayso.actions import paying, people
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.explanation import facts
from sayso.actions.messages import simulators
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core import campaigns as core
from sayso.core import rendering
from sayso.core.campaigns import Addressed, Planned, Recipient
from sayso.core.gate_asked import TEST, ConsentState
from sayso.core.problems import Problem
from sayso.storage import (
    audit,
    campaign_tests,
    campaigns,
    consents,
    contacts,
    numbers,
    planning,
    trials,
    workspaces,
)
from sayso.storage.campaigns import Campaign
from sayso.storage.contacts import Contact
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection, Pool

MOST = 5
MOST_A_DAY = 200
"""Of a workspace: whoever gets a test was not asked whether they want it."""
NOBODY = Recipient(0, 0, None, None, None, None, None, {})


@dataclass(frozen=True, slots=True)
class TestWanted:
    """To which numbers, with whose values (a contact, by external id or id), and which of several texts."""

    __test__ = False
    to: Sequence[str]
    external_id: str | None = None
    contact_id: int | None = None
    variant: int = 1


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of one: queued, deferred, or not sent and why."""

    id: int
    phone: int
    status: str
    reason: str
    sentence: str
    body: str


@needs("campaigns:write")
async def send_test(
    pool: Pool, actor: Actor, campaign_id: int, wanted: TestWanted, link: Callable[[int], str], now: datetime
) -> list[Tested] | Refused:
    """Send a campaign's text to at most five numbers, as a real contact would read it.

    Blocks and a no hold, a yes is not asked: whoever is named here asked for it. It counts for no campaign,
    and costs what it costs. `link` writes the personal link of a message.
    """
    only = await simulators(pool, actor)
    async with transaction(pool, actor) as conn:
        stood = await campaigns.get(conn, campaign_id)
        if stood is None:
            return missing("id", "campaign")
        phones = await _phones(conn, wanted.to)
        if isinstance(phones, Refused):
            return phones
        if await campaign_tests.lately(conn, now) + len(phones) > MOST_A_DAY:
            enough = (
                f"A workspace sends at most {MOST_A_DAY} tests a day. Wait, or launch it to a list of yours."
            )
            return conflict("to", "too_many", enough)
        shown = await _shown(conn, wanted)
        if isinstance(shown, Refused):
            return shown
        written = await _written(conn, actor, stood, wanted.variant)
        if isinstance(written, Refused):
            return written
        own = await numbers.sending_lines(conn)
        lines = [line for line in own if only is None or line.connection_id in only]
        tested = await _planned(conn, written, (shown, phones, lines, link), now)
        problem = next(
            (one for one in tested if one.reason in ("missing_value", "too_long", "unwritable")), None
        )
        if problem is not None:
            return fault("external_id", problem.reason, problem.because[-1].fact)
        tested = await paying.pay_planned(conn, actor, tested, now)
        await campaign_tests.store(conn, campaign_id, written.category, tested, now)
        told = {"to": [one.to.recipient.phone for one in tested]}
        await record(conn, actor, audit.Change("tested", "campaign", str(campaign_id), None, told))
        return [_told(one) for one in tested]


async def _phones(conn: Connection, written: Sequence[str]) -> list[int] | Refused:
    wanted = list(dict.fromkeys(one.strip() for one in written if one.strip()))
    if not 0 < len(wanted) <= MOST:
        return fault("to", "count", f"Name one to {MOST} numbers to send it to.")
    country = await people.home(conn)
    read = [people.read_phone("to", one, country) for one in wanted]
    for said, one in zip(wanted, read, strict=True):
        if isinstance(one, Refused):
            return fault("to", one.problems[0].code, f"“{said}”: {one.problems[0].message}")
    return list(dict.fromkeys(one for one in read if isinstance(one, int)))


async def _shown(conn: Connection, wanted: TestWanted) -> Contact | Refused | None:
    if wanted.external_id is None and wanted.contact_id is None:
        return None
    if wanted.external_id is not None:
        found = await contacts.by_external_id(conn, wanted.external_id)
    else:
        found = await contacts.get(conn, wanted.contact_id or 0)
    return found or fault("external_id", "unknown", "There is no such contact. Choose another one.")


async def _written(conn: Connection, actor: Actor, stood: Campaign, variant: int) -> core.Campaign | Refused:
    trial = await trials.get(conn, stood.id)
    bodies = {1: stood.body} | ({one.variant: one.body for one in trial.variants} if trial else {})
    here = await workspaces.current(conn)
    says = stood.opt_out_message or (here.opt_out_message if here else "")
    body = bodies.get(variant, "")
    read = (rendering.read(body), rendering.read(says, "opt_out_message"))
    problems = [one for one in read if isinstance(one, Problem)]
    if not body.strip():
        problems.append(Problem("body", "missing", "Write what it says, and save it; then test it."))
    if problems:
        return invalid(*problems)
    return core.Campaign(
        workspace_id=actor.workspace_id,
        id=stood.id,
        category=stood.category,
        text=rendering.whole(body, says, appended=stood.reply_service, plain=stood.plain_letters),
        reply_service=stood.reply_service,
        per_profile=True,
    )


async def _planned(
    conn: Connection,
    campaign: core.Campaign,
    what: tuple[Contact | None, Sequence[int], Sequence[Line], Callable[[int], str]],
    now: datetime,
) -> list[Planned]:
    shown, phones, lines, link = what
    as_who = _as_recipient(shown)
    known = await planning.texted_from(conn, campaign.workspace_id, phones)
    ids = await planning.new_ids(conn, len(phones))
    chosen = [core.line_for(campaign, phone, lines, known.get(phone, ())) for phone in phones]
    candidates = [
        core.candidate(campaign, replace(as_who, phone=phone), line, TEST)
        for phone, line in zip(phones, chosen, strict=True)
    ]
    read = await facts(conn, candidates, None)
    # A no of any profile of the number is one of whoever holds the telephone.
    said = [one for one in await consents.states(conn, phones) if one.state == "reject"]
    planned = []
    for message_id, phone, line, fact in zip(ids, phones, chosen, read, strict=True):
        to = Addressed(replace(as_who, phone=phone), line, message_id, link(message_id))
        noes = tuple(
            ConsentState(one.category, one.state, one.since, one.source) for one in said if one.phone == phone
        )
        known_of = replace(fact, consents=(*fact.consents, *noes))
        planned.append(core.plan(campaign, to, known_of, now, purpose=TEST))
    return planned


def _as_recipient(shown: Contact | None) -> Recipient:
    if shown is None:
        return NOBODY
    return Recipient(
        shown.id,
        shown.phone or 0,
        shown.external_id,
        shown.email,
        shown.language,
        shown.time_zone,
        shown.country,
        shown.attributes,
    )


def _told(one: Planned) -> Tested:
    sentence = one.because[-1].fact if one.because else ""
    return Tested(one.to.message_id, one.to.recipient.phone, one.status, one.reason, sentence, one.body)
