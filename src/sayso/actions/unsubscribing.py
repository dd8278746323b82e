"""A recipient stops texts by the personal link in one (R9.4); the token is all the proof that is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions import people
from sayso.core import consent, erasure
from sayso.core.audience import standing
from sayso.core.gate_asked import ConsentState
from sayso.core.opt_out import CATEGORIES_IN_LEDGER
from sayso.observe.counting import committed
from sayso.storage import (
    blocks,
    cancelling,
    categories,
    consents,
    contacts,
    erased,
    erasures,
    live,
    pool,
    unsubscribing,
)
from sayso.storage.blocks import BlockDraft
from sayso.storage.consents import NewEntry
from sayso.storage.pool import Connection, Pool
from sayso.storage.unsubscribing import Subscription

LINK = "link"


@dataclass(frozen=True, slots=True)
class Choice:
    """A category, and whether its texts may still come: neither stopped nor refused."""

    name: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Who a link is of, and what they may choose between."""

    subscription: Subscription
    choices: tuple[Choice, ...]


async def show(connections: Pool, message_id: int) -> Shown | None:
    """What a link's page shows; nothing is changed by looking. None: there is no such message any more."""
    workspace_id = await _workspace(connections, message_id)
    if workspace_id is None:
        return None
    async with pool.workspace(connections, workspace_id) as conn:
        return await _shown(conn, message_id)


async def stop(connections: Pool, message_id: int, kept: Sequence[str] | None, now: datetime) -> Shown | None:
    """Stop all advertising to the number of a message, or (`kept` names some) all categories but these.

    Block, ledger and what waits, in one transaction, in the order in which the inbound stage writes them; a
    second time changes nothing but when it was said last.
    """
    workspace_id = await _workspace(connections, message_id)
    if workspace_id is None:
        return None
    with committed():
        async with pool.workspace(connections, workspace_id) as conn:
            found = await unsubscribing.subscription(conn, message_id)
            if found is None:
                return None
            if found.phone < 0:  # erased since: the no stands under the hash of the number
                await erasures.keep(conn, found.phone, erasure.mark_of(erased.key()), now)
            known = await categories.every(conn)
            left = [each.name for each in known if kept is not None and each.name not in kept]
            if kept is None or len(left) == len(known):
                rejected = [each.name for each in known if each.rejected_by_stop][:CATEGORIES_IN_LEDGER]
                if await _block(conn, found, "channel", [""], (message_id, now)):
                    await _refuse(conn, found, rejected or [consent.ALL], (message_id, now))
                    await contacts.set_consent(conn, contacts.ConsentWord(found.phone, None, "no"), now)
                await cancelling.cancel_refused(conn, [cancelling.Refused(found.phone)], now)
            elif left:
                if await _block(conn, found, "category", left, (message_id, now)):
                    await _refuse(conn, found, left, (message_id, now))
                refused = [cancelling.Refused(found.phone, category=name) for name in sorted(left)]
                await cancelling.cancel_refused(conn, refused, now)
            await live.note(conn, ["opt_outs"], {workspace_id})
            return await _shown(conn, message_id)


async def _workspace(connections: Pool, message_id: int) -> int | None:
    async with pool.anyone(connections) as conn:
        return await unsubscribing.workspace_of(conn, message_id)


async def _shown(conn: Connection, message_id: int) -> Shown | None:
    found = await unsubscribing.subscription(conn, message_id)
    if found is None:
        return None
    every = await categories.every(conn)
    words = [
        ConsentState(one.category, one.state, one.since, one.source)
        for one in await consents.states(conn, [found.phone])
        if one.contact_id in (0, found.contact_id)
    ]
    left = {each.name for each in every if standing(words, "unknown", each.name) == "no"}
    left.update(found.left_categories)
    return Shown(found, tuple(Choice(each.name, each.name not in left) for each in every))


async def _block(
    conn: Connection, found: Subscription, scope: str, names: Sequence[str], done: tuple[int, datetime]
) -> bool:
    """Whether it was not blocked so already: the ledger keeps what is new, not every press of the button."""
    message_id, now = done
    draft = BlockDraft(
        phone=found.phone,
        written=found.recipient,
        scope=scope,
        line_id=0,
        categories=sorted(names),
        since=now,
        source=LINK,
        reason="They stopped it by the link in a text.",
        message_id=message_id,
    )
    return await blocks.add(conn, draft) > 0


async def _refuse(
    conn: Connection, found: Subscription, names: Sequence[str], done: tuple[int, datetime]
) -> None:
    """R5.5: for each profile of the number, or for the number alone; the proof is the text with the link."""
    message_id, now = done
    profiles = await contacts.by_phone(conn, found.phone, people.MOST_PROFILES)
    whose: list[int | None] = [contact.id for contact in profiles] or [None]
    entries = [
        NewEntry(
            contact_id,
            found.phone,
            "reject",
            name,
            LINK,
            f"+{found.phone}" if found.phone > 0 else "",
            now,
            method="link in a text",
            evidence={"message_id": str(message_id)},
        )
        for contact_id in whose
        for name in sorted(names)
    ]
    await consents.append(conn, entries, now)
