"""The connections that callbacks may come in by, kept in memory for when the database blinks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from hashlib import blake2b

from sayso.providers.catalogue import PROVIDERS
from sayso.providers.contract import Secrets
from sayso.providers.hearing import Connection
from sayso.storage import callbacks
from sayso.storage.callbacks import InterruptionError, StoredConnection, UnavailableError
from sayso.storage.pool import Pool
from sayso.storage.vault import VaultError, open_sealed

LOOK_EVERY = 1.0
LOOK_AT_MOST_EVERY = 0.25
LOOK_PATIENCE = 5.0

log = logging.getLogger(__name__)


class Connections:
    """Knows every connection by its hook token, at most a second behind the database.

    Looks at the setup's version each second and reads only what changed. While the database is away, the
    last known connections hold.
    """

    def __init__(self, pool: Pool, secret_key: str) -> None:
        self._pool = pool
        self._secret_key = secret_key
        self._by_digest: Mapping[bytes, Connection] = {}
        self._version = -1
        self._looked_at = 0.0
        self._next_look: asyncio.Task[bool] | None = None
        self._watch: asyncio.Task[None] | None = None
        self.current = False

    async def open(self) -> None:
        """Read the connections, and go on looking; a database that is away is looked for again."""
        await self.look_again()
        self._watch = asyncio.create_task(self._keep_looking())

    async def close(self) -> None:
        """Stop looking."""
        tasks = [task for task in (self._watch, self._next_look) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def find(self, token: str) -> Connection | None:
        """The connection of a token, from memory. Looked up by digest, so timing tells nothing of tokens."""
        return self._by_digest.get(_digest(token))

    async def look_again(self) -> bool:
        """Be sure that memory is not older than this call; False where the database can't be asked.

        However many ask, the database is asked once for all of them, at most four times a second.
        """
        # A look that has begun may have read just before this call's reason came about: wait for the next.
        if self._next_look is None:
            self._next_look = asyncio.create_task(self._look_soon())
        return await asyncio.shield(self._next_look)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.look_again()

    async def _look_soon(self) -> bool:
        loop = asyncio.get_running_loop()
        pause = self._looked_at + LOOK_AT_MOST_EVERY - loop.time()
        if pause > 0:
            await asyncio.sleep(pause)
        self._looked_at = loop.time()
        self._next_look = None
        self.current = await self._look()
        return self.current

    async def _look(self) -> bool:
        try:
            async with asyncio.timeout(LOOK_PATIENCE):
                if await callbacks.version(self._pool) == self._version:
                    return True
                version, stored = await callbacks.connections(self._pool)
        except (InterruptionError, UnavailableError, TimeoutError):
            return False
        except Exception:
            log.exception("the connections could not be read")
            return False
        opened = ((_digest(one.hook_token), self._opened(one)) for one in stored)
        self._by_digest = {digest: connection for digest, connection in opened if connection is not None}
        self._version = version
        return True

    def _opened(self, stored: StoredConnection) -> Connection | None:
        provider = PROVIDERS.get(stored.kind)
        if provider is None:
            log.error("connection %s is of an unknown kind: %s", stored.id, stored.kind)
            return None
        secrets: Secrets = {}
        locked = ""
        try:
            secrets = open_sealed(self._secret_key, stored.secrets)
        except VaultError as error:
            locked = str(error)
        return Connection(stored.id, stored.name, provider, stored.settings, secrets, locked)


def _digest(token: str) -> bytes:
    return blake2b(token.encode("utf-8", "surrogatepass"), digest_size=16).digest()
