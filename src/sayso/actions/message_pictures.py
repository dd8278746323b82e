"""Whether the pictures of one message are carried where it goes (R9.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sayso.core import gate, mms, pictures
from sayso.core.because import Step
from sayso.providers.catalogue import PROVIDERS
from sayso.storage import pictures as kept
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection

Kinds = Mapping[int, str]
WHY_NOT = "It has a picture, which the line that would text them, or their country, does not carry."


async def known(conn: Connection, media: Sequence[str]) -> bool:
    """Whether every picture that is said to be here is one of the workspace's."""
    tokens = {token for token in map(pictures.token_of, media) if token}
    return not tokens or len(await kept.some(conn, sorted(tokens))) == len(tokens)


async def carried(
    conn: Connection, media: Sequence[str], way: tuple[Line, int, Kinds], answer: gate.Answer
) -> gate.Answer:
    """The gate's answer; a skip where the line does not bring these pictures to the number."""
    line, phone, known_kinds = way
    if not media or isinstance(answer, gate.Skip):
        return answer
    tokens = [token for token in map(pictures.token_of, media) if token]
    weight = sum(each.bytes for each in await kept.some(conn, tokens)) if tokens else 0
    provider = PROVIDERS.get(known_kinds.get(line.connection_id, ""))
    takes = provider is not None and provider.carries.takes(len(media), weight)
    if takes and mms.reaches(line.country, phone):
        return answer
    return gate.Skip("skipped", mms.NO_MMS, (Step("R9.2", WHY_NOT),))
