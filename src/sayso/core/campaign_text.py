"""What a campaign says: its text with the opt-out message, its pictures, and the links of one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sayso.core import mms, rendering, tracked_links, unsubscribe_links
from sayso.core.campaigns import Campaign, Line
from sayso.core.tracked_links import Shortener

Carried = Callable[[Line | None, int], bool]
"""Whether a line brings the campaign's pictures to a number."""


class Says(Protocol):
    """What a person wrote of a campaign, as far as its texts need it."""

    @property
    def workspace_id(self) -> int:
        """Whose it is."""

    @property
    def campaign_id(self) -> int:
        """Which one."""

    @property
    def category(self) -> str:
        """What people consented to."""

    @property
    def reply_service(self) -> bool:
        """R9.3: whether the opt-out message stands in it."""

    @property
    def per_profile(self) -> bool:
        """Whether each profile of a number gets a text of its own."""

    @property
    def opt_out_message(self) -> str:
        """The one that holds for it."""

    @property
    def plain_letters(self) -> bool:
        """Whether letters that force Unicode are replaced."""

    @property
    def media_urls(self) -> Sequence[str]:
        """Its pictures."""

    @property
    def without_mms(self) -> str:
        """What goes where no picture is carried: text or skip."""

    @property
    def fallback_body(self) -> str:
        """The words for those; empty: the same with a link."""


@dataclass(frozen=True, slots=True)
class Links:
    """How personal links are written: the keys that prove them, and the address that people reach us by."""

    key: bytes
    public_url: str
    clicks_key: bytes = b""

    @classmethod
    def of(cls, secret: str, public_url: str) -> Links:
        """Those of a server: of its secret key, and of where recipients reach it."""
        return cls(unsubscribe_links.key_of(secret), public_url.rstrip("/"), tracked_links.key_of(secret))

    def unsubscribe(self, message_id: int, host: str = "") -> str:
        """The link by which the recipient of a message stops texts; `host` is the workspace's own."""
        base = tracked_links.base_of(self.public_url, host)
        return f"{base}{unsubscribe_links.PATH}{unsubscribe_links.mint(self.key, message_id)}"

    def shortener(self, written: Sequence[str], host: str) -> Shortener | None:
        """What makes these addresses of a campaign short; None: it has none that are tracked."""
        places = {address: place for place, address in enumerate(written)}
        return (
            Shortener(self.clicks_key, tracked_links.base_of(self.public_url, host), places)
            if places
            else None
        )


def compiled(said: Says, public_url: str, links: Shortener | None, body: str) -> Campaign:
    """The campaign with one of its texts and the opt-out message; what is not understood is not launched."""
    message, appended, plain = said.opt_out_message, said.reply_service, said.plain_letters
    return Campaign(
        workspace_id=said.workspace_id,
        id=said.campaign_id,
        category=said.category,
        text=rendering.whole(body, message, appended=appended, plain=plain),
        reply_service=said.reply_service,
        per_profile=said.per_profile,
        mms=_mms(said, public_url, body) if said.media_urls else None,
        links=links,
    )


def every_line(line: Line | None, phone: int) -> bool:
    """What holds of a text without pictures: every line brings it to every number."""
    return True


def carrying(takes: Mapping[int, bool]) -> Carried:
    """Which lines bring pictures to which numbers, of the connections that take them."""

    def carries(line: Line | None, phone: int) -> bool:
        return line is not None and takes.get(line.connection_id, False) and mms.reaches(line.country, phone)

    return carries


def _mms(said: Says, public_url: str, body: str) -> mms.Mms:
    first = said.media_urls[0]
    fallback = mms.fallback(
        said.fallback_body.strip() or body,
        said.opt_out_message,
        appended=said.reply_service,
        plain=said.plain_letters,
    )
    return mms.Mms(
        tuple(said.media_urls),
        f"{public_url}{first}" if first.startswith("/") else first,
        fallback if said.without_mms == "text" else None,
    )
