"""Contacts, put by external id, one or a thousand at a time (R6.3, R6.4, R8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.actions import contact_record, people
from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.contact_record import ContactWanted, Evidence, Read
from sayso.actions.refusal import Refused, fault, missing
from sayso.core import consent
from sayso.core.problems import Problem
from sayso.storage import audit, blocks, cancelling, consents, contacts
from sayso.storage.consents import NewEntry
from sayso.storage.contacts import Contact, ContactRow
from sayso.storage.pool import Connection, Pool

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Put:
    """What became of one contact; with problems nothing did. `word` says what its consent came to."""

    external_id: str
    id: int | None
    created: bool
    word: consent.Word | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands for the people and numbers of one write."""

    contacts: Mapping[str, Contact]
    blocks: Mapping[int, Sequence[blocks.Block]]
    states: Mapping[int, Sequence[consents.State]]
    codes: Mapping[int, tuple[consent.StoppedCode, ...]]


@dataclass(frozen=True, slots=True)
class _Merged:
    """One contact as it shall stand, what stood, and what its consent came to."""

    row: ContactRow
    stood: Contact | None
    word: consent.Word
    evidence: Evidence | None


@needs("contacts:write")
async def put_contacts(
    pool: Pool, actor: Actor, wanted: Sequence[ContactWanted], now: datetime
) -> list[Put] | Refused:
    """Store contacts by external id, whatever is not said stays; a faulty one never fails its neighbours.

    Never lifts a block (R6.3). However many they are, it takes the same few statements.
    """
    if len(wanted) > MOST:
        return fault("contacts", "too_many", f"At most {MOST:,} contacts at a time.")
    async with transaction(pool, actor) as conn:
        country = await people.home(conn)
        read = _once(contact_record.read(contact, country) for contact in wanted)
        good = [row for row in read if not row.problems]
        known = await _known(conn, good)
        merged = {row.wanted.external_id: _merge(actor, row, known) for row in good}
        stored = await _store(conn, actor, merged, now)
        return [_told(row, stored, merged) for row in read]


@needs("contacts:read")
async def show_contact(pool: Pool, actor: Actor, contact_id: int) -> Contact | Refused:
    """One contact."""
    async with transaction(pool, actor) as conn:
        return await contacts.get(conn, contact_id) or missing("id", "contact")


@needs("contacts:read")
async def find_contacts(
    pool: Pool, actor: Actor, phone: str | None, external_id: str | None
) -> list[Contact] | Refused:
    """The contacts with a number, or the one with an external id."""
    async with transaction(pool, actor) as conn:
        if external_id is not None:
            found = await contacts.by_external_id(conn, external_id)
            return [found] if found else []
        key = people.read_phone("phone", phone or "", await people.home(conn))
        return key if isinstance(key, Refused) else await contacts.by_phone(conn, key, 200)


@needs("contacts:read")
async def list_contacts(pool: Pool, actor: Actor, after: int, limit: int) -> list[Contact]:
    """A page of contacts."""
    async with transaction(pool, actor) as conn:
        return await contacts.page(conn, after, limit)


def _once(read: Iterable[Read]) -> list[Read]:
    """One statement can write a row once, so an external id said twice is a fault of the second."""
    seen: set[str] = set()
    told = []
    for row in read:
        twice = row.wanted.external_id in seen
        seen.add(row.wanted.external_id)
        told.append(
            row.faulty(Problem("external_id", "twice", "This external id stands twice.")) if twice else row
        )
    return told


async def _known(conn: Connection, rows: Sequence[Read]) -> _Known:
    found = await contacts.lock_by_external_ids(conn, [row.wanted.external_id for row in rows])
    numbers = {row.phone for row in rows if row.phone} | {one.phone for one in found.values() if one.phone}
    by_number: dict[int, list[blocks.Block]] = {}
    for block in await blocks.active(conn, sorted(numbers)):
        by_number.setdefault(block.phone, []).append(block)
    said: dict[int, list[consents.State]] = {}
    for standing in await consents.states(conn, sorted(numbers)):
        said.setdefault(standing.phone, []).append(standing)
    return _Known(found, by_number, said, await people.stopped_codes(conn, numbers))


def _merge(actor: Actor, row: Read, known: _Known) -> _Merged:
    stood = known.contacts.get(row.wanted.external_id)
    phone = contact_record.phone_of(row, stood)
    standing = consent.Record(
        stood.sms_consent if stood else "unknown",
        number_changed=bool(stood and stood.phone and stood.phone != phone),
        blocks=people.core_blocks(actor.workspace_id, known.blocks.get(phone or 0, ())),
        states=people.core_states(known.states.get(phone or 0, ()), stood.id if stood else None),
    )
    word = consent.recorded(row.sms_consent, row.wanted.evidence is not None, standing)
    if row.sms_consent == "yes":
        in_the_way = consent.codes_in_the_way(known.codes.get(phone or 0, ()), consent.ALL, standing.states)
        word = replace(word, because=word.because + in_the_way)
    return _Merged(contact_record.whole(row, stood, word.sms_consent), stood, word, row.wanted.evidence)


async def _store(
    conn: Connection, actor: Actor, merged: Mapping[str, _Merged], now: datetime
) -> Mapping[str, int]:
    if not merged:
        return {}
    ids = await contacts.put(conn, [one.row for one in merged.values()], now)
    entries = [_entry(actor, one, ids[name], now) for name, one in merged.items() if one.word.action]
    await consents.append(conn, [entry for entry in entries if entry is not None], now)
    refused = [
        cancelling.Refused(one.row.phone, ids[name])
        for name, one in merged.items()
        if one.row.phone is not None and one.word.action == "reject"
    ]
    await cancelling.cancel_refused(conn, refused, now)
    changes = [_change(one, ids[name]) for name, one in merged.items()]
    await record(conn, actor, *(change for change in changes if change is not None))
    return ids


def _entry(actor: Actor, one: _Merged, contact_id: int, now: datetime) -> NewEntry | None:
    """The ledger is of numbers: a contact without one has nothing to write there (R6.4)."""
    if one.row.phone is None:
        return None
    evidence = one.evidence
    return NewEntry(
        contact_id,
        one.row.phone,
        one.word.action,
        consent.ALL,
        actor.source,
        f"+{one.row.phone}",
        min(evidence.timestamp, now) if evidence else now,
        method=evidence.method if evidence else None,
        wording=evidence.wording if evidence else None,
    )


def _change(one: _Merged, contact_id: int) -> audit.Change | None:
    """What changed, field by field: a thousand rows put again unchanged leave no trace."""
    after = state(one.row)
    if one.stood is None:
        return audit.Change("created", "contact", str(contact_id), None, after)
    stood = state(one.stood)
    changed = {name for name, value in after.items() if stood[name] != value}
    if not changed:
        return None
    before = {name: stood[name] for name in changed}
    return audit.Change(
        "changed", "contact", str(contact_id), before, {name: after[name] for name in changed}
    )


def _told(row: Read, ids: Mapping[str, int], merged: Mapping[str, _Merged]) -> Put:
    name = row.wanted.external_id
    if row.problems:
        return Put(name, None, created=False, word=None, problems=row.problems)
    return Put(name, ids[name], created=merged[name].stood is None, word=merged[name].word)


def refused_put(done: Put) -> Refused:
    """A single contact's faults as a refusal."""
    return Refused("invalid", done.problems)
