"""Consent reported by API, form or console, and the way back that it opens (R6.4, R6.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.blocks import asked_phone
from sayso.actions.categories import fault_in_name
from sayso.actions.refusal import Refused, fault, invalid
from sayso.core import consent, said_when
from sayso.core.because import Because, Step
from sayso.core.fiction import is_fiction
from sayso.core.messages import Block
from sayso.core.problems import Problem
from sayso.storage import audit, blocks, cancelling, consents, contact_records, contacts, hands
from sayso.storage.consents import Entry, NewEntry, State
from sayso.storage.pool import Connection, Pool

ACTIONS = ("accept", "reject")
LONGEST_WORDING = 2_000
MOST_CATEGORIES = 50


@dataclass(frozen=True, slots=True)
class ConsentWanted:
    """A word about consent as reported; `timestamp` is when the person said it, None: nobody knows."""

    phone: str
    action: str
    categories: tuple[str, ...] = ("*",)
    external_id: str | None = None
    timestamp: datetime | None = None
    method: str = ""
    wording: str = ""
    evidence: Mapping[str, object] | None = None

    @property
    def proven(self) -> bool:
        """Whether method, time and wording are all there (R6.5)."""
        return bool(self.method.strip() and self.wording.strip() and self.timestamp)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the word did for one category: accepted, lifted, pending, nothing or rejected."""

    category: str
    outcome: str
    because: Because
    lifted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stands for the number: its contacts, blocks (locked), states, and stops on shared codes."""

    phone: int
    contact_ids: tuple[int | None, ...]
    blocks: tuple[Block, ...]
    states: tuple[State, ...]
    codes: tuple[consent.StoppedCode, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """One reported word, who reports it, and what stands; `at` is never in the future.

    `untimely` says why a no counts from now, where its timestamp cannot have been.
    """

    actor: Actor
    wanted: ConsentWanted
    facts: _Facts
    at: datetime
    untimely: str = ""


@needs("consents:write")
async def record_consent(
    pool: Pool, actor: Actor, wanted: ConsentWanted, now: datetime
) -> list[Outcome] | Refused:
    """Write a yes or no to the ledger and say what it did, category by category; a no needs no proof.

    A test key's yes is for numbers that are nobody's (R2.3); its no holds, as every no.
    """
    impossible = said_when.fault("timestamp", wanted.timestamp, now)
    refused = _fault(wanted, impossible)
    if refused:
        return refused
    async with transaction(pool, actor) as conn:
        facts = await _facts(conn, actor, wanted)
        if isinstance(facts, Refused):
            return facts
        said = None if impossible else wanted.timestamp
        case = _Case(actor, wanted, facts, min(said or now, now), impossible.message if impossible else "")
        told = [_outcome(case, category) for category in sorted(set(wanted.categories))]
        await _store(conn, case, told, now)
        return told


@needs("consents:read")
async def list_consents(
    pool: Pool, actor: Actor, phone: str | None, before_id: int, limit: int
) -> list[Entry] | Refused:
    """A page of the ledger, newest first, of one number or of all."""
    async with transaction(pool, actor) as conn:
        key = await asked_phone(conn, phone)
        return key if isinstance(key, Refused) else await consents.newest(conn, key, before_id, limit)


def _fault(wanted: ConsentWanted, impossible: Problem | None) -> Refused | None:
    if wanted.action not in ACTIONS:
        return fault("action", "unknown", "The action is accept or reject.")
    if not wanted.categories or len(wanted.categories) > MOST_CATEGORIES:
        return fault("categories", "count", f"Name 1 to {MOST_CATEGORIES} categories, or * for all.")
    if impossible and wanted.action == "accept":
        return invalid(impossible)
    if len(wanted.wording) > LONGEST_WORDING or len(wanted.method) > 200:
        return fault("wording", "too_long", f"Wording has at most {LONGEST_WORDING} characters, method 200.")
    names = [name for name in wanted.categories if name != consent.ALL]
    return next((found for name in names if (found := fault_in_name("categories", name))), None)


async def _facts(conn: Connection, actor: Actor, wanted: ConsentWanted) -> _Facts | Refused:
    phone = people.read_phone("phone", wanted.phone, await people.home(conn))
    if isinstance(phone, Refused):
        return phone
    if actor.test_mode and wanted.action == "accept" and not is_fiction(phone):
        told = "A test key takes no yes for a number that somebody may have: it might lift their stop."
        return fault("key", "test_mode", f"{told} Use a number set aside for fiction, or another key.")
    await hands.hold_for_yes(conn, [phone])
    contact_ids: tuple[int | None, ...]
    if wanted.external_id is None:
        found = await contacts.by_phone(conn, phone, people.MOST_PROFILES)
        contact_ids = tuple(contact.id for contact in found) or (None,)
    else:
        named = await contacts.by_external_id(conn, wanted.external_id)
        if named is None or named.phone != phone:
            return fault("external_id", "unknown", "No contact with this external id has this number.")
        contact_ids = (named.id,)
    both = [phone, *await contact_records.hidden_among(conn, actor.workspace_id, [phone])]
    standing = await blocks.active(conn, both, for_update=True)
    states = await consents.states(conn, both)
    of_number = wanted.action == "reject" or any(state.contact_id == 0 for state in states)
    if wanted.external_id is None and contact_ids != (None,) and of_number:
        contact_ids += (None,)  # a no of the number holds for profiles made later too, and so does its end
    codes = (await contact_records.stopped_codes(conn, [phone])).get(phone, ())
    return _Facts(
        phone, contact_ids, contact_records.core_blocks(actor.workspace_id, standing), tuple(states), codes
    )


def _outcome(case: _Case, category: str) -> Outcome:
    if case.wanted.action == "reject":
        fact = "A no needs no proof."
        if case.untimely:
            fact = f"{fact} Its timestamp is not taken, so it counts from now on: {case.untimely}"
        return Outcome(category, "rejected", (Step("R6.4", fact, case.at, case.actor.source),))
    facts = case.facts
    states = tuple(
        state
        for contact_id in facts.contact_ids
        for state in contact_records.core_states(facts.states, contact_id)
    )
    word = consent.Accept(category, case.at, case.wanted.proven, case.actor.may("consents:override"))
    found = consent.accept(word, facts.blocks, states)
    lifted = found.block_ids if isinstance(found, consent.Lifted) else ()
    because = found.because + consent.codes_in_the_way(facts.codes, category, states)
    return Outcome(category, _OUTCOMES[type(found)], because, lifted)


async def _store(conn: Connection, case: _Case, told: Sequence[Outcome], now: datetime) -> None:
    entries = [_entry(case, contact_id, one) for contact_id in case.facts.contact_ids for one in told]
    await consents.append(conn, entries, now)
    lifted = sorted({block_id for one in told for block_id in one.lifted})
    await blocks.lift(conn, lifted, case.actor.source, now)
    await cancelling.cancel_refused(conn, _refused(case, told), now)
    everything = next((one.outcome for one in told if one.category == consent.ALL), "")
    if everything in _SMS_CONSENT and case.facts.contact_ids != (None,):
        whose = case.facts.contact_ids[0] if case.wanted.external_id is not None else None
        word = contacts.ConsentWord(case.facts.phone, whose, _SMS_CONSENT[everything])
        await contacts.set_consent(conn, word, now)
    after: dict[str, object] = {
        "action": case.wanted.action,
        "lifted": [str(block_id) for block_id in lifted],
    }
    after |= {"outcomes": {one.category: one.outcome for one in told}}
    await record(conn, case.actor, audit.Change("recorded", "consent", str(case.facts.phone), None, after))


def _refused(case: _Case, told: Sequence[Outcome]) -> list[cancelling.Refused]:
    """R5.4: what waits for who says no. Said of a number, it holds for whoever is behind it."""
    named = case.facts.contact_ids[0] if case.wanted.external_id is not None else None
    return [
        cancelling.Refused(
            case.facts.phone, named or 0, category="" if one.category == consent.ALL else one.category
        )
        for one in told
        if one.outcome == "rejected"
    ]


def _entry(case: _Case, contact_id: int | None, one: Outcome) -> NewEntry:
    wanted = case.wanted
    return NewEntry(
        contact_id,
        case.facts.phone,
        _ACTIONS[one.outcome],
        one.category,
        case.actor.source,
        f"+{case.facts.phone}",
        case.at,
        method=wanted.method.strip() or None,
        wording=wanted.wording.strip() or None,
        evidence=wanted.evidence,
        # A yes older than the no is kept as what it is, and moves nothing.
        moves_state=one.outcome != "nothing",
    )


_OUTCOMES: Mapping[type[consent.Outcome], str] = {
    consent.Given: "accepted",
    consent.Lifted: "lifted",
    consent.Pending: "pending",
    consent.Nothing: "nothing",
}
_ACTIONS = {
    "accepted": "accept",
    "lifted": "accept",
    "nothing": "accept",
    "pending": "pending",
    "rejected": "reject",
}
_SMS_CONSENT = {"accepted": "yes", "lifted": "yes", "rejected": "no"}
