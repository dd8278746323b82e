"""What stands on a telephone: its owner's texts and what arrived, in the order of the clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from sayso.actions.telephones import Shown
from sayso.console.components.numbers import spaced
from sayso.console.lenses.texts import InboundMessage
from sayso.console.simulator.reading import Ledger
from sayso.console.simulator.words import after, clock, decided
from sayso.core.pictures import PATH

# What the carrier sent and no ledger shows after this long was not decided for another reason than time.
UNDECIDED = timedelta(minutes=1)
MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Picture:
    """What came with an MMS; `address` is empty where it is none that a browser should open.

    `here`: it is one of ours, and where this page may show it.
    """

    address: str
    name: str
    here: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One bubble; `ours` are the owner's own words. `about` names the scene that tells why."""

    key: str
    at: datetime
    ours: bool
    body: str
    media: tuple[Picture, ...]
    other: str
    told: str = ""
    fault: str = ""
    about: int = 0
    divides: bool = False

    @property
    def clock(self) -> str:
        """Its time as the telephone shows it."""
        return clock(self.at)


@dataclass(frozen=True, slots=True)
class Talk:
    """A telephone as the page shows it; `line_id` is the line that a reply goes to, 0 where there is none."""

    place: int
    shown: Shown
    said: tuple[Said, ...]
    line_id: int

    @property
    def name(self) -> str:
        """Its owner."""
        return self.shown.telephone.name

    @property
    def number(self) -> str:
        """As people read it."""
        return spaced(self.shown.telephone.key, "")


def talk(place: int, shown: Shown, known: Ledger, workspace_id: int, now: datetime) -> Talk:
    """The telephone's talk: what arrived by the carrier's word, what was texted by the ledger's."""
    texts = known.of(shown.telephone.key)
    said = [*_received(shown, known), *(_texted(text, known) for text in texts)]
    said += _on_their_way(shown, texts, workspace_id, now)
    ordered = sorted(said, key=lambda one: one.at)[-MOST_SHOWN:]
    line_id = texts[0].line_id if texts else 0
    return Talk(place, shown, tuple(_divided(ordered)), line_id)


def _received(shown: Shown, known: Ledger) -> Iterator[Said]:
    for entry in shown.texts:
        reference = str(entry.get("client_reference", ""))
        message = known.messages.get(int(reference)) if reference.isdecimal() else None
        # What no message of this workspace stands behind is not ours to show.
        if entry.get("direction") != "received" or message is None:
            continue
        failed = known.status(message) == "failed"
        yield Said(
            key=f"m{message.id}",
            at=datetime.fromisoformat(entry["at"]),
            ours=False,
            body=str(entry.get("body", "")),
            media=_pictures(entry.get("media", ())),
            other=_other(message.sender),
            told="MMS" if message.media_urls else f"{message.parts} part{'' if message.parts == 1 else 's'}",
            fault="receipt: failed" if failed else "",
            about=message.inbound_id or message.id,
        )


def _texted(text: InboundMessage, known: Ledger) -> Said:
    blocks = known.blocks.get(text.id, ())
    told = f"blocked after {after(text, blocks[0])}" if blocks else decided(text)
    return Said(
        key=f"t{text.id}",
        at=text.provider_at,
        ours=True,
        body=text.body,
        media=_pictures(each.get("url", "") for each in text.media or ()),
        other=_other(text.recipient),
        told=told,
        about=text.id,
    )


def _on_their_way(
    shown: Shown, texts: list[InboundMessage], workspace_id: int, now: datetime
) -> Iterator[Said]:
    """Texts that this page sent and the ledger does not show yet, or never will."""
    decided_already = Counter((_bare(text.recipient), text.body) for text in texts)
    for entry in reversed(shown.texts):
        own = str(entry.get("id", "")).startswith(f"console-{workspace_id}-")
        if entry.get("direction") != "texted" or not own:
            continue
        key = (_bare(str(entry.get("to", ""))), str(entry.get("body", "")))
        at = datetime.fromisoformat(entry["at"])
        if decided_already[key] > 0:
            decided_already[key] -= 1
        elif now - at < UNDECIDED or entry.get("status") != 200:
            yield _undecided(entry, at)


def _undecided(entry: Mapping[str, Any], at: datetime) -> Said:
    taken = entry.get("status") == 200
    return Said(
        key=str(entry["id"]),
        at=at,
        ours=True,
        body=str(entry.get("body", "")),
        media=_pictures(entry.get("media", ())),
        other=_other(str(entry.get("to", ""))),
        told="on its way" if taken else "",
        fault="" if taken else "did not come in",
    )


def _divided(said: list[Said]) -> Iterator[Said]:
    """The same with a mark where another number begins to speak."""
    other = ""
    for one in said:
        yield replace(one, divides=one.other != other)
        other = one.other


def _pictures(addresses: Iterable[object]) -> tuple[Picture, ...]:
    """Pictures by the last step of their addresses; ours are shown, those that lie elsewhere only linked."""
    return tuple(_picture(str(address)) for address in addresses)


def _picture(address: str) -> Picture:
    opens = address.startswith(("https://", "http://"))
    name = _last_step(address) if opens else ""
    ours = f"{settings.SAYSO_VALUES.public_url.rstrip('/')}{PATH}"
    here = PATH + address.removeprefix(ours) if address.startswith(ours) else ""
    return Picture(address if opens else "", name or address or "a picture", here)


def _last_step(address: str) -> str:
    try:
        return unquote(urlsplit(address).path.rpartition("/")[2])
    except ValueError:  # whoever texts may write what is no address
        return ""


def _other(written: str) -> str:
    bare = _bare(written)
    return spaced(int(bare), written) if bare.isdecimal() and len(bare) > 7 else written


def _bare(written: str) -> str:
    return written.removeprefix("+")
