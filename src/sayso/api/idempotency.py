"""Idempotency-Key: per API key and route, 24 hours; another body 422, in flight 409."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.actions.actor import Actor, transaction
from sayso.api.answers import Answer, of_problem
from sayso.api.problems import MEDIA_TYPE, details
from sayso.core.problems import Problem
from sayso.storage import idempotency
from sayso.storage.idempotency import Asked, Earlier
from sayso.storage.pool import Pool

LONGEST = 200
# Whoever is refused so has changed nothing that a repeat would double (a no that was kept is the same no
# again), and mends the request, the key or its scopes before it.
_NOT_KEPT = frozenset({401, 403, 422})
_IN_FLIGHT = "The first request with this Idempotency-Key is in flight. Ask again in a minute."
_LOST = (
    "The first request with this Idempotency-Key was carried out, but its answer was lost. Look what"
    " stands before you ask for it again with a new key."
)
Work = Callable[[Actor], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Once:
    """Does a write once per key, and answers its repeats as the first was answered."""

    pool: Pool
    now: Callable[[], datetime]

    async def do(self, actor: Actor, asked: Asked, work: Work) -> Answer:
        """The answer of `work`, or of the request that used this key before.

        The work's own transaction marks the key. So a repeat does the work only where the first committed
        nothing; where it committed and its answer was lost, repeats stay refused: doing it twice is worse.
        """
        if not 1 <= len(asked.key) <= LONGEST or not asked.key.isprintable():
            return _refused(422, f"An Idempotency-Key is 1 to {LONGEST} printable characters.")
        async with transaction(self.pool, actor) as conn:
            held = await idempotency.claim(conn, asked, self.now())
        if isinstance(held, Earlier):
            return _repeated(asked, held)
        answer = await work(replace(actor, claim=held))
        async with transaction(self.pool, actor) as conn:
            if answer.status >= 500:
                await idempotency.release(conn, held)
            elif answer.status in _NOT_KEPT:
                await idempotency.forget(conn, held)
            else:
                await idempotency.settle(conn, held, answer.status, answer.body)
        return answer


def asked(route: str, key: bytes, body: bytes) -> Asked:
    """One use of a key."""
    return Asked(route, key.decode("latin-1"), hashlib.sha256(body).digest())


def _repeated(asked: Asked, earlier: Earlier) -> Answer:
    if earlier.body_hash != asked.body_hash:
        return _refused(
            422, "This Idempotency-Key was used for another body. Take a new key for a new request."
        )
    if earlier.status is None:
        return _refused(409, _LOST if earlier.carried_out else _IN_FLIGHT)
    kind = MEDIA_TYPE if earlier.status >= 400 else "application/json"
    headers = ((b"content-type", kind.encode()), (b"idempotency-replayed", b"true"))
    return Answer(earlier.status, headers, earlier.answer or b"")


def _refused(status: int, told: str) -> Answer:
    return of_problem(details(status, told, (Problem("Idempotency-Key", "idempotency", told),)))
