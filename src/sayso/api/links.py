"""`links` of campaigns with who opened them, and the host name that links begin with."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, put
from litestar.params import JSONBody, QueryParameter

from sayso.actions import links
from sayso.actions.meanwhile import stamp
from sayso.api.problems import settled
from sayso.api.services import LARGEST_ID, Asker, Given, ShortText


class LinkOut(msgspec.Struct, frozen=True):
    """A tracked address of a campaign: openings by people and by machines; `unique_people` are numbers."""

    link: int
    written: str
    target: str
    people: int
    machines: int
    unique_people: int


class LinksOut(msgspec.Struct, frozen=True):
    """The links of a campaign; `unique_people` opened at least one of them."""

    items: list[LinkOut]
    people: int
    machines: int
    unique_people: int


class LinkDomain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The host name that links begin with; empty: the server's address. `seen` as with campaigns."""

    host: ShortText
    seen: ShortText = ""


class LinkDomainOut(msgspec.Struct, frozen=True):
    """The host name that links begin with."""

    host: str
    stamp: str


@get("/links")
async def list_links(
    services: Given,
    actor: Asker,
    campaign_id: Annotated[int, QueryParameter(ge=1, le=LARGEST_ID, description="Of which campaign.")],
) -> LinksOut:
    """The tracked links of a campaign with who opened them. Scope: campaigns:read."""
    found = settled(await links.opened_links(services.pool, actor, campaign_id))
    items = [
        LinkOut(one.link, one.written, one.target, one.people, one.machines, one.numbers)
        for one in found.links
    ]
    return LinksOut(items, found.people, found.machines, found.numbers)


@get("/link-domain")
async def show_link_domain(services: Given, actor: Asker) -> LinkDomainOut:
    """What the workspace's links begin with. Scope: settings:read."""
    host = settled(await links.link_host(services.pool, actor))
    return LinkDomainOut(host, stamp(host))


@put("/link-domain")
async def set_link_domain(services: Given, actor: Asker, data: JSONBody[LinkDomain]) -> LinkDomainOut:
    """Let links begin with a host name of one's own, which must lead here. Scope: settings:write."""
    host = settled(await links.set_link_host(services.pool, actor, data.host, data.seen, services.public_url))
    return LinkDomainOut(host, stamp(host))


router = Router("", tags=["Links"], route_handlers=[list_links, show_link_domain, set_link_domain])
