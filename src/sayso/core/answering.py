"""What an agent may answer to somebody who is blocked (R12.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from sayso.core.because import Step
from sayso.core.ids import first_id

REPLY_WITHIN = timedelta(hours=24)


class Reply(Struct, frozen=True, gc=False):
    """A person's answer to a text (R12.3), as far as its words matter; `message_id` 0: not queued yet.

    `canned`: it repeats what is stored; known when it is queued, and not looked for again on the wire.
    """

    link: str | None = None
    canned: bool = False
    message_id: int = 0


class Stop(Struct, frozen=True, gc=False):
    """When a number was stopped, and by which of its texts; 0: by none, or that is not known."""

    at: datetime
    text_id: int = 0


def forbidden(
    reply: Reply, stops: Sequence[Stop], wrote: datetime | None, now: datetime
) -> tuple[str, Step] | None:
    """Why an answer may not go to who was stopped by these, as a stable code and a fact; None: it may.

    Within a day of a text that they `wrote` since, and in words written since, one's own, without links.
    """
    stopped = max(stop.at for stop in stops)
    if wrote is None or wrote <= stopped:
        fact = "They have not written since they were blocked. Only they can begin again, by writing."
        return "blocked_and_silent", Step("R12.3", fact, stopped)
    if now - wrote > REPLY_WITHIN:
        fact = "They are blocked and wrote last more than 24 hours ago. Answer when they write again."
        return "blocked_and_late", Step("R12.3", fact, wrote)
    # By the stop's text too: its time is the provider's, and it comes in later than it was said.
    if 0 < reply.message_id < max(first_id(stopped), *(stop.text_id for stop in stops)):
        fact = "It was written before they were blocked. Read what they wrote since, and write anew."
        return "blocked_since", Step("R12.3", fact, stopped)
    return _worded(reply, stopped)


def _worded(reply: Reply, stopped: datetime) -> tuple[str, Step] | None:
    if reply.link is not None:
        fact = (
            f"They are blocked, so an answer holds no link. Take “{reply.link}” out. "
            "If it is none, leave a blank after the full stop or colon."
        )
        return "blocked_no_links", Step("R12.3", fact, stopped)
    if reply.canned:
        fact = (
            "They are blocked, so an answer is in your own words, not those of a canned reply or a template."
        )
        return "blocked_no_templates", Step("R12.3", fact, stopped)
    return None
