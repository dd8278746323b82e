"""Erasing a person: what is known and was said goes, that they said no stays (R8.4, decision 0014)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, conflict, fault, missing
from sayso.core import erasure
from sayso.storage import audit, cancelling, contacts, erased, erasures
from sayso.storage.contacts import Contact
from sayso.storage.erasures import Person
from sayso.storage.pool import Connection, Pool

MOST_PROFILES = 200


@dataclass(frozen=True, slots=True)
class Erased:
    """How many profiles went, and how many blocks and rejects keep the number blocked."""

    profiles: int
    kept: int


@needs("contacts:erase")
async def erase_contact(
    pool: Pool, actor: Actor, contact_id: int, confirmed: str, *, everyone: bool, now: datetime
) -> Erased | Refused:
    """Erase whoever this contact is; `confirmed` is its number, or its external id, as somebody typed it.

    Texts are the number's, so all its profiles go, and only where `everyone` says that this is meant. Of
    numbers that they had before goes what was theirs, not what is of whoever else had them. The ledgers
    follow in slices; a text that comes in later is new. Never by a test key (R2.3).
    """
    if actor.test_mode:
        told = "A test key reaches only the simulator, and whom this erases may be real. Use another one."
        return fault("key", "test_mode", told)
    async with transaction(pool, actor) as conn:
        found = await contacts.get(conn, contact_id)
        if found is None:
            return missing("id", "contact")
        sharing = (
            [found] if found.phone is None else await contacts.by_phone(conn, found.phone, MOST_PROFILES)
        )
        refused = _fault(found, sharing, confirmed, everyone=everyone)
        if refused:
            return refused
        try:  # Under two keys at once no one key would recognise all of them.
            await erased.also(conn, {(actor.workspace_id, found.phone or 0)})
        except erased.ErasureKeyError as error:
            return conflict("contact", "another_key", str(error))
        kept = await _erase(conn, actor, found, sharing, now)
        after = {"profiles": len(sharing), "blocks_and_rejects_kept": kept}
        await record(conn, actor, audit.Change("erased", "contact", str(contact_id), None, after))
        return Erased(len(sharing), kept)


def confirms(contact: Contact, said: str) -> bool:
    """Whether these words name the contact: its number or its external id."""
    typed = "".join(said.split())
    number = f"+{contact.phone}" if contact.phone else ""
    return bool(typed) and typed in {
        number,
        number.removeprefix("+"),
        "".join((contact.external_id or "").split()),
    }


def _fault(found: Contact, sharing: Sequence[Contact], confirmed: str, *, everyone: bool) -> Refused | None:
    if not confirms(found, confirmed):
        return fault(
            "confirm", "differs", "This is neither its number nor its external id. Type one of them."
        )
    if len(sharing) > 1 and not everyone:
        sentence = (
            f"{len(sharing)} contacts share this number, and its texts belong to all of them. Say that all "
            "are meant, or give this contact another number first."
        )
        return conflict("everyone", "shared", sentence)
    return None


async def _erase(
    conn: Connection, actor: Actor, found: Contact, sharing: Sequence[Contact], now: datetime
) -> int:
    used, phone = erased.key(), found.phone
    hidden = None if phone is None else erasure.hidden(used, actor.workspace_id, phone)
    ids = sorted(each.id for each in sharing)
    before = await erasures.former(conn, ids, phone)
    waiting = [cancelling.Refused(one.phone, one.was, transactional=True) for one in before]
    if phone is not None:
        waiting.append(cancelling.Refused(phone, transactional=True))
    await cancelling.cancel_refused(conn, waiting, now)
    words = [word for each in sharing for word in (each.external_id, each.email)]
    everybody = sorted({*ids, *(one.was for one in before)})
    person = Person(phone, hidden, erasure.mark_of(used), everybody, erasure.terms(phone, *words))
    if before:
        keys = {one.phone: erasure.hidden(used, actor.workspace_id, one.phone) for one in before}
        await erasures.begin_former(conn, person, ids, keys, now)
    return await erasures.begin(conn, person, now)
