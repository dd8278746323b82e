"""Which connections let in whatever comes to their address, so that `doctor` can name them (R5.11)."""

from collections.abc import Sequence

from sayso.actions.warning import warnings_of
from sayso.storage import accounts
from sayso.storage.pool import ENGINE, open_pool


async def warned(url: str, key: str) -> Sequence[tuple[str, str]]:
    """The names of connections, each with a sentence on what is unsafe in it."""
    async with open_pool(url, ENGINE, size=1) as pool, pool.connection() as conn:
        _, known = await accounts.every(conn)
    return [(account.name, sentence) for account in known for sentence in warnings_of(account, key)]
