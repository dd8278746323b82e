"""What a workspace sees of its links, and what they begin with (R9.4)."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, fault, missing
from sayso.core import tracked_links
from sayso.storage import audit, campaigns, links
from sayso.storage.links import LinkCount
from sayso.storage.pool import Pool


@dataclass(frozen=True, slots=True)
class Opened:
    """The links of a campaign, and by how many people any of them was opened."""

    links: tuple[LinkCount, ...]
    numbers: int

    @property
    def people(self) -> int:
        """Openings by people, of all links together."""
        return sum(one.people for one in self.links)

    @property
    def machines(self) -> int:
        """Openings by machines."""
        return sum(one.machines for one in self.links)


@needs("campaigns:read")
async def opened_links(pool: Pool, actor: Actor, campaign_id: int) -> Opened | Refused:
    """The tracked links of a campaign with who opened them, people and machines apart."""
    async with transaction(pool, actor) as conn:
        if await campaigns.get(conn, campaign_id) is None:
            return missing("campaign_id", "campaign")
        counted = await links.counted(conn, campaign_id)
        return Opened(tuple(counted), await links.numbers(conn, campaign_id) if counted else 0)


@needs("settings:read")
async def link_host(pool: Pool, actor: Actor) -> str:
    """The host name that the workspace's links begin with; empty: the server's."""
    async with transaction(pool, actor) as conn:
        return await links.host(conn)


@needs("settings:write")
async def set_link_host(pool: Pool, actor: Actor, wanted: str, seen: str, public_url: str) -> str | Refused:
    """Let links begin with a host name of the workspace's own; empty: with the server's address.

    Nobody looks whether the name leads here. Links that were sent keep the name that they were sent with, so
    it stays the workspace's for good; that of the server, by its `public_url`, is everybody's.
    """
    host = tracked_links.host_of(wanted) if wanted.strip() else ""
    if host is None:
        told = "A host name is like go.example.com: no https:// before it, no path after it."
        return fault("host", "form", told)
    if host and host == tracked_links.own_host(public_url):
        told = "This is the server's own name, with which all workspaces' links begin. Leave the field empty."
        return fault("host", "taken", told)
    async with transaction(pool, actor) as conn:
        stood = await links.host(conn, for_update=True)
        refused = overtaken("the address of links", stood, host, seen)
        if refused or stood == host:
            return refused or host
        if host and not await links.claim(conn, host):
            told = "Another workspace's links begin with this name, or did before. Choose another."
            return fault("host", "taken", told)
        await links.set_host(conn, host)
        before, after = {"link_host": stood}, {"link_host": host}
        await record(
            conn, actor, audit.Change("changed", "workspace", str(actor.workspace_id), before, after)
        )
        return host
