"""Blocks: the record that a number may not be sent to, within a scope (R6.1, R6.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.categories import fault_in_name
from sayso.actions.refusal import Refused, fault
from sayso.storage import audit, blocks, cancelling, numbers
from sayso.storage.blocks import Block, BlockDraft, Since
from sayso.storage.pool import Connection, Pool

SCOPES = ("channel", "line", "categories", "all")
LONGEST_REASON = 500
MOST_CATEGORIES = 50


@dataclass(frozen=True, slots=True)
class BlockWanted:
    """A block as asked for; `line_id` for scope line, `categories` for scope categories."""

    phone: str
    scope: str = "channel"
    reason: str = ""
    line_id: int | None = None
    categories: tuple[str, ...] = ()


@needs("consents:write")
async def create_block(pool: Pool, actor: Actor, wanted: BlockWanted, now: datetime) -> list[Block] | Refused:
    """Block a number, cancel what waits for it, and tell all blocks that now stand on it.

    One that stood already keeps its proof.
    """
    refused = _fault(wanted)
    if refused:
        return refused
    async with transaction(pool, actor) as conn:
        phone = people.read_phone("phone", wanted.phone, await people.home(conn))
        if isinstance(phone, Refused):
            return phone
        if wanted.line_id is not None and await numbers.get_line(conn, wanted.line_id) is None:
            return fault("line_id", "unknown", "There is no such line in this workspace.")
        added = await blocks.add(conn, _draft(actor, wanted, phone, now))
        await cancelling.cancel_refused(conn, _reached(wanted, phone), now)
        if added:
            after = {"scope": wanted.scope, "line_id": wanted.line_id, "categories": list(wanted.categories)}
            after |= {"reason": wanted.reason}
            await record(conn, actor, audit.Change("created", "block", str(phone), None, after))
        return await blocks.active(conn, [phone])


@needs("consents:read")
async def list_blocks(pool: Pool, actor: Actor, phone: str | None, since: Since) -> list[Block] | Refused:
    """A page of blocks, newest first, of one number or of all."""
    async with transaction(pool, actor) as conn:
        key = await asked_phone(conn, phone)
        return key if isinstance(key, Refused) else await blocks.newest(conn, key, since)


async def asked_phone(conn: Connection, phone: str | None) -> int | Refused | None:
    """The number that a list is asked for; None where it is asked for all."""
    if phone is None:
        return None
    return people.read_phone("phone", phone, await people.home(conn))


def _fault(wanted: BlockWanted) -> Refused | None:
    if wanted.scope not in SCOPES:
        return fault("scope", "unknown", f"The scope is one of: {', '.join(SCOPES)}.")
    if (wanted.scope == "line") != (wanted.line_id is not None):
        return fault("line_id", "scope", "Name the line with the scope line, and none with any other scope.")
    if (wanted.scope == "categories") != bool(wanted.categories) or len(wanted.categories) > MOST_CATEGORIES:
        return fault(
            "categories",
            "scope",
            "Name categories with the scope categories, and none with any other.",
        )
    if len(wanted.reason) > LONGEST_REASON:
        return fault("reason", "too_long", f"The reason has at most {LONGEST_REASON} characters.")
    return next((found for name in wanted.categories if (found := fault_in_name("categories", name))), None)


def _draft(actor: Actor, wanted: BlockWanted, phone: int, now: datetime) -> BlockDraft:
    through = "in the console" if actor.source == "console" else "through the API"
    return BlockDraft(
        phone=phone,
        written=wanted.phone.strip(),
        scope="category" if wanted.scope == "categories" else wanted.scope,
        line_id=wanted.line_id or 0,
        categories=sorted(set(wanted.categories)) or [""],
        since=now,
        source=actor.source,
        reason=wanted.reason.strip() or f"Blocked {through}.",
    )


def _reached(wanted: BlockWanted, phone: int) -> list[cancelling.Refused]:
    """What such a block reaches of that which waits (R6.1)."""
    line_id, all_of_it = wanted.line_id or 0, wanted.scope == "all"
    return [
        cancelling.Refused(phone, line_id=line_id, category=category, transactional=all_of_it)
        for category in sorted(set(wanted.categories)) or [""]
    ]
