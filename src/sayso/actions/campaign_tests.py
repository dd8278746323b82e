"""A campaign's text sent to a few telephones before anybody else gets it (R9.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from sayso.actions import message_pictures, paying, people
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.explanation import facts
from sayso.actions.messages import simulators
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core import campaigns as core
from sayso.core import rendering
from sayso.core.campaign_text import Carried, Links, compiled
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
    trials,
    walking,
    workspaces,
)
from sayso.storage import links as storage_of_links
from sayso.storage.campaigns import Campaign
from sayso.storage.contacts import Contact
from sayso.storage.links import Tracked
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection, Pool

MOST = 5
MOST_A_DAY = 200
"""Of a workspace: whoever gets a test was not asked whether they want it."""
ENOUGH = f"A workspace sends at most {MOST_A_DAY} tests a day. Wait, or launch it to a list of yours."
UNWRITTEN = frozenset({"missing_value", "too_long", "unwritable"})
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


@dataclass(frozen=True, slots=True)
class _Said:
    """A campaign's words, as core.campaign_text.Says asks for them."""

    workspace_id: int
    campaign_id: int
    category: str
    reply_service: bool
    per_profile: bool
    opt_out_message: str
    plain_letters: bool
    media_urls: Sequence[str]
    without_mms: str
    fallback_body: str


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a test is made of; `links` with the workspace's own host."""

    campaign: core.Campaign
    shown: Contact | None
    phones: Sequence[int]
    lines: Sequence[Line]
    links: tuple[Links, str]
    carries: Carried


@needs("campaigns:write")
async def send_test(
    pool: Pool, actor: Actor, campaign_id: int, wanted: TestWanted, links: Links, now: datetime
) -> list[Tested] | Refused:
    """Send a campaign's text to at most five numbers, as a real contact would read it.

    Words, pictures, short links and parts are those of a recipient, and it costs what theirs costs. Blocks
    and a no hold, a yes is not asked: whoever is named here asked for it. It counts for no campaign.
    """
    only = await simulators(pool, actor)
    kinds = await message_pictures.kinds(pool, actor)
    async with transaction(pool, actor) as conn:
        stood = await campaigns.get(conn, campaign_id)
        if stood is None:
            return missing("id", "campaign")
        phones = await _phones(conn, wanted.to)
        if isinstance(phones, Refused):
            return phones
        if await campaign_tests.lately(conn, now) + len(phones) > MOST_A_DAY:
            return conflict("to", "too_many", ENOUGH)
        shown = await _shown(conn, wanted)
        if isinstance(shown, Refused):
            return shown
        tracked = await storage_of_links.of_plan(conn, actor.workspace_id, campaign_id)
        written = await _written(conn, actor, stood, wanted.variant, (links, tracked))
        if isinstance(written, Refused):
            return written
        own = await numbers.sending_lines(conn)
        lines = [one for one in own if only is None or one.connection_id in only]
        carries = await message_pictures.carriers(conn, stood.media_urls, kinds)
        ready = _Ready(written, shown, phones, lines, (links, tracked.host), carries)
        planned = await _planned(conn, ready, now)
        problem = next((one for one in planned if one.reason in UNWRITTEN), None)
        if problem is not None:
            return fault("external_id", problem.reason, problem.because[-1].fact)
        tested = await paying.pay_planned(conn, actor, planned, now)
        await campaign_tests.store(conn, campaign_id, (written.category, wanted.variant), tested, now)
        await _recorded(conn, actor, campaign_id, tested)
        return [_told(one) for one in tested]


async def _recorded(conn: Connection, actor: Actor, campaign_id: int, tested: Sequence[Planned]) -> None:
    told = {"to": [one.to.recipient.phone for one in tested]}
    await record(conn, actor, audit.Change("tested", "campaign", str(campaign_id), None, told))


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


async def _written(
    conn: Connection, actor: Actor, stood: Campaign, variant: int, how: tuple[Links, Tracked]
) -> core.Campaign | Refused:
    links, tracked = how
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
    said = _Said(
        workspace_id=actor.workspace_id,
        campaign_id=stood.id,
        category=stood.category,
        reply_service=stood.reply_service,
        per_profile=True,
        opt_out_message=says,
        plain_letters=stood.plain_letters,
        media_urls=stood.media_urls,
        without_mms=stood.without_mms,
        fallback_body=stood.fallback_body,
    )
    return compiled(said, links.public_url, links.shortener(tracked.written, tracked.host), body)


async def _planned(conn: Connection, ready: _Ready, now: datetime) -> list[Planned]:
    campaign, phones, (links, host) = ready.campaign, ready.phones, ready.links
    as_who = _as_recipient(ready.shown)
    known = await walking.texted_from(conn, campaign.workspace_id, phones)
    ids = await walking.new_ids(conn, len(phones))
    chosen = [core.line_for(campaign, phone, ready.lines, known.get(phone, ())) for phone in phones]
    candidates = [
        core.candidate(campaign, replace(as_who, phone=phone), line, TEST)
        for phone, line in zip(phones, chosen, strict=True)
    ]
    read = await facts(conn, candidates, None)
    # A no of any profile of the number is one of whoever holds the telephone.
    said = [one for one in await consents.states(conn, phones) if one.state == "reject"]
    planned = []
    for message_id, phone, line, fact in zip(ids, phones, chosen, read, strict=True):
        link, carries = links.unsubscribe(message_id, host), ready.carries(line, phone)
        to = Addressed(replace(as_who, phone=phone), line, message_id, link, carries)
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
