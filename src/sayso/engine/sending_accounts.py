"""The connections that messages leave by, kept in memory by the setup's version."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from sayso.engine.gateway import StandIn, Way
from sayso.engine.supervisor import Works
from sayso.providers.catalogue import PROVIDERS
from sayso.storage import accounts
from sayso.storage.accounts import Account
from sayso.storage.vault import VaultError, open_sealed

log = logging.getLogger(__name__)


class Accounts:
    """Reads connections anew only when something about the setup changed."""

    def __init__(self, works: Works, *, vault_key: str, carrier_url: str, public_url: str) -> None:
        self._works = works
        self._vault_key = vault_key
        self._carrier_url = carrier_url
        self._public_url = public_url.rstrip("/")
        self._version = -1
        self._ways: Mapping[int, Way] = {}

    async def current(self) -> Mapping[int, Way]:
        """Every connection of a kind we know, by id."""
        async with self._works.pool.connection() as conn:
            if await accounts.version(conn) == self._version:
                return self._ways
            version, found = await accounts.every(conn)
        known_kinds = {account.id: account for account in found if account.kind in PROVIDERS}
        opened = {key: self._opened(account, known_kinds) for key, account in known_kinds.items()}
        # A connection that reads as before stays the very value it was: nobody need notice.
        known = self._ways
        self._ways = {key: known[key] if known.get(key) == way else way for key, way in opened.items()}
        self._version = version
        for account in found:
            if account.kind not in PROVIDERS:
                log.error("connection %s is of an unknown kind: %s", account.id, account.kind)
        return self._ways

    def _opened(self, account: Account, known: Mapping[int, Account]) -> Way:
        secrets: dict[str, str] = {}
        locked = ""
        try:
            secrets = open_sealed(self._vault_key, account.secrets)
        except VaultError as error:
            locked = str(error)
        settings, hook = account.settings, f"{self._public_url}/hooks/{account.hook_token}/receipts"
        if account.kind == "simulator" and self._carrier_url:
            settings = {"base_url": self._carrier_url, **settings}
        return Way(
            id=account.id,
            name=account.name,
            provider=PROVIDERS[account.kind],
            settings=settings,
            secrets=secrets,
            receipts_url=hook if self._public_url else "",
            parts_per_second=account.parts_per_second,
            locked=locked,
            public_url=self._public_url,
            stand_in=_stand_in(account, known),
        )


def _stand_in(account: Account, known: Mapping[int, Account]) -> StandIn | None:
    """Who stands in for a connection. A simulated one is no help to a real one, nor a real one to it: what
    was let through because nobody is at the other end must not reach people."""
    other = known.get(account.fallback_connection_id or 0)
    if other is None or (other.kind == "simulator") != (account.kind == "simulator"):
        return None
    return StandIn(other.id, other.name, other.kind, other.parts_per_second, account.fallback_after)
