"""Connections to providers: the operator's (R3.1). Secrets are sealed before they are stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.fallback import NO_FALLBACK, Fallback, fallback_fault
from sayso.actions.meanwhile import overtaken, stamp
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core.problems import Problem
from sayso.providers import catalogue
from sayso.storage import audit, connections
from sayso.storage.connections import ConnectionDraft, ProviderConnection
from sayso.storage.pool import Connection, Pool
from sayso.storage.vault import VaultError, open_sealed, seal

LONGEST_NAME = 200
# What must not fall away because an edit leaves it out: without it callbacks need to prove less.
STAYING = "callback_auth"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connection as asked for; `settings` hold secrets and settings together."""

    name: str
    kind: str
    settings: Mapping[str, object]
    parts_per_second: int
    fallback: Fallback = NO_FALLBACK


@needs("operator")
async def create_connection(
    pool: Pool, actor: Actor, wanted: Wanted, vault_key: str
) -> ProviderConnection | Refused:
    """Store a connection with a hook token that nobody can guess."""
    refused = _fault(wanted)
    if refused:
        return refused
    draft = _draft(wanted, vault_key, secrets.token_urlsafe(32))
    async with transaction(pool, actor) as conn:
        unfit = await fallback_fault(conn, 0, wanted.fallback, (wanted.kind, wanted.settings))
        if unfit:
            return unfit
        made = await connections.create(conn, draft)
        stored = await connections.get(conn, made)
        assert stored is not None  # noqa: S101 - stored above, in this transaction
        await record(conn, actor, audit.Change("created", "connection", str(made), None, _told(stored)))
        return stored


@needs("operator")
async def change_connection(
    pool: Pool, actor: Actor, connection_id: int, wanted: Wanted, vault_key: str, seen: str = ""
) -> ProviderConnection | Refused:
    """Store a connection's new name, settings and pace; its kind stays, and so do secrets not named.

    A secret that is given as None is removed. Secrets must be named anew where they would go elsewhere.
    `seen` is the stamp of what the edit was made from: refused where that, a secret too, changed meanwhile.
    """
    async with transaction(pool, actor) as conn:
        stood = await connections.get(conn, connection_id, for_update=True)
        if stood is None:
            return missing("id", "connection")
        whole = await _merged(conn, stood, wanted, vault_key)
        if isinstance(whole, Refused):
            return whole
        if seen and await _stands(conn, stood, whole, vault_key):
            return stood
        refused = overtaken("this connection", await _sealed(conn, stood), whole, seen)
        refused = refused or await fallback_fault(
            conn, connection_id, whole.fallback, (whole.kind, whole.settings)
        )
        if refused:
            return refused
        await connections.update(conn, connection_id, _draft(whole, vault_key, stood.hook_token))
        stored = await connections.get(conn, connection_id)
        assert stored is not None  # noqa: S101 - locked above
        change = audit.Change("changed", "connection", str(connection_id), _told(stood), _told(stored))
        await record(conn, actor, change)
        return stored


@needs("operator")
async def connection_stamp(pool: Pool, actor: Actor, connection_id: int) -> str | Refused:
    """The stamp of a connection for a form to carry: it tells of its secrets only whether they changed."""
    async with transaction(pool, actor) as conn:
        stands = await connections.get(conn, connection_id)
        return stamp(await _sealed(conn, stands)) if stands else missing("id", "connection")


@needs("operator")
async def renew_token(pool: Pool, actor: Actor, connection_id: int) -> ProviderConnection | Refused:
    """Give a connection a new hook token; callbacks to the old address are taken no longer."""
    async with transaction(pool, actor) as conn:
        if await connections.get(conn, connection_id, for_update=True) is None:
            return missing("id", "connection")
        await connections.renew_token(conn, connection_id, secrets.token_urlsafe(32))
        change = audit.Change("token_renewed", "connection", str(connection_id), None, None)
        await record(conn, actor, change)
        return await connections.get(conn, connection_id) or missing("id", "connection")


@needs("operator")
async def list_connections(pool: Pool, actor: Actor, after: int, limit: int) -> list[ProviderConnection]:
    """A page of connections, without secrets."""
    async with transaction(pool, actor) as conn:
        return await connections.every(conn, after, limit)


@needs("operator")
async def show_connection(pool: Pool, actor: Actor, connection_id: int) -> ProviderConnection | Refused:
    """One connection, without secrets."""
    async with transaction(pool, actor) as conn:
        return await connections.get(conn, connection_id) or missing("id", "connection")


async def _stands(conn: Connection, stood: ProviderConnection, whole: Wanted, vault_key: str) -> bool:
    """Whether what is wanted stands already; secrets are opened, for every sealing of one looks another."""
    hidden, settings = catalogue.split(whole.kind, whole.settings)
    name, had, pace, sealed, *fallback = await _sealed(conn, stood)
    if (name, had, pace) != (whole.name.strip(), settings, whole.parts_per_second):
        return False
    if fallback != [whole.fallback.connection_id, whole.fallback.after]:
        return False
    try:
        return open_sealed(vault_key, sealed) == hidden
    except VaultError:
        return False


async def _sealed(
    conn: Connection, found: ProviderConnection
) -> tuple[str, Mapping[str, object], int, bytes, int | None, int]:
    return (
        found.name,
        found.settings,
        found.parts_per_second,
        await connections.sealed_secrets(conn, found.id),
        found.fallback_connection_id,
        found.fallback_after,
    )


def _told(found: ProviderConnection) -> Mapping[str, object]:
    """The connection as the audit trail keeps it: the token opens a door, so it is not written down."""
    return {name: value for name, value in state(found).items() if name != "hook_token"}


def _fault(wanted: Wanted) -> Refused | None:
    if wanted.kind not in catalogue.PROVIDERS:
        known = ", ".join(catalogue.PROVIDERS)
        return fault("kind", "unknown", f"There is no provider of this kind. There are: {known}.")
    problems = [
        Problem(f"settings.{found.field}", "setting", found.message)
        for found in catalogue.faults(wanted.kind, wanted.settings)
    ]
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME:
        problems.append(
            Problem("name", "length", f"A connection needs a name of at most {LONGEST_NAME} characters.")
        )
    if not 1 <= wanted.parts_per_second <= 100_000:
        problems.append(Problem("parts_per_second", "range", "Parts per second are between 1 and 100,000."))
    return invalid(*problems) if problems else None


async def _merged(
    conn: Connection, stood: ProviderConnection, wanted: Wanted, vault_key: str
) -> Wanted | Refused:
    """What is wanted, with what stays of what stood; sound as a whole, or refused."""
    if wanted.kind != stood.kind:
        return fault(
            "kind", "fixed", f"This connection is of kind {stood.kind}; make another one for {wanted.kind}."
        )
    kept = await _kept_secrets(conn, stood, wanted, vault_key)
    if isinstance(kept, Refused):
        return kept
    stays = {STAYING: stood.settings.get(STAYING, "")} if wanted.settings.get(STAYING, "") == "" else {}
    whole = replace(wanted, settings={**wanted.settings, **stays, **kept})
    return _fault(whole) or whole


async def _kept_secrets(
    conn: Connection, stood: ProviderConnection, wanted: Wanted, vault_key: str
) -> Mapping[str, str] | Refused:
    """The stored secrets that the edit leaves alone; refused where it may not."""
    # A form's empty field names nothing; None does: it removes.
    unnamed = [name for name in catalogue.secret_names(stood.kind) if wanted.settings.get(name, "") == ""]
    if not unnamed:
        return {}
    try:
        secrets_stood = open_sealed(vault_key, await connections.sealed_secrets(conn, stood.id))
    except VaultError:
        return conflict(
            "settings",
            "sealed",
            "The stored secrets cannot be opened with this SAYSO_SECRET_KEY. Start with the key that they "
            f"were stored under, or name each anew (null for one that there is not): {', '.join(unnamed)}.",
        )
    kept = {name: secrets_stood[name] for name in unnamed if name in secrets_stood}
    moved = catalogue.moved(stood.kind, stood.settings, wanted.settings)
    if kept and moved:
        return fault(
            f"settings.{moved}",
            "secrets_needed",
            f"{moved} leads to another server, which would be shown the stored secrets. "
            f"Name them again with it: {', '.join(sorted(kept))}.",
        )
    return kept


def _draft(wanted: Wanted, vault_key: str, hook_token: str) -> ConnectionDraft:
    hidden, settings = catalogue.split(wanted.kind, wanted.settings)
    return ConnectionDraft(
        name=wanted.name.strip(),
        kind=wanted.kind,
        settings=settings,
        secrets=seal(vault_key, hidden),
        hook_token=hook_token,
        parts_per_second=wanted.parts_per_second,
        fallback_connection_id=wanted.fallback.connection_id,
        fallback_after=wanted.fallback.after,
    )
