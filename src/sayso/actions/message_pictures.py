"""Whether the pictures of one message are carried where it goes (R9.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sayso.actions.actor import Actor, needs, transaction
from sayso.core import gate, mms, pictures
from sayso.core.because import Step
from sayso.core.campaign_text import Carried, carrying, every_line
from sayso.providers.catalogue import taking
from sayso.storage import pictures as kept
from sayso.storage import pool as pools
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection, Pool

Kinds = Mapping[int, str]
WHY_NOT = "It has a picture, which the line that would text them, or their country, does not carry."


async def known(conn: Connection, media: Sequence[str], now: datetime) -> bool:
    """Whether every picture that is said to be here is one of the workspace's; a message is to take them."""
    tokens = {token for token in map(pictures.token_of, media) if token}
    if not tokens:
        return True
    await kept.use(conn, sorted(tokens), now)
    return len(await kept.hold(conn, sorted(tokens))) == len(tokens)


async def kinds(pool: Pool, actor: Actor) -> Kinds:
    """The kind of provider behind each connection of a line, read as the operator, and only that."""
    async with pools.workspace(pool, actor.workspace_id, operator=True) as conn:
        return await kept.kinds(conn, actor.workspace_id)


async def carriers(conn: Connection, media: Sequence[str], known_kinds: Kinds) -> Carried:
    """Whether a line brings these pictures to a number; of a text without any every line does."""
    if not media:
        return every_line
    return carrying(taking(known_kinds, len(media), await _weight(conn, media)))


@needs("campaigns:read")
async def carried_by(pool: Pool, actor: Actor, media: Sequence[str]) -> Carried:
    """Which lines would bring these pictures to which numbers, as planning asks; nothing is changed."""
    known_kinds = await kinds(pool, actor)
    async with transaction(pool, actor) as conn:
        return await carriers(conn, media, known_kinds)


async def carried(
    conn: Connection, media: Sequence[str], way: tuple[Line, int, Kinds], answer: gate.Answer
) -> gate.Answer:
    """The gate's answer; a skip where the line does not bring these pictures to the number."""
    line, phone, known_kinds = way
    if not media or isinstance(answer, gate.Skip):
        return answer
    if (await carriers(conn, media, known_kinds))(line, phone):
        return answer
    return gate.Skip("skipped", mms.NO_MMS, (Step("R9.2", WHY_NOT),))


async def _weight(conn: Connection, media: Sequence[str]) -> int:
    tokens = [token for token in map(pictures.token_of, media) if token]
    return sum(each.bytes for each in await kept.some(conn, tokens)) if tokens else 0
