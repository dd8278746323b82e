"""What a workspace sees of its links, and what they begin with (R9.4)."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.actions.actor import Actor, house, needs, record, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, conflict, fault, missing
from sayso.core import tracked_links
from sayso.storage import audit, campaigns, links, pool
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


async def free_link_name(engine_pool: Pool, workspace_id: int, wanted: str) -> str | Refused:
    """Let another workspace take a name that this one's links began with; the name, or why not.

    For the command line, as the engine's role (doors may not). Refused while links begin with it, and while a
    text with it waits to leave. What was sent leads on under it until another workspace's links begin with
    it, and then nowhere; never where that one's lead. Ways to stop begin with the server's name, always.
    """
    name = tracked_links.host_of(wanted) or ""
    async with pool.anyone(engine_pool) as conn:
        stands = await links.host_of(conn, workspace_id)
        if stands is None:
            return missing("workspace_id", "workspace")
        kept = await links.names(conn, workspace_id)
        if name not in kept:
            told = f"Workspace {workspace_id} keeps no such name. It keeps: {', '.join(kept) or 'none'}."
            return fault("host", "not_kept", told)
        if name == stands:
            told = (
                f"Its links begin with {name} today. Let them begin with another name first, under Settings."
            )
            return conflict("host", "in_use", told)
        if await links.name_waits(conn, workspace_id, name):
            told = f"A text with a link of {name} waits to leave. Free the name once that has left."
            return conflict("host", "waits", told)
        await links.free_name(conn, workspace_id, name)
        change = audit.Change("freed", "workspace", str(workspace_id), {"link_name": name}, None)
        await record(conn, house(workspace_id), change)
        return name
