"""Files that a page hands out while they are made, in slices asked for on the server's loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from django.http import HttpRequest, StreamingHttpResponse

from sayso.actions.actor import Actor
from sayso.console.loop import actor, begin
from sayso.storage.pool import Pool

Pieces = Callable[[Pool, Actor], AsyncGenerator[bytes, None]]


def handed_out(request: HttpRequest, pieces: Pieces, name: str, kind: str) -> StreamingHttpResponse:
    """The answer: a file of this name, each piece asked for when the one before it was taken.

    Each slice has a short transaction of its own, on the actions' pool, as the person of the request.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(_crossed(pieces, actor(request)), content_type=kind, headers=headers)


async def _crossed(pieces: Pieces, who: Actor) -> AsyncIterator[bytes]:
    begun: AsyncGenerator[bytes, None] | None = None

    async def following(pool: Pool) -> bytes | None:
        nonlocal begun
        begun = begun or pieces(pool, who)
        return await anext(begun, None)

    try:
        while (piece := await asyncio.wrap_future(begin(following))) is not None:
            yield piece
    finally:
        begin(lambda _: begun.aclose() if begun else asyncio.sleep(0))
