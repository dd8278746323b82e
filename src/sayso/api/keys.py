"""Bearer keys: looked up at most every few seconds, so a revoked one ends within that (R2.3)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.actions import keys
from sayso.actions.actor import Actor
from sayso.storage.pool import Pool

BELIEVED = timedelta(seconds=2)
NOTED = timedelta(minutes=1)
_MOST_CACHED = 10_000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Seen:
    actor: Actor
    until: datetime
    last_used_at: datetime | None


class Keys:
    """Says whose key it is."""

    def __init__(self, pool: Pool, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now
        self._seen: OrderedDict[bytes, _Seen] = OrderedDict()

    async def actor(self, header: bytes) -> Actor | None:
        """Who asks with this Authorization header; None for no key, nobody's key, or a revoked one."""
        scheme, _, said = header.partition(b" ")
        key = said.strip().decode("latin-1")
        if scheme.lower() != b"bearer" or not key.startswith(keys.PREFIX) or len(key) > _LONGEST:
            return None
        digest, now = keys.digest(key), self._now()
        seen = self._seen.get(digest)
        if seen is None or seen.until <= now:
            seen = await self._look_up(key, digest, now)
        return None if seen is None else seen.actor

    async def _look_up(self, key: str, digest: bytes, now: datetime) -> _Seen | None:
        """Strangers' keys are not remembered: they would push out the known ones."""
        holder = await keys.holder(self._pool, key)
        if holder is None:
            self._seen.pop(digest, None)
            return None
        scopes = frozenset(holder.scopes)
        actor = Actor(holder.workspace_id, key_id=holder.id, scopes=scopes, test_mode=holder.test_mode)
        seen = _Seen(actor, now + BELIEVED, holder.last_used_at)
        self._seen[digest] = seen
        self._seen.move_to_end(digest)
        while len(self._seen) > _MOST_CACHED:
            self._seen.popitem(last=False)
        if seen.last_used_at is None or now - seen.last_used_at >= NOTED:
            await keys.note_use(self._pool, actor, now)
        return seen
