"""R9.4: the links of a campaign: which are shortened, which stay as they are, and who opened them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from sayso.console.lenses.campaigns import Campaign
from sayso.console.lenses.links import CampaignLink
from sayso.console.lenses.workspaces import Workspace
from sayso.core import tracked_links, unsubscribe_links

LINK_SIGN = "x"


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses in a text: shortened and counted, and left as they are written."""

    tracked: list[str]
    left: list[str]


def base() -> str:
    """What the workspace's links begin with."""
    return tracked_links.base_of(settings.SAYSO_VALUES.public_url, Workspace.objects.get().link_host)


def unsubscribe() -> str:
    """A personal link as long as each will be: whose it is, only the message itself says."""
    return f"{base()}{unsubscribe_links.PATH}{LINK_SIGN * unsubscribe_links.LENGTH}"


def shortener(said: Mapping[str, str], body: str) -> tracked_links.Shortener | None:
    """What makes the addresses of a draft as long as they will be; None where it shortens none."""
    if not said.get("link_tracking"):
        return None
    places = {link.written: place for place, link in enumerate(tracked_links.found(body))}
    return tracked_links.Shortener(b"", base(), places)


def in_text(said: Mapping[str, str], body: str) -> Links:
    """The addresses of a draft that is being written."""
    found = [link.written for link in tracked_links.found(body)] if said.get("link_tracking") else []
    return Links(found, tracked_links.left(body, found))


def of_campaign(stands: Campaign) -> Links:
    """The addresses of a campaign, as they are stored."""
    rows = CampaignLink.objects.filter(campaign_id=stands.id).order_by("link")
    tracked = list(rows.values_list("written", flat=True))
    return Links(tracked, tracked_links.left(stands.body, tracked))


def without_way_out(said: Mapping[str, str], body: str, opt_out: str) -> bool:
    """Whether people are told no way to stop but one they may not have: then the link is recommended.

    Who may reply is told to reply STOP. Who may not has only what the text says.
    """
    if said.get("reply_service") or not body.strip():
        return False
    return unsubscribe_links.NAME not in body and (
        unsubscribe_links.NAME not in opt_out or "opt_out_message" not in body
    )
