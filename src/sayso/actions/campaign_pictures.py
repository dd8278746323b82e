"""What is wrong with a campaign's pictures, and with what goes out in their place (R9.2)."""

from __future__ import annotations

from collections.abc import Iterator

from sayso.actions.message_wanted import MOST_MEDIA, is_url
from sayso.core import pictures, rendering, tracked_links
from sayso.core.campaigns import LONGEST_BODY
from sayso.core.problems import Problem
from sayso.storage import pictures as kept
from sayso.storage.campaigns import CampaignDraft
from sayso.storage.pool import Connection

WITHOUT_MMS = ("text", "skip")


async def faults(conn: Connection, wanted: CampaignDraft) -> list[Problem]:
    """What is wrong; nothing where there are no pictures and no words for those who get none."""
    found = list(_form_faults(wanted))
    tokens = [token for token in map(pictures.token_of, wanted.media_urls) if token]
    known = {each.token for each in await kept.hold(conn, tokens)} if tokens else set()
    if set(tokens) - known:
        found.append(
            Problem("media_urls", "unknown", "There is no such picture in this workspace. Bring it anew.")
        )
    return found


def _form_faults(wanted: CampaignDraft) -> Iterator[Problem]:
    if len(wanted.media_urls) > MOST_MEDIA:
        yield Problem("media_urls", "form", f"A text carries at most {MOST_MEDIA} pictures.")
    if not all(pictures.token_of(address) or is_url(address) for address in wanted.media_urls):
        told = "A picture is one that was brought here (/m/…), or lies at an https:// address."
        yield Problem("media_urls", "form", told)
    if wanted.without_mms not in WITHOUT_MMS:
        yield Problem(
            "without_mms", "form", "Where no picture is carried goes a text, or nothing: text or skip."
        )
    if len(wanted.fallback_body) > LONGEST_BODY:
        yield Problem("fallback_body", "form", "It has at most 1,600 characters.")
    text = rendering.read(wanted.fallback_body, "fallback_body")
    if isinstance(text, Problem):
        yield text
    yield from tracked_links.faults(wanted.fallback_body, "fallback_body")
