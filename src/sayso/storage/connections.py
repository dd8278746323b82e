"""Connections: accounts at providers, with sealed secrets. Only an operator's transaction sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("connections")


@dataclass(frozen=True, slots=True)
class ProviderConnection:
    """An account at a provider, without its secrets."""

    id: int
    name: str
    kind: str
    settings: Mapping[str, object]
    hook_token: str
    parts_per_second: int
    fallback_connection_id: int | None
    fallback_after: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """A connection to be stored; `secrets` are all of its secrets, sealed."""

    name: str
    kind: str
    settings: Mapping[str, object]
    secrets: bytes
    hook_token: str
    parts_per_second: int
    fallback_connection_id: int | None
    fallback_after: int


async def create(conn: Connection, draft: ConnectionDraft) -> int:
    """Store a connection; its id."""
    made = await number(conn, SQL["create"], _said(draft))
    assert made is not None  # noqa: S101 - an INSERT without a condition returns its row
    return made


async def every(conn: Connection, after: int, limit: int) -> list[ProviderConnection]:
    """A page of connections by id."""
    return await many(conn, ProviderConnection, SQL["every"], {"after": after, "limit": limit})


async def some(conn: Connection, connection_ids: Collection[int]) -> list[ProviderConnection]:
    """These connections, by id."""
    said = {"connection_ids": sorted(set(connection_ids))}
    return await many(conn, ProviderConnection, SQL["some"], said)


async def get(conn: Connection, connection_id: int, *, for_update: bool = False) -> ProviderConnection | None:
    """One connection; locked where a change follows."""
    query = SQL["for_update" if for_update else "get"]
    return await one(conn, ProviderConnection, query, {"connection_id": connection_id})


async def sealed_secrets(conn: Connection, connection_id: int) -> bytes:
    """The connection's secrets as they are sealed; none are the empty bytes."""
    rows = await sealed(conn, [connection_id])
    return rows[0].secrets if rows else b""


async def update(conn: Connection, connection_id: int, draft: ConnectionDraft) -> None:
    """Store the connection's new name, settings, secrets and pace; kind and token stay."""
    await run(conn, SQL["update"], _said(draft) | {"connection_id": connection_id})


async def renew_token(conn: Connection, connection_id: int, hook_token: str) -> None:
    """Store another hook token; the doors know the old one no longer once they read the setup anew."""
    await run(conn, SQL["renew_token"], {"connection_id": connection_id, "hook_token": hook_token})


def _said(draft: ConnectionDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "kind": draft.kind,
        "settings": Jsonb(draft.settings),
        "secrets": draft.secrets,
        "hook_token": draft.hook_token,
        "parts_per_second": draft.parts_per_second,
        "fallback_connection_id": draft.fallback_connection_id,
        "fallback_after": draft.fallback_after,
    }


@dataclass(frozen=True, slots=True)
class Provider:
    """What kind of account a connection is, and how it is set: enough to know what its provider does."""

    id: int
    kind: str
    settings: Mapping[str, object]


async def providers(conn: Connection, connection_ids: Collection[int]) -> list[Provider]:
    """The providers of these connections."""
    return await many(conn, Provider, SQL["providers"], {"connection_ids": sorted(set(connection_ids))})


@dataclass(frozen=True, slots=True)
class SealedConnection(Provider):
    """How a connection is set, its secrets too, as they are sealed."""

    secrets: bytes


async def sealed(conn: Connection, connection_ids: Collection[int]) -> list[SealedConnection]:
    """These connections with their secrets, for whoever can open them."""
    return await many(conn, SealedConnection, SQL["sealed"], {"connection_ids": sorted(set(connection_ids))})


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


async def of_kind(conn: Connection, kind: str) -> list[int]:
    """The ids of the connections of one kind."""
    return [row.id for row in await many(conn, _Id, SQL["of_kind"], {"kind": kind})]


async def standing_in_for(conn: Connection, connection_id: int) -> int | None:
    """A connection that this one stands in for; None where there is none."""
    return await number(conn, SQL["standing_in_for"], {"connection_id": connection_id})


@dataclass(frozen=True, slots=True)
class NumberOf:
    """A number, and the name of a connection that has it."""

    name: str
    number: str


async def also_falling_back(conn: Connection, connection_id: int, other: int) -> NumberOf | None:
    """A number of this connection for which the other stands in already, or did, for somebody else."""
    return await one(
        conn, NumberOf, SQL["also_falling_back"], {"connection_id": connection_id, "other": other}
    )


@dataclass(frozen=True, slots=True)
class FallbackNumber:
    """A number of a connection; `there`: the connection that stands in can send as it."""

    connection_id: int
    number: str
    there: bool


async def fallback_numbers(conn: Connection, pairs: Mapping[int, int]) -> list[FallbackNumber]:
    """The numbers of these connections, each asked about with the one that stands in for it."""
    ordered = sorted(pairs.items())
    said = {"connection_ids": [one for one, _ in ordered], "others": [other for _, other in ordered]}
    return await many(conn, FallbackNumber, SQL["fallback_numbers"], said)
