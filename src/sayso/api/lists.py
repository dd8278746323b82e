"""`lists` of contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, delete, get, post
from litestar.params import JSONBody

from sayso.actions import lists
from sayso.api.problems import settled
from sayso.api.services import Asked, Asker, Given, Listed, PathId, ShortText, listed
from sayso.storage.lists import ContactList


class ListIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list to be made."""

    name: ShortText


class ListOut(msgspec.Struct, frozen=True):
    """A list and how many contacts are on it."""

    id: int
    name: str
    contacts: int
    created_at: datetime


class Members(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contacts by their external ids."""

    external_ids: Annotated[list[ShortText], msgspec.Meta(min_length=1, max_length=10_000)]


class MembersOut(msgspec.Struct, frozen=True):
    """How many came on or off, and which external ids are no contacts."""

    changed: int
    unknown: list[str]


@post("/lists")
async def create_list(services: Given, actor: Asker, data: JSONBody[ListIn]) -> ListOut:
    """Make a list of contacts. Scope: contacts:write."""
    return _list(settled(await lists.create_list(services.pool, actor, data.name)))


@get("/lists")
async def list_lists(services: Given, actor: Asker, page: Asked) -> Listed[ListOut]:
    """The workspace's lists. Scope: contacts:read."""
    found = settled(await lists.list_lists(services.pool, actor, page.after, page.limit))
    return listed(page, [_list(one) for one in found], found[-1].id if found else None)


@get("/lists/{list_id:int}")
async def show_list(services: Given, actor: Asker, list_id: PathId) -> ListOut:
    """One list. Scope: contacts:read."""
    return _list(settled(await lists.show_list(services.pool, actor, list_id)))


@post("/lists/{list_id:int}/contacts", status_code=200)
async def add_to_list(services: Given, actor: Asker, list_id: PathId, data: JSONBody[Members]) -> MembersOut:
    """Put contacts on a list. Scope: contacts:write."""
    done = settled(await lists.add_to_list(services.pool, actor, list_id, data.external_ids))
    return MembersOut(done.changed, list(done.unknown))


@post("/lists/{list_id:int}/contacts/remove", status_code=200)
async def remove_from_list(
    services: Given, actor: Asker, list_id: PathId, data: JSONBody[Members]
) -> MembersOut:
    """Take contacts off a list. Scope: contacts:write."""
    done = settled(await lists.remove_from_list(services.pool, actor, list_id, data.external_ids))
    return MembersOut(done.changed, list(done.unknown))


@delete("/lists/{list_id:int}", status_code=200)
async def delete_list(services: Given, actor: Asker, list_id: PathId) -> ListOut:
    """Remove a list that no campaign goes to; its contacts stay. Scope: contacts:write."""
    return _list(settled(await lists.delete_list(services.pool, actor, list_id)))


def _list(found: ContactList) -> ListOut:
    return ListOut(found.id, found.name, found.contacts, found.created_at)


router = Router(
    "",
    tags=["Lists"],
    route_handlers=[create_list, list_lists, show_list, add_to_list, remove_from_list, delete_list],
)
