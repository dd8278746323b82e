"""The database for one command: the running Sayso's where there is one, else opened for as long as needed."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sayso import settings
from sayso.actions.refusal import Refused
from sayso.cli.errors import CommandError
from sayso.serve.database import opened
from sayso.settings import Settings
from sayso.storage import erased, health, workspaces
from sayso.storage.databases import Databases
from sayso.storage.pool import Pool, open_pool, workspace

T = TypeVar("T")


@contextmanager
def house(*, new: bool = False) -> Iterator[tuple[Settings, Databases]]:
    """The settings of this environment and the database that they name, reachable.

    Raises CommandError where there is none yet, unless it may be made `new`.
    """
    told = settings.read(os.environ)
    if not new:
        demand_home(told)
    if settings.has_key(told):
        erased.use(settings.secret_key(told))
    with opened(told) as found:
        yield told, found.databases


def demand_home(told: Settings) -> None:
    """Raise CommandError where an embedded database is asked for that was never made."""
    try:
        is_there = bool(told.database_url) or (told.home / "database").exists()
    except OSError as fault:
        raise CommandError(
            f"{told.home} can't be opened ({fault.strerror}). "
            "Start Sayso as the user who owns it, or point SAYSO_HOME elsewhere."
        ) from fault
    if not is_there:
        raise CommandError(f"There is no Sayso in {told.home} yet: run `sayso serve`, or set SAYSO_HOME.")


def ask(role: str, action: Callable[[Pool], Awaitable[T]]) -> T:
    """Run one action over a pool in a role of the house."""
    with house() as (_, databases):
        return asyncio.run(over(databases.url, role, action))


async def demand_workspace(pool: Pool, workspace_id: int) -> None:
    """Raise CommandError where there is no such workspace."""
    async with workspace(pool, workspace_id) as conn:
        if await workspaces.current(conn) is None:
            raise CommandError(
                f"There is no workspace {workspace_id}. `sayso workspace create NAME --country GB` makes one."
            )


def granted(answer: T | Refused) -> T:
    """The answer, or a CommandError with the sentences of the refusal."""
    if isinstance(answer, Refused):
        raise CommandError(" ".join(problem.message for problem in answer.problems))
    return answer


async def over(url: str, role: str, action: Callable[[Pool], Awaitable[T]]) -> T:
    """Run one action over a pool of its own, once the database is found to be at this version."""
    if fault := await health.unmade(url):
        raise CommandError(fault)
    async with open_pool(url, role, size=1) as pool:
        if fault := await health.fault(pool):
            raise CommandError(fault)
        return await action(pool)
