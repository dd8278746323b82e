"""Contacts, put by external id, one or a thousand at a time (R6.3, R6.4, R8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.refusal import Refused, fault, missing
from sayso.core import consent, contact_record, import_noes, said_when
from sayso.core.contact_record import ContactWanted, Merged, Read, Stood
from sayso.core.fiction import is_fiction
from sayso.core.problems import Problem
from sayso.storage import audit, contact_records, contacts
from sayso.storage.contact_records import Said
from sayso.storage.contacts import Contact
from sayso.storage.pool import Connection, Pool

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Put:
    """What became of one contact; with problems nothing did, but a no among them that was kept.

    `word` says what its consent came to.
    """

    external_id: str
    id: int | None
    created: bool
    word: consent.Word | None
    problems: tuple[Problem, ...] = ()


@needs("contacts:write")
async def put_contacts(
    pool: Pool, actor: Actor, wanted: Sequence[ContactWanted], now: datetime
) -> list[Put] | Refused:
    """Store contacts by external id, whatever is not said stays; a faulty one never fails its neighbours.

    Never lifts a block (R6.3). Of a faulty one that says no to texts the no alone is stored (R6.4). However
    many they are, it takes the same few statements.
    """
    if len(wanted) > MOST:
        return fault("contacts", "too_many", f"At most {MOST:,} contacts at a time.")
    async with transaction(pool, actor) as conn:
        country = await people.home(conn)
        read = _once(_timely(contact_record.read(contact, country), now) for contact in wanted)
        noes = [row for row in read if row.problems and import_noes.says_no(row, row.problems)]
        asked = [*(row for row in read if not row.problems), *noes]
        known = await contact_records.known(conn, actor.workspace_id, asked)
        read = [without_tried_yes(actor, row, known.contacts.get(row.wanted.external_id)) for row in read]
        good = {row.wanted.external_id: row for row in read if not row.problems}
        left = import_noes.noes(noes, known.contacts, good)
        rows = {**left, **{name: import_noes.outdone(row, left) for name, row in good.items()}}
        merged = {
            name: contact_record.merge(row, known.contacts.get(name), known.around(row))
            for name, row in rows.items()
        }
        stored = await store(conn, actor, merged, now)
        return [_told(row, stored, merged, left) for row in read]


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


def _timely(row: Read, now: datetime) -> Read:
    """The row, faulty where its yes is proven by what cannot have been then; a no needs no proof."""
    proof = row.wanted.evidence
    impossible = said_when.fault("consent_evidence.timestamp", proof.timestamp if proof else None, now)
    if impossible is None:
        return row
    if row.sms_consent == "yes":
        return row.faulty(impossible)
    return structs.replace(row, wanted=structs.replace(row.wanted, evidence=None))


def _once(read: Iterable[Read]) -> list[Read]:
    """One statement can write a row once, so an external id said well twice is a fault of the second."""
    seen: set[str] = set()
    told = []
    for row in read:
        if row.wanted.external_id in seen:
            told.append(row.faulty(Problem("external_id", "twice", "This external id stands twice.")))
            continue
        if not row.problems:
            seen.add(row.wanted.external_id)
        told.append(row)
    return told


async def store(
    conn: Connection, actor: Actor, merged: Mapping[str, Merged], now: datetime
) -> Mapping[str, int]:
    """Write contacts with their consent, and into the trail what of each became different; ids by name."""
    ids = await contact_records.store(conn, merged, Said(actor.source), now)
    changes = [_change(one, ids[name]) for name, one in merged.items()]
    await record(conn, actor, *(change for change in changes if change is not None))
    return ids


def _change(one: Merged, contact_id: int) -> audit.Change | None:
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


def _told(row: Read, ids: Mapping[str, int], merged: Mapping[str, Merged], left: Mapping[str, Read]) -> Put:
    name = row.wanted.external_id
    if row.problems:
        problems = tuple(import_noes.told(row, row.problems, left))
        return Put(name, None, created=False, word=None, problems=problems)
    return Put(name, ids[name], created=merged[name].stood is None, word=merged[name].word)


def without_tried_yes(actor: Actor, row: Read, stood: Stood | None) -> Read:
    """The row, faulty where a test key says yes for a number that somebody may have, or for none (R2.3)."""
    if not actor.test_mode or row.problems or row.sms_consent != "yes":
        return row
    phone = contact_record.phone_of(row, stood)
    if phone is not None and is_fiction(phone):
        return row
    told = (
        "A test key takes no yes for a number that somebody may have: it might take back their no. Use a "
        "number set aside for fiction, or another key."
    )
    return row.faulty(Problem("sms_consent", "test_mode", told))


def refused_put(done: Put) -> Refused:
    """A single contact's faults as a refusal."""
    return Refused("invalid", done.problems)
