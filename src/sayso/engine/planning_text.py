"""What a campaign says, compiled once a slice, and on which lines its pictures travel (R9.2, R9.3)."""

from __future__ import annotations

from collections.abc import Callable

from sayso.core import campaigns, mms, pictures, rendering
from sayso.core.campaigns import Line
from sayso.core.tracked_links import Shortener
from sayso.providers.catalogue import PROVIDERS
from sayso.storage import pictures as kept
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection

Carried = Callable[[Line | None, int], bool]


def compiled(plan: Plan, public_url: str, links: Shortener | None, body: str) -> campaigns.Campaign:
    """The campaign with one of its texts and the opt-out message; what is not understood is not launched."""
    message, appended, plain = plan.opt_out_message, plan.reply_service, plan.plain_letters
    return campaigns.Campaign(
        workspace_id=plan.workspace_id,
        id=plan.campaign_id,
        category=plan.category,
        text=rendering.whole(body, message, appended=appended, plain=plain),
        reply_service=plan.reply_service,
        per_profile=plan.per_profile,
        mms=_mms(plan, public_url, body) if plan.media_urls else None,
        links=links,
    )


async def carried(conn: Connection, plan: Plan) -> Carried:
    """Whether a line brings the campaign's pictures to a number; of a text without any every line does."""
    if not plan.media_urls:
        return lambda _line, _phone: True
    own = [token for token in map(pictures.token_of, plan.media_urls) if token]
    weight = await kept.total_bytes(conn, plan.workspace_id, own)
    takes = {
        connection_id: PROVIDERS[kind].carries.takes(len(plan.media_urls), weight)
        for connection_id, kind in (await kept.kinds(conn, plan.workspace_id)).items()
        if kind in PROVIDERS
    }

    def carries(line: Line | None, phone: int) -> bool:
        return line is not None and takes.get(line.connection_id, False) and mms.reaches(line.country, phone)

    return carries


def _mms(plan: Plan, public_url: str, body: str) -> mms.Mms:
    first = plan.media_urls[0]
    fallback = mms.fallback(
        plan.fallback_body.strip() or body,
        plan.opt_out_message,
        appended=plan.reply_service,
        plain=plan.plain_letters,
    )
    return mms.Mms(
        tuple(plan.media_urls),
        f"{public_url}{first}" if first.startswith("/") else first,
        fallback if plan.without_mms == "text" else None,
    )
