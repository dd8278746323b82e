"""One contact by hand: made, changed, deleted (R6.3, R8.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.contacts import store, without_tried_yes
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, conflict, invalid, missing
from sayso.core import contact_record
from sayso.core.contact_record import ContactRow, ContactWanted, Merged, Read
from sayso.storage import audit, contact_records, contacts
from sayso.storage.contacts import Contact
from sayso.storage.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class Made:
    """A contact that was made, or one as it was changed to."""

    id: int
    merged: Merged


@needs("contacts:write")
async def create_contact(pool: Pool, actor: Actor, wanted: ContactWanted, now: datetime) -> Made | Refused:
    """Make a contact; without an external id its number becomes it, as with an import."""
    async with transaction(pool, actor) as conn:
        home = await people.home(conn)
        row = without_tried_yes(actor, _named(contact_record.read(wanted, home)), None)
        if row.problems:
            return invalid(*row.problems)
        if await contacts.by_external_id(conn, row.wanted.external_id) is not None:
            sentence = (
                f"There is a contact with the external id {row.wanted.external_id} already. Open that one."
            )
            return conflict("external_id", "taken", sentence)
        return await _written(conn, actor, row, now)


@needs("contacts:write")
async def change_contact(
    pool: Pool, actor: Actor, contact_id: int, wanted: ContactWanted, seen: str, now: datetime
) -> Made | Refused:
    """Change a contact; its external id stays. `seen` is the stamp of what the form was made from."""
    async with transaction(pool, actor) as conn:
        name = await contacts.external_id(conn, contact_id)
        if name is None:
            return missing("id", "contact")
        row = contact_record.read(replace(wanted, external_id=name), await people.home(conn))
        await contact_records.hold_for_yes(conn, [row])
        stood = (await contacts.lock_by_external_ids(conn, [name]))[name]
        row = without_tried_yes(actor, row, stood)
        if row.problems:
            return invalid(*row.problems)
        after = contact_record.whole(row, stood, row.sms_consent or stood.sms_consent)
        refused = overtaken("this contact", editable(stood), after, seen)
        return refused or await _written(conn, actor, row, now)


@needs("contacts:write")
async def delete_contact(pool: Pool, actor: Actor, contact_id: int) -> Contact | Refused:
    """Remove a profile and its places on lists; texts, blocks and the ledger are its number's and stay."""
    async with transaction(pool, actor) as conn:
        found = await contacts.get(conn, contact_id)
        if found is None or not await contacts.delete(conn, contact_id):
            return missing("id", "contact")
        before = state(editable(found))
        await record(conn, actor, audit.Change("deleted", "contact", str(contact_id), before, None))
        return found


def editable(contact: Contact) -> ContactRow:
    """What of a contact a form changes, as it stands."""
    return contact_record.whole(
        Read(ContactWanted(contact.external_id or ""), UNSET, None, ()), contact, contact.sms_consent
    )


def _named(row: Read) -> Read:
    if row.wanted.external_id or not isinstance(row.phone, int):
        return row
    problems = tuple(problem for problem in row.problems if problem.field != "external_id")
    return replace(row, wanted=replace(row.wanted, external_id=f"+{row.phone}"), problems=problems)


async def _written(conn: Connection, actor: Actor, row: Read, now: datetime) -> Made:
    known = await contact_records.known(conn, actor.workspace_id, [row])
    name = row.wanted.external_id
    merged = contact_record.merge(row, known.contacts.get(name), known.around(row))
    ids = await store(conn, actor, {name: merged}, now)
    return Made(ids[name], merged)
