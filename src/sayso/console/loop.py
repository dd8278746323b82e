"""The one bridge from a page to an action: pages run in threads, actions on the server's loop.

A page's own reads stand in the request's transaction, an action in one of its own on the other pool: what it
wrote is seen by the next request. So a view that wrote answers with `forms.go`, never with a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest

from sayso.actions.actor import Actor
from sayso.actions.refusal import Refused
from sayso.actions.telephones import Carrier
from sayso.console import once
from sayso.storage.pool import Pool

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_SECONDS = 10.0


class _Bridge:
    """Where this process's actions run, from `attach` on."""

    pool: Pool | None = None
    carrier: Carrier | None = None
    loop: asyncio.AbstractEventLoop | None = None


def attach(pool: Pool, carrier: Carrier | None = None) -> None:
    """Actions of this process use this pool (role APP), on the loop that is running now.

    `carrier` asks the simulated carrier; without it there are no telephones.
    """
    _Bridge.pool, _Bridge.loop, _Bridge.carrier = pool, asyncio.get_running_loop(), carrier


def detach() -> None:
    """No more actions: the pool is about to be closed."""
    _Bridge.pool = _Bridge.loop = _Bridge.carrier = None


def carrier() -> Carrier | None:
    """Who asks the simulated carrier, for actions that need it."""
    return _Bridge.carrier


def run(work: Coroutine[Any, Any, T]) -> T:
    """What this coroutine answers, waited for in a page's thread. Raises TimeoutError after 10 s.

    Context variables do not cross: hand over values. Never call it on the loop itself, which would wait for
    itself.
    """
    if _Bridge.loop is None:
        work.close()
        raise RuntimeError("the console has no loop for actions: `console.attach` was not called")
    waiting = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, PATIENCE_SECONDS), _Bridge.loop)
    return waiting.result(PATIENCE_SECONDS + 1)


def perform(
    request: HttpRequest,
    action: Callable[Concatenate[Pool, Actor, P], Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Ask for an action as the person of this request; the answer may be `Refused`.

    `perform(request, create_block, wanted, now)`.
    """
    form = once.begins(request)
    answer = act_as(actor(request), action, *args, **kwargs)
    if isinstance(answer, Refused):
        once.refused(request, form)
    return answer


def act_as(
    who: Actor, action: Callable[Concatenate[Pool, Actor, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """The same as somebody whom the request does not know to be signed in."""

    async def asked() -> T:
        if _Bridge.pool is None:
            raise RuntimeError("the console has no pool for actions: `console.attach` was not called")
        return await action(_Bridge.pool, who, *args, **kwargs)

    return run(asked())


def begin(work: Callable[[Pool], Coroutine[Any, Any, T]]) -> Future[T]:
    """Begin what asks the actions' pool, on the server's loop; nobody waits for it here."""
    if _Bridge.loop is None or _Bridge.pool is None:
        raise RuntimeError("the console has no loop for actions: `console.attach` was not called")
    return asyncio.run_coroutine_threadsafe(work(_Bridge.pool), _Bridge.loop)


def actor(request: HttpRequest) -> Actor:
    """The person of this request as actions know them: where they stand, their role, operator or not."""
    here = request.place.workspace
    return Actor(
        here.id if here else 0,
        user_id=request.user.pk,
        role=here.role.value if here else None,
        scopes=frozenset({"operator"}) if request.place.operator else frozenset(),
    )
