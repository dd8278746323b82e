"""Texts that belong to nobody: the operator settles them, or has them decided again (R3.3)."""

from __future__ import annotations

from datetime import datetime

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, conflict
from sayso.core.callbacks import Text
from sayso.providers import hearing
from sayso.providers.catalogue import PROVIDERS
from sayso.providers.contract import Genuine
from sayso.storage import audit, pool, unrouted
from sayso.storage.pool import Connection, Pool
from sayso.storage.unrouted import Raw


@needs("operator")
async def settle(connections: Pool, actor: Actor, text_id: int, now: datetime) -> Refused | None:
    """Take a text off the list; nothing else becomes of it."""
    async with transaction(connections, actor) as conn:
        if not await unrouted.settle(conn, text_id, now):
            return conflict("id", "not_listed", "It is no longer on the list: somebody has dealt with it.")
        await record(conn, actor, audit.Change("settled", "unrouted", str(text_id), None, None))
        return None


@needs("operator")
async def decide_again(connections: Pool, actor: Actor, text_id: int, now: datetime) -> Refused | None:
    """Queue a text to be decided once more, say since a line was made; it comes back if nobody has it."""
    async with transaction(connections, actor) as conn:
        await pool.as_engine(conn)
        if not await queue_again(conn, text_id, now):
            return conflict(
                "id",
                "not_listed",
                "It can’t be decided again: it is no text on the list, or what came in is no longer kept.",
            )
        await record(conn, actor, audit.Change("decided_again", "unrouted", str(text_id), None, None))
        return None


async def queue_again(conn: Connection, text_id: int, now: datetime) -> bool:
    """Queue it and take it off the list; False where it is not there or can't be read. As the engine."""
    found = await unrouted.raw(conn, text_id)
    text = read(found) if found else None
    return bool(found and text and await unrouted.again(conn, found, text, now))


def read(found: Raw) -> Text | None:
    """The text in a kept callback, which proved itself when it came."""
    request = hearing.read_back(found.headers, found.body, "")
    if request is None or found.kind not in PROVIDERS:
        return None
    connection = hearing.Connection(
        found.connection_id, found.name, PROVIDERS[found.kind], found.settings, {}
    )
    heard = hearing.Heard(connection, "inbound", request, found.at)
    return hearing.read(heard, Genuine(), found.headers).text
