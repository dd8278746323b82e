"""Who asks, and what they may: the one place where roles and scopes are checked (R2.1, R2.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import update_wrapper
from types import MappingProxyType
from typing import Concatenate, ParamSpec, TypeVar

import msgspec

from sayso.actions.refusal import Refused, fault
from sayso.core.problems import Problem
from sayso.observe.counting import committed
from sayso.storage import audit, idempotency, live, pool
from sayso.storage.idempotency import Claim
from sayso.storage.pool import Connection, Pool

P = ParamSpec("P")
T = TypeVar("T")

ORDINARY: Mapping[str, str] = MappingProxyType(
    {
        "settings:read": "see lines, categories, opt-out terms and message, sending rules",
        "settings:write": "change categories, opt-out terms and message, sending rules",
        "processes:read": "see keyword processes and try texts",
        "processes:write": "make, change, start, pause and delete keyword processes",
        "templates:read": "see templates",
        "templates:write": "make and change templates",
        "contacts:read": "see contacts",
        "contacts:write": "make and change contacts",
        "consents:read": "see blocks and the consent ledger",
        "consents:write": "block numbers and record consent",
        "campaigns:read": "see campaigns and their reports",
        "campaigns:write": "make, change, rehearse and delete campaigns",
        "messages:read": "see messages and inbound texts",
        "messages:send": "send messages",
        "credit:read": "see prices, credit and its ledger",
        "audit:read": "see who changed what",
    }
)
"""What a key may do unless it was made for less."""

EXTRA: Mapping[str, str] = MappingProxyType(
    {
        "inbox:answer": "answer people in the inbox, assign, label and close conversations",
        "campaigns:launch": "launch, pause, resume and cancel campaigns",
        "sending:halt": "stop all sending, and let it go on",
        "contacts:erase": "erase what is known of a person, for good",
        "messages:transactional": "send transactional messages, which most blocks let through",
        "consents:override": "lift a block with an accept that carries evidence",
        "templates:approve": "approve templates",
        "keys:write": "make and revoke API keys",
        "members:write": "give people roles",
        "telephones:use": "text from the simulator's telephones and set them",
        "operator": "connections, inbound numbers, lines, and everything that belongs to no workspace",
    }
)
"""What a key must be given by name."""

SCOPES: Mapping[str, str] = MappingProxyType({**ORDINARY, **EXTRA})
_REAL = frozenset({"settings:write", "members:write", "operator"})
"""What reaches real people whatever it is about, and is never a test key's (R2.3)."""
_READS = frozenset(scope for scope in ORDINARY if scope.endswith(":read"))
_OWNER = frozenset(SCOPES) - {"operator"}
ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "owner": _OWNER,
        "admin": _OWNER,
        "marketer": (_READS - {"audit:read"})
        | {"processes:write", "templates:write", "contacts:write", "messages:send", "inbox:answer"}
        | {"campaigns:write", "campaigns:launch", "sending:halt"}
        | {"telephones:use"},
        "agent": frozenset(
            {"contacts:read", "consents:read", "messages:read", "messages:send", "inbox:answer"}
        ),
        "analyst": _READS - {"audit:read"},
        "compliance_owner": _READS
        | {"settings:write", "processes:write", "templates:write", "templates:approve"}
        | {"consents:write", "consents:override", "contacts:erase", "telephones:use", "sending:halt"},
    }
)


SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "process": "keywords",
        "template": "keywords",
        "block": "opt_outs",
        "contact_import": "contacts",
        "conversation": "inbox",
        "telephone": "telephones",
        "campaign": "campaigns",
    }
)
"""Changes that open pages are told of, by what was changed: the topic of `storage.live`."""


class TakenOverError(Exception):
    """A repeat of this request does its work: nothing of this one may stand."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with a role, a key with scopes, or the product itself (neither), in one workspace."""

    workspace_id: int
    user_id: int | None = None
    key_id: int | None = None
    role: str | None = None
    scopes: frozenset[str] = frozenset()
    test_mode: bool = False
    claim: Claim | None = None
    """The Idempotency-Key under which this request works."""

    @property
    def operator(self) -> bool:
        """Whether what belongs to nobody's workspace is theirs too."""
        return "operator" in self.scopes

    @property
    def source(self) -> str:
        """What the ledger calls a word that came through this actor (R6.4)."""
        return "console" if self.user_id is not None else "api"

    def may(self, scope: str) -> bool:
        """Whether the role or the key allows it."""
        return scope in self.scopes or scope in ROLES.get(self.role or "", frozenset())


def house(workspace_id: int) -> Actor:
    """The operator at the command line, who may do everything."""
    return Actor(workspace_id, scopes=frozenset(SCOPES))


def needs(
    scope: str,
) -> Callable[
    [Callable[Concatenate[Pool, Actor, P], Awaitable[T]]],
    Callable[Concatenate[Pool, Actor, P], Awaitable[T | Refused]],
]:
    """An action that only an actor with this scope may ask for, and no test key where it reaches beyond."""

    def checked(
        action: Callable[Concatenate[Pool, Actor, P], Awaitable[T]],
    ) -> Callable[Concatenate[Pool, Actor, P], Awaitable[T | Refused]]:
        async def allowed(pool: Pool, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> T | Refused:
            if not actor.may(scope):
                return _forbidden(actor, scope)
            if actor.test_mode and scope in _REAL:
                return _beyond_the_simulator(scope)
            return await action(pool, actor, *args, **kwargs)

        update_wrapper(allowed, action).scope = scope  # type: ignore[attr-defined]
        return allowed

    return checked


@asynccontextmanager
async def transaction(
    connections: Pool, actor: Actor, *, snapshot: bool = False
) -> AsyncIterator[Connection]:
    """One transaction that sees what the actor may see; it marks the key of a repeatable request.

    `snapshot`: all that it reads is of one moment; it may not write.
    Raises TakenOverError, and changes nothing, where a repeat of the request does the work by now.
    """
    with committed():
        async with pool.workspace(
            connections, actor.workspace_id, operator=actor.operator, snapshot=snapshot
        ) as conn:
            yield conn
            if actor.claim is not None and not await idempotency.carry_out(conn, actor.claim):
                raise TakenOverError(f"A repeat with the Idempotency-Key {actor.claim.key!r} took over.")


async def record(conn: Connection, actor: Actor, *changes: audit.Change) -> None:
    """Write down who changed what, in the transaction that changes it (R2.4)."""
    await audit.append(conn, audit.Who(actor.workspace_id, actor.user_id, actor.key_id), changes)
    topics = sorted({SHOWN[change.object_type] for change in changes if change.object_type in SHOWN})
    if topics:
        await live.note(conn, topics, {actor.workspace_id})


def state(thing: object, **more: object) -> Mapping[str, object]:
    """A stored row as the audit trail keeps it: plain JSON values."""
    plain: dict[str, object] = {**msgspec.to_builtins(thing), **msgspec.to_builtins(more)}
    return plain


def _beyond_the_simulator(scope: str) -> Refused:
    told = f"A test key reaches only the simulator, and {scope} is about what is real, too. Use another one."
    return fault("key", "test_mode", told)


def _forbidden(actor: Actor, scope: str) -> Refused:
    what = SCOPES[scope]
    if actor.key_id is not None:
        sentence = (
            f"This key lacks the scope {scope} ({what}). Make one that has it, or ask who runs the workspace."
        )
    else:
        sentence = f"Your role does not allow you to {what}. An owner or admin of the workspace can."
    return Refused("forbidden", (Problem("", "forbidden", sentence),))
