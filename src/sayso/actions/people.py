"""Who a number is: read from what a person or system wrote, with its country as a help."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sayso.actions.refusal import Refused, fault
from sayso.core import messages, phones
from sayso.core.consent import StoppedCode
from sayso.core.gate_asked import ConsentState
from sayso.storage import blocks, consents, numbers, workspaces
from sayso.storage.pool import Connection

MOST_PROFILES = 10  # R5.5


async def home(conn: Connection) -> str:
    """The workspace's country, by which national spellings are read."""
    stands = await workspaces.current(conn)
    return stands.country if stands else ""


def read_phone(field: str, written: str, country: str | None) -> int | Refused:
    """The number's key, or what is wrong with how it was written."""
    read = phones.parse(written, country)
    if isinstance(read, phones.NotANumber):
        return fault(field, "not_a_number", f"This is no phone number. {read.because}")
    return read.key


def core_blocks(workspace_id: int, found: Iterable[blocks.Block]) -> tuple[messages.Block, ...]:
    """Stored blocks as core decides with them."""
    return tuple(
        messages.Block(
            workspace_id,
            block.id,
            block.scope,
            block.line_id,
            block.category,
            block.since,
            block.source,
            block.reason,
            block.inbound_id or 0,
            block.said_last_at,
        )
        for block in found
    )


def core_states(found: Iterable[consents.State], contact_id: int | None) -> tuple[ConsentState, ...]:
    """What a contact said, and what was said for its number alone."""
    return tuple(
        ConsentState(state.category, state.state, state.since, state.source)
        for state in found
        if state.contact_id in (0, contact_id or 0)
    )


async def stopped_codes(conn: Connection, phones: Collection[int]) -> Mapping[int, tuple[StoppedCode, ...]]:
    """The shared codes of the workspace that these numbers said a bare stop to, by number (R3.3)."""
    found: dict[int, tuple[StoppedCode, ...]] = {}
    for one in await numbers.stopped_codes(conn, sorted(phones)):
        found[one.phone] = (*found.get(one.phone, ()), StoppedCode(one.code, one.since))
    return found
