"""Which connections let in whatever comes to their address, so that `doctor` can name them (R5.11)."""

from collections.abc import Sequence

from sayso.providers import catalogue
from sayso.storage import outbox
from sayso.storage.pool import ENGINE, open_pool
from sayso.storage.vault import VaultError, open_sealed


async def unproven(url: str, key: str) -> Sequence[str]:
    """The names of the connections whose callbacks prove nothing, though nobody chose that."""
    async with open_pool(url, ENGINE, size=1) as pool, pool.connection() as conn:
        _, accounts = await outbox.accounts(conn)
    return [account.name for account in accounts if _is_unproven(account, key)]


def _is_unproven(account: outbox.Account, key: str) -> bool:
    if account.kind not in catalogue.PROVIDERS:
        return False
    try:
        secrets = open_sealed(key, account.secrets)
    except VaultError:
        # Then every callback is refused.
        return False
    return catalogue.is_unproven(account.kind, secrets, account.settings)
