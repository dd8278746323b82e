"""Idempotency-Key: per workspace and route, 24 hours; another body 422, in flight 409."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sayso.actions.actor import Actor, transaction
from sayso.api.answers import Answer, of_problem
from sayso.api.problems import MEDIA_TYPE, details
from sayso.core.problems import Problem
from sayso.storage import idempotency
from sayso.storage.idempotency import Asked, Earlier
from sayso.storage.pool import Pool

LONGEST = 200
Work = Callable[[], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Once:
    """Does a write once per key, and answers its repeats as the first was answered."""

    pool: Pool
    now: Callable[[], datetime]

    async def do(self, actor: Actor, asked: Asked, work: Work) -> Answer:
        """The answer of `work`, or of the request that used this key before.

        Where the first neither ended nor failed for sure, its repeats stay refused: doing it twice is worse.
        """
        if not 1 <= len(asked.key) <= LONGEST or not asked.key.isprintable():
            return _refused(422, f"An Idempotency-Key is 1 to {LONGEST} printable characters.")
        async with transaction(self.pool, actor) as conn:
            earlier = await idempotency.claim(conn, asked, self.now())
        if earlier is not None:
            return _repeated(asked, earlier)
        answer = await work()
        async with transaction(self.pool, actor) as conn:
            if answer.status >= 500:
                await idempotency.release(conn, asked)
            else:
                await idempotency.settle(conn, asked, answer.status, answer.body)
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
        told = "The first request with this Idempotency-Key is in flight, or its end is unknown. Look first."
        return _refused(409, told)
    kind = MEDIA_TYPE if earlier.status >= 400 else "application/json"
    headers = ((b"content-type", kind.encode()), (b"idempotency-replayed", b"true"))
    return Answer(earlier.status, headers, earlier.answer or b"")


def _refused(status: int, told: str) -> Answer:
    return of_problem(details(status, told, (Problem("Idempotency-Key", "idempotency", told),)))
