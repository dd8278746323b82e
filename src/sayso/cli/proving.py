"""Which connections let in whatever comes to their address, so that `doctor` can name them (R5.11)."""

from collections.abc import Sequence

from sayso.actions.warning import warnings_of
from sayso.storage import outbox
from sayso.storage.pool import ENGINE, open_pool


async def warned(url: str, key: str) -> Sequence[tuple[str, str]]:
    """The names of connections, each with a sentence on what is unsafe in it."""
    async with open_pool(url, ENGINE, size=1) as pool, pool.connection() as conn:
        _, accounts = await outbox.accounts(conn)
    return [(account.name, sentence) for account in accounts for sentence in warnings_of(account, key)]
