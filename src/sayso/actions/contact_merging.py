"""Two profiles of one person become one (R6.3, R8.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.contact_editing import editable
from sayso.actions.refusal import Refused, conflict, missing
from sayso.core.contact_merge import merged
from sayso.storage import audit, cancelling, contacts
from sayso.storage.contacts import Contact
from sayso.storage.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class Two:
    """Which profile stays, which goes into it, and whose fields of the second are taken."""

    kept: int
    gone: int
    theirs: frozenset[str] = frozenset()


@needs("contacts:write")
async def merge_contacts(pool: Pool, actor: Actor, two: Two, now: datetime) -> int | Refused:
    """Merge them; the id of the one that stays.

    A no of either stands, lists are joined, and the ledger is left as it was written. Blocks, texts and
    messages are of numbers, and lie where they lay. It cannot be undone.
    """
    if two.kept == two.gone:
        return conflict("with", "same", "This is one profile. Choose another one to merge with.")
    async with transaction(pool, actor) as conn:
        kept, gone = await _both(conn, two)
        if kept is None or gone is None:
            return missing("id", "contact")
        before, theirs = editable(kept), editable(gone)
        row = merged(before, theirs, two.theirs)
        await contacts.merge(conn, kept.id, gone.id)
        await contacts.put(conn, [row], now)
        if row.sms_consent == "no":
            both = ((kept.phone, kept.id), (gone.phone, gone.id))
            waiting = [cancelling.Refused(phone, whose) for phone, whose in both if phone is not None]
            await cancelling.cancel_refused(conn, waiting, now)
        trail = [
            audit.Change("merged", "contact", str(kept.id), state(before), state(row)),
            audit.Change("merged_away", "contact", str(gone.id), state(theirs), {"into": str(kept.id)}),
        ]
        await record(conn, actor, *trail)
        return kept.id


@needs("contacts:read")
async def show_both(pool: Pool, actor: Actor, two: Two) -> tuple[Contact, Contact] | Refused:
    """Both profiles as they stand."""
    async with transaction(pool, actor) as conn:
        kept, gone = await contacts.get(conn, two.kept), await contacts.get(conn, two.gone)
        return missing("id", "contact") if kept is None or gone is None else (kept, gone)


async def _both(conn: Connection, two: Two) -> tuple[Contact | None, Contact | None]:
    """Locked in the order of their external ids, as every bulk write does."""
    ids = [name for one in (two.kept, two.gone) if (name := await contacts.external_id(conn, one))]
    locked = {one.id: one for one in (await contacts.lock_by_external_ids(conn, ids)).values()}
    return locked.get(two.kept), locked.get(two.gone)
