"""What the form of a campaign says, as planning would compile it, as far as it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from sayso.console.campaigns import links
from sayso.console.lenses.pictures import Picture
from sayso.console.lenses.workspaces import Workspace
from sayso.core import campaigns as core
from sayso.core import mms, rendering
from sayso.core.pictures import token_of
from sayso.core.problems import Problem

LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its address here (or elsewhere, then it is linked), and what is on it."""

    address: str
    about: str
    own: bool
    told: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A form's text compiled, and the first problem in it: then it stands as it was written."""

    campaign: core.Campaign
    body: str
    opt_out: str
    pictures: list[Shot]
    problem: Problem | None


def read(said: Mapping[str, str], place_id: int) -> Tried:
    """Compile what a form says."""
    body = said.get("body", "")[:LONGEST].replace("\r\n", "\n")
    instead = said.get("fallback_body", "")[:LONGEST].replace("\r\n", "\n")
    opt_out = _opt_out(said)
    reply_service, plain = bool(said.get("reply_service")), bool(said.get("plain_letters"))
    read_texts = [
        rendering.read(body),
        rendering.read(opt_out),
        rendering.read(instead, "fallback_body"),
    ]
    problem = next((each for each in read_texts if isinstance(each, Problem)), None)
    text, message, other = (_plainly(each, body) for each in read_texts)

    def whole(words: rendering.Text) -> rendering.Text:
        return replace(rendering.with_opt_out(words, message, appended=reply_service), plain=plain)

    shots = pictures(said.get("media_urls", ""))
    fallback = whole(mms.with_link(other if instead.strip() else text))
    carried = mms.Mms(
        tuple(shot.address for shot in shots),
        _public(shots[0].address) if shots else "",
        None if said.get("without_mms") == "skip" else fallback,
    )
    campaign = core.Campaign(
        workspace_id=place_id,
        id=0,
        category="",
        text=whole(text),
        reply_service=reply_service,
        per_profile=False,
        mms=carried if shots else None,
        links=links.shortener(said, body),
    )
    return Tried(campaign, body, opt_out, shots, problem)


def pictures(addresses: str) -> list[Shot]:
    """The pictures of a form, in its order."""
    asked = addresses.split()
    tokens = [token for token in map(token_of, asked) if token]
    known = {one.token: one for one in Picture.objects.filter(token__in=tokens).defer("content")}
    shots = []
    for address in asked:
        found = known.get(token_of(address) or "")
        if found is None:
            shots.append(Shot(address, "", own=False, told=address))
            continue
        kind = found.content_type.removeprefix("image/").upper()
        told = f"{kind}, {found.width} × {found.height}, {max(1, found.bytes // 1000):,} kB"
        shots.append(Shot(address, found.description, own=True, told=told))
    return shots


def _public(address: str) -> str:
    url = str(settings.SAYSO_VALUES.public_url).rstrip("/")
    return f"{url}{address}" if address.startswith("/") else address


def _opt_out(said: Mapping[str, str]) -> str:
    """The opt-out message that holds: the campaign's own, else the workspace's."""
    own = said.get("opt_out_message", "")[:LONGEST].strip()
    return own or str(Workspace.objects.get().opt_out_message)


def _plainly(text: rendering.Text | Problem, body: str) -> rendering.Text:
    """What was understood; else as it was written."""
    return text if isinstance(text, rendering.Text) else rendering.Text((body,))
