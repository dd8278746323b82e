"""What is only read: texts as decided (R5.3) and the audit trail (R2.4)."""

from __future__ import annotations

from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.blocks import asked_phone
from sayso.actions.refusal import Refused, missing
from sayso.storage import audit, inbound_messages
from sayso.storage.inbound_messages import InboundMessage, Wanted
from sayso.storage.pool import Pool


@needs("messages:read")
async def list_inbound(
    pool: Pool, actor: Actor, asked: tuple[str | None, int | None], before_id: int, limit: int
) -> list[InboundMessage] | Refused:
    """A page of texts, newest first, asked for by (number, line), None for all of either."""
    phone, line_id = asked
    async with transaction(pool, actor) as conn:
        key = await asked_phone(conn, phone)
        if isinstance(key, Refused):
            return key
        return await inbound_messages.newest(conn, Wanted(key, line_id), before_id, limit)


@needs("messages:read")
async def show_inbound(pool: Pool, actor: Actor, inbound_id: int) -> InboundMessage | Refused:
    """One text with its decision."""
    async with transaction(pool, actor) as conn:
        return await inbound_messages.get(conn, inbound_id) or missing("id", "text")


@needs("audit:read")
async def list_audit(pool: Pool, actor: Actor, before_id: int, limit: int) -> list[audit.Entry]:
    """A page of the audit trail, newest first."""
    async with transaction(pool, actor) as conn:
        return await audit.newest(conn, before_id, limit)
