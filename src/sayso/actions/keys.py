"""API keys: scoped, shown once, stored hashed, revocable (R2.3)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sayso.actions.actor import EXTRA, ORDINARY, SCOPES, Actor, needs, record, state, transaction
from sayso.actions.refusal import Refused, fault, missing
from sayso.storage import audit, keys, pool
from sayso.storage.pool import Pool

PREFIX = "sayso_"
LONGEST_NAME = 200
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 43  # base 62 digits of 32 bytes


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key to be made; no scopes are the ordinary ones, extra ones alone add to them."""

    name: str
    scopes: tuple[str, ...] = ()
    test_mode: bool = False


@dataclass(frozen=True, slots=True)
class ShownOnce:
    """A new key; `key` is nowhere to be had again."""

    id: int
    key: str
    scopes: tuple[str, ...]


def granted(scopes: Iterable[str]) -> frozenset[str]:
    """What a key may do that was made with these scopes; `*` is everything."""
    wanted = frozenset(scopes)
    if "*" in wanted:
        return frozenset(SCOPES)
    return wanted if wanted & ORDINARY.keys() else wanted | ORDINARY.keys()


@needs("keys:write")
async def create_key(pool: Pool, actor: Actor, draft: KeyDraft) -> ShownOnce | Refused:
    """Make a key and show it, this once; nobody can give a key more than they may do themselves."""
    refused = _fault(actor, draft)
    if refused:
        return refused
    scopes = granted(draft.scopes)
    key = PREFIX + _base62(secrets.token_bytes(32))
    async with transaction(pool, actor) as conn:
        hint = key[: len(PREFIX) + 4]
        made = keys.NewKey(
            actor.workspace_id, draft.name.strip(), hint, digest(key), sorted(scopes), draft.test_mode
        )
        key_id = await keys.create(conn, made)
        after = {"name": made.name, "hint": hint, "scopes": sorted(scopes), "test_mode": draft.test_mode}
        await record(conn, actor, audit.Change("created", "api_key", str(key_id), None, after))
        return ShownOnce(key_id, key, tuple(sorted(scopes)))


@needs("keys:write")
async def list_keys(pool: Pool, actor: Actor, after: int, limit: int) -> list[keys.Key]:
    """A page of the workspace's keys."""
    async with transaction(pool, actor) as conn:
        return await keys.every(conn, after, limit)


@needs("keys:write")
async def revoke_key(pool: Pool, actor: Actor, key_id: int, now: datetime) -> Refused | None:
    """End a key for good; every door knows within seconds."""
    async with transaction(pool, actor) as conn:
        stood = await keys.for_update(conn, key_id)
        if stood is None:
            return missing("id", "API key")
        if await keys.revoke(conn, key_id, now):
            after = state(stood, revoked_at=now)
            await record(conn, actor, audit.Change("revoked", "api_key", str(key_id), state(stood), after))
        return None


async def holder(connections: Pool, key: str) -> keys.Holder | None:
    """Whose key this is; None where it is nobody's or was revoked."""
    async with pool.anyone(connections) as conn:
        return await keys.by_hash(conn, digest(key))


async def note_use(connections: Pool, actor: Actor, now: datetime) -> None:
    """Keep when a key was last used, to the minute."""
    if actor.key_id is None:
        return
    async with transaction(connections, actor) as conn:
        await keys.touch(conn, actor.key_id, now)


def digest(key: str) -> bytes:
    """What is stored of a key. It has 256 bits of chance, so a plain hash cannot be searched."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _fault(actor: Actor, draft: KeyDraft) -> Refused | None:
    if not draft.name.strip() or len(draft.name) > LONGEST_NAME:
        return fault(
            "name",
            "length",
            f"A key needs a name of at most {LONGEST_NAME} characters, to tell it from others.",
        )
    unknown = sorted(set(draft.scopes) - SCOPES.keys() - {"*"})
    if unknown:
        known = ", ".join((*ORDINARY, *EXTRA))
        return fault("scopes", "unknown", f"{unknown[0]} is no scope. There are: {known}.")
    beyond = sorted(scope for scope in granted(draft.scopes) if not actor.may(scope))
    if beyond:
        return fault(
            "scopes", "beyond_yours", f"You may not give {beyond[0]}, since you do not have it yourself."
        )
    if actor.test_mode and not draft.test_mode:
        return fault("test_mode", "beyond_yours", "A test key makes test keys alone: say test_mode.")
    return None


def _base62(said: bytes) -> str:
    value = int.from_bytes(said, "big")
    digits = []
    for _ in range(_LENGTH):
        value, digit = divmod(value, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
