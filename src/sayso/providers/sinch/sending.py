"""Writes Sinch batches of one message, and reads what Sinch answers."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

import msgspec

from sayso.providers.contract import (
    Accepted,
    Headers,
    HttpRequest,
    Outbound,
    Outcome,
    Refused,
    Secrets,
    Settings,
    Unsure,
)
from sayso.providers.reading import asked_to_wait, clean, read_object, telephone, text
from sayso.providers.reasons import Reason

REGIONS = ("us", "eu", "au", "br", "ca")
DELIVERY_REPORTS = ("per_recipient_final", "per_recipient", "full", "none")

_REFUSALS: Mapping[int, Reason] = MappingProxyType({401: "account", 403: "account", 404: "account"})


def send_request(outbound: Outbound, secrets: Secrets, settings: Settings) -> HttpRequest | Refused:
    """Write `POST /batches` for one recipient; Sinch carries one attachment a message."""
    plan, token = text(settings.get("service_plan_id")), secrets.get("api_token", "")
    if not plan or not token:
        return Refused("account", code="unconfigured")
    if len(outbound.media) > 1:
        return Refused("media", code="one_attachment_only")
    batch: dict[str, object] = {
        "type": "mt_media" if outbound.media else "mt_text",
        "from": telephone(outbound.sender),
        "to": [clean(outbound.to)],
        "body": _content(outbound),
        "delivery_report": text(settings.get("delivery_report")) or DELIVERY_REPORTS[0],
    }
    if outbound.client_reference:
        batch["client_reference"] = clean(outbound.client_reference)
    if outbound.receipts_url:
        batch["callback_url"] = clean(outbound.receipts_url)
    return HttpRequest(
        method="POST",
        url=f"{_base(settings)}/xms/v1/{quote(plan, safe='')}/batches",
        headers={"authorization": f"Bearer {token.strip()}", "content-type": "application/json"},
        body=msgspec.json.encode(batch),
    )


def _content(outbound: Outbound) -> str | dict[str, str]:
    if not outbound.media:
        return clean(outbound.body)
    return {"url": clean(outbound.media[0]), "message": clean(outbound.body)}


def _base(settings: Settings) -> str:
    given = text(settings.get("base_url")).rstrip("/")
    return given or f"https://{text(settings.get('region')) or REGIONS[0]}.sms.api.sinch.com"


def read_response(status: int, headers: Headers, body: bytes) -> Outcome:
    """Read the answer to `POST /batches`.

    A server error leaves the outcome open, since the batch may be queued already, unless it names a time to
    come back.
    """
    told = read_object(body)
    named = {} if not isinstance(told, Mapping) else told
    if 200 <= status < 300:
        ref = text(named.get("id"))
        return Accepted(ref) if ref else Unsure("lost_answer")
    if status == 429 or (status == 503 and "retry-after" in headers):
        return asked_to_wait(headers)
    if 300 <= status < 500 and status != 408:
        code = text(named.get("code"))[:80] or str(status)
        return Refused(_REFUSALS.get(status, "account" if status < 400 else _reason(code)), code=code)
    return Unsure("lost_answer")


def _reason(code: str) -> Reason:
    """Sort Sinch's named errors; it tells syntax and constraint errors of the request apart."""
    return "content" if code.startswith("syntax_") else "unclassified"
