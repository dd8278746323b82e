"""What people use: Django's only home. `serve` and `cli` call what stands in this file, in this order.

`configure(values)` once per process, before anything else here; then `migrate(owner_url)` after the domain's
own migrations; then `attach(pool)`, `app()`, `Live(…)` and `static_files()` for the dispatcher, or
`create_user(…)` for `sayso user`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from sayso.console.edition import edition
from sayso.console.live import Live
from sayso.console.open_id import OpenId
from sayso.console.saml import Saml
from sayso.console.settings import Values, django_settings
from sayso.console.statics import StaticFile, static_files

if TYPE_CHECKING:
    from sayso.actions.telephones import Carrier
    from sayso.storage.pool import Pool

__all__ = [
    "AccountError",
    "Live",
    "OpenId",
    "Saml",
    "StaticFile",
    "Values",
    "app",
    "attach",
    "away_page",
    "came_by_link",
    "close",
    "configure",
    "create_user",
    "edition",
    "find_user",
    "load_pages",
    "migrate",
    "set_operator",
    "set_password",
    "static_files",
]

Message = MutableMapping[str, Any]
Asgi = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


class AccountError(ValueError):
    """An account could not be made; the sentence says why and what to do."""


def configure(values: Values) -> None:
    """Tell Django who it is. A second call in the same process does nothing when the values are the same.

    Opens no connection and starts no thread, so it may stand before workers are forked.
    """
    import django
    from django.conf import settings

    if settings.configured:
        if values != settings.SAYSO_VALUES:
            raise RuntimeError("the console is already configured with other values in this process")
        return
    settings.configure(**django_settings(values))
    django.setup()


def load_pages() -> None:
    """Import every page now, so that forks share them and nobody's first look waits; after `configure`.

    Opens no connection and starts no thread either.
    """
    from django.urls import reverse

    reverse("start")
    app()


def app() -> Asgi:
    """The console as an ASGI callable; it answers HTTP only, lifespan is the dispatcher's.

    The path `/live/` belongs to `Live`, which stands before this.
    """
    from django.core.asgi import get_asgi_application

    made: Asgi = get_asgi_application()
    return made


def attach(pool: Pool, carrier: Carrier | None = None) -> None:
    """Let pages act through this pool (role APP), on the loop that runs now.

    `carrier` asks the simulated carrier for the telephones in the browser; without it there are none.
    """
    from sayso.console.loop import attach as tie

    tie(pool, carrier)


def away_page() -> bytes:
    """The page that is shown while the database is away; needs no database."""
    from sayso.console.errors import away_page as page

    return page().encode()


def migrate(owner_url: str) -> None:
    """Bring Django's own tables, in schema `console`, to this version; twice in a row changes nothing.

    `owner_url`: a login that may become `sayso_owner`. The schema and its grants are made by
    `storage.migrate`, which must have run. Blocks; leaves no connection open.
    """
    from sayso.console.ledger import migrate as run

    run(owner_url)


def create_user(email: str, password: str, name: str = "") -> int:
    """Make an account that can sign in at once, and answer its id. Blocks.

    Raises `AccountError` where the address is taken or is none, or the password is too easy to guess.
    """
    from sayso.console.accounts.making import UnfitError, make

    try:
        return make(email, password, name)
    except UnfitError as unfit:
        raise AccountError(str(unfit)) from unfit


def find_user(email: str) -> int | None:
    """The id of the account with this address, in any case of letters; None where there is none. Blocks."""
    from sayso.console.accounts.making import find

    return find(email)


def came_by_link(user_id: int) -> bool:
    """Whether the account was made by whoever had an invitation's link, which may be the inviter. Blocks."""
    from sayso.console.accounts.making import came_by_link as by_link

    return by_link(user_id)


def set_operator(email: str, operator: bool) -> bool:
    """Let the account with this address see what belongs to no workspace, or no longer; False: nobody."""
    from sayso.console.accounts.making import set_operator as mark

    return mark(email, operator)


def set_password(
    email: str, password: str, *, drop_factors: bool = False, first: Callable[[int], object]
) -> None:
    """Give an account another password and end its sessions; `drop_factors`: app, passkeys, codes too.

    `first` gets the account's id before anything is kept. Raises `AccountError` where nobody has the address,
    or the password is too easy to guess. Blocks.
    """
    from sayso.console.accounts.making import UnfitError
    from sayso.console.accounts.making import set_password as put

    try:
        put(email, password, drop_factors=drop_factors, first=first)
    except UnfitError as unfit:
        raise AccountError(str(unfit)) from unfit


def close() -> None:
    """Give back every connection of this process, its pool included; pages can't act from now on."""
    from django.db import connections

    from sayso.console.loop import detach

    detach()

    for connection in connections.all():
        connection.close()
        connection.close_pool()
