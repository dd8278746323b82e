"""Which connection stands in for another while its provider is silent, and for what it cannot (R9.10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sayso.actions.refusal import Refused, fault, invalid
from sayso.core.problems import Problem
from sayso.providers import catalogue
from sayso.storage import connections
from sayso.storage.connections import ProviderConnection
from sayso.storage.pool import Connection

FEWEST_SECONDS, MOST_SECONDS = 10, 86_400
MOST_NAMED = 5
FIELD = "fallback_connection_id"


@dataclass(frozen=True, slots=True)
class Fallback:
    """The connection that stands in, if any, after how many seconds of silence."""

    connection_id: int | None = None
    after: int = 60


NO_FALLBACK = Fallback()


async def fallback_fault(
    conn: Connection, connection_id: int, wanted: Fallback, account: tuple[str, Mapping[str, object]]
) -> Refused | None:
    """Why this one cannot stand in for a connection, which is of this kind and settings.

    `connection_id` 0: it is new. Whoever asks keeps the connection locked; the other is locked here, so that
    no chain comes about.
    """
    if not FEWEST_SECONDS <= wanted.after <= MOST_SECONDS:
        told = f"The seconds of silence are between {FEWEST_SECONDS} and {MOST_SECONDS:,}."
        return invalid(Problem("fallback_after", "range", told))
    if wanted.connection_id is None:
        return None
    if wanted.connection_id == connection_id:
        return fault(FIELD, "itself", "A connection cannot stand in for itself. Choose another one.")
    other = await connections.get(conn, wanted.connection_id, for_update=True)
    if other is None:
        return fault(FIELD, "unknown", f"There is no connection {wanted.connection_id}.")
    refused = _unlike(other, account) or await _chained(conn, connection_id, other)
    return refused or await _unable(conn, connection_id, other)


def _unlike(other: ProviderConnection, account: tuple[str, Mapping[str, object]]) -> Refused | None:
    kind, settings = account
    if (other.kind == "simulator") != (kind == "simulator"):
        told = "A simulated connection and a real one cannot stand in for each other: choose one alike."
        return fault(FIELD, "simulated", told)
    if other.kind == kind and catalogue.is_one_account(kind, settings, other.settings):
        told = f"{other.name} is the same account: while it is silent, so is that. Choose another account."
        return fault(FIELD, "same_account", told)
    return None


async def _chained(conn: Connection, connection_id: int, other: ProviderConnection) -> Refused | None:
    if other.fallback_connection_id is not None:
        told = f"For {other.name} itself another one stands in. Take that away first, or choose another."
        return fault(FIELD, "chain", told)
    if await connections.standing_in_for(conn, connection_id) is not None:
        told = "This one stands in for another connection, so none can for it. Take that away first."
        return fault(FIELD, "chain", told)
    return None


async def _unable(conn: Connection, connection_id: int, other: ProviderConnection) -> Refused | None:
    taken = await connections.also_falling_back(conn, connection_id, other.id)
    if taken is not None:
        told = (
            f"{other.name} stands in with {taken.number} for {taken.name} already, or did, so nobody could "
            "tell for whom an answer is. Take that away and free the number first, or choose another."
        )
        return fault(FIELD, "number_taken", told)
    numbers = await connections.fallback_numbers(conn, {connection_id: other.id})
    if not numbers or any(number.there for number in numbers):
        return None
    told = (
        f"{other.name} has none of this connection’s numbers. Register there, as the same kind and without a "
        "line, each number that its account may send as; then choose it."
    )
    return fault(FIELD, "no_number", told)


async def left_behind(conn: Connection, pairs: Mapping[int, int]) -> dict[int, str]:
    """By connection, a sentence on its numbers whose messages would wait all the same, if there are any."""
    waiting: defaultdict[int, list[str]] = defaultdict(list)
    for number in await connections.fallback_numbers(conn, pairs):
        if not number.there:
            waiting[number.connection_id].append(number.number)
    return {connection_id: _sentence(numbers) for connection_id, numbers in waiting.items()}


def _sentence(numbers: Sequence[str]) -> str:
    named = ", ".join(numbers[:MOST_NAMED])
    more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    return (
        f"No connection stands in for {named}{more}: messages from there wait while the provider is silent. "
        "Register them on the other connection, as the same kind and without a line, if its account may send "
        "as them."
    )
