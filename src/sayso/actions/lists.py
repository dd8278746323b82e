"""Lists of contacts: fixed, put together by hand or by a system (R8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.refusal import Refused, conflict, fault, missing
from sayso.core.phones import Phone, parse
from sayso.storage import audit, lists
from sayso.storage.lists import ContactList
from sayso.storage.pool import Connection, Pool

LONGEST_NAME = 200
MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Added:
    """How many came onto a list (or left it), and what was written that is no contact here."""

    changed: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """People as somebody wrote them: external ids, and with `numbers` telephone numbers too."""

    people: Sequence[str]
    numbers: bool


@needs("contacts:write")
async def create_list(pool: Pool, actor: Actor, name: str) -> ContactList | Refused:
    """Make an empty list."""
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        return fault("name", "form", f"A list has a name of at most {LONGEST_NAME} characters.")
    async with transaction(pool, actor) as conn:
        made = await lists.create(conn, name.strip())
        if made is None:
            return conflict("name", "taken", "There is a list of this name already. Choose another one.")
        found = await lists.get(conn, made)
        assert found is not None  # noqa: S101 - stored above, in this transaction
        await record(conn, actor, audit.Change("created", "list", str(made), None, state(found)))
        return found


@needs("contacts:read")
async def show_list(pool: Pool, actor: Actor, list_id: int) -> ContactList | Refused:
    """One list."""
    async with transaction(pool, actor) as conn:
        return await lists.get(conn, list_id) or missing("id", "list")


@needs("contacts:read")
async def list_lists(pool: Pool, actor: Actor, after: int, limit: int) -> list[ContactList]:
    """A page of lists."""
    async with transaction(pool, actor) as conn:
        return await lists.every(conn, after, limit)


@needs("contacts:write")
async def add_to_list(
    pool: Pool, actor: Actor, list_id: int, external_ids: Sequence[str], *, numbers: bool = False
) -> Added | Refused:
    """Put contacts on a list by their external ids.

    `numbers`: what is nobody's external id is read as a number, and means everybody who has it.
    """
    return await _change(pool, actor, list_id, _Written(external_ids, numbers), adds=True)


@needs("contacts:write")
async def remove_from_list(
    pool: Pool, actor: Actor, list_id: int, external_ids: Sequence[str], *, numbers: bool = False
) -> Added | Refused:
    """Take contacts off a list by their external ids; `numbers` as for `add_to_list`."""
    return await _change(pool, actor, list_id, _Written(external_ids, numbers), adds=False)


@needs("contacts:write")
async def delete_list(pool: Pool, actor: Actor, list_id: int) -> ContactList | Refused:
    """Remove a list; its contacts stay."""
    async with transaction(pool, actor) as conn:
        found = await lists.get(conn, list_id)
        if found is None:
            return missing("id", "list")
        if not await lists.delete(conn, list_id):
            return conflict("id", "in_use", _IN_USE)
        await record(conn, actor, audit.Change("deleted", "list", str(list_id), state(found), None))
        return found


_IN_USE = "A campaign goes to this list, or a segment speaks of it. Delete or change that one first."


async def _change(
    pool: Pool, actor: Actor, list_id: int, written: _Written, *, adds: bool
) -> Added | Refused:
    if len(written.people) > MOST_AT_ONCE:
        return fault(
            "external_ids", "too_many", f"At most {MOST_AT_ONCE:,} at once. Send them in several calls."
        )
    async with transaction(pool, actor) as conn:
        found = await lists.get(conn, list_id)
        if found is None:
            return missing("id", "list")
        known = await lists.known(conn, written.people)
        phones = await _phones(conn, [one for one in written.people if one not in known], written.numbers)
        changed = await (lists.add if adds else lists.remove)(conn, list_id, known, set(phones.values()))
        after = {"name": found.name, "added" if adds else "removed": changed}
        await record(conn, actor, audit.Change("changed", "list", str(list_id), {"name": found.name}, after))
        return Added(changed, tuple(sorted(set(written.people) - known - set(phones))))


async def _phones(conn: Connection, written: Sequence[str], numbers: bool) -> dict[str, int]:
    """The numbers among what was written that a contact has, by how each was written."""
    if not numbers or not written:
        return {}
    country = await people.home(conn)
    read = {one: number.key for one in written if isinstance(number := parse(one, country), Phone)}
    held = await lists.known_phones(conn, set(read.values()))
    return {one: phone for one, phone in read.items() if phone in held}
