"""Writes Twilio messages, and reads what Twilio answers."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote, urlencode

from sayso.providers.contract import (
    Accepted,
    Headers,
    HttpRequest,
    Later,
    Outbound,
    Outcome,
    Refused,
    Secrets,
    Settings,
    Unsure,
)
from sayso.providers.reading import asked_to_wait, clean, read_object, telephone, text
from sayso.providers.signatures import basic_credentials
from sayso.providers.twilio.codes import CODES, OPTED_OUT
from sayso.providers.twilio.receipts import REFERENCE_PARAMETER

DEFAULT_BASE = "https://api.twilio.com"
_FULL_QUEUE = frozenset({"21611", "30001"})
_FULL_QUEUE_DELAY = timedelta(minutes=10)


def send_request(outbound: Outbound, secrets: Secrets, settings: Settings) -> HttpRequest | Refused:
    """Write `POST Messages.json`; our reference rides in the status callback's address."""
    account = text(settings.get("account_sid"))
    credentials = _credentials(account, secrets, settings)
    if not account or not credentials:
        return Refused("account", code="unconfigured")
    service = text(settings.get("messaging_service_sid"))
    fields = [("To", outbound.to), ("From", telephone(outbound.sender)), ("MessagingServiceSid", service)]
    fields += [("Body", outbound.body), ("StatusCallback", _status_callback(outbound))]
    fields += [("MediaUrl", url) for url in outbound.media]
    base = text(settings.get("base_url")).rstrip("/") or DEFAULT_BASE
    return HttpRequest(
        method="POST",
        url=f"{base}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json",
        headers={
            "authorization": credentials,
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        },
        body=urlencode([(name, clean(value)) for name, value in fields if value]).encode("ascii"),
    )


def _credentials(account: str, secrets: Secrets, settings: Settings) -> str:
    key, key_secret = text(settings.get("api_key_sid")), secrets.get("api_key_secret", "")
    if key and key_secret:
        return basic_credentials(key, key_secret)
    token = secrets.get("auth_token", "")
    return basic_credentials(account, token) if token else ""


def _status_callback(outbound: Outbound) -> str:
    url = outbound.receipts_url
    if not url or not outbound.client_reference:
        return url
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}{urlencode({REFERENCE_PARAMETER: clean(outbound.client_reference)})}"


def read_response(status: int, headers: Headers, body: bytes) -> Outcome:
    """Read the answer to `POST Messages.json`.

    A server error leaves the outcome open, unless it names a time to come back.
    """
    told = read_object(body)
    named = told if isinstance(told, Mapping) else {}
    if 200 <= status < 300:
        return _taken(named)
    code = text(named.get("code"))
    if status == 429 or code == "20429" or (status == 503 and "retry-after" in headers):
        return asked_to_wait(headers)
    if 300 <= status < 500 and status != 408:
        return _refusal(status, code)
    return Unsure("lost_answer")


def _taken(told: Mapping[str, object]) -> Outcome:
    """Read a created message, which may have failed already; its parts are 0 while unknown."""
    sid, error = text(told.get("sid")), text(told.get("error_code"))
    if not sid:
        return Unsure("lost_answer")
    if text(told.get("status")) in ("failed", "undelivered"):
        return _refusal(400, error)
    parts = text(told.get("num_segments"))
    return Accepted(
        sid, int(parts) if parts.isascii() and parts.isdigit() and 0 < int(parts) < 1000 else None
    )


def _refusal(status: int, code: str) -> Later | Refused:
    if code in _FULL_QUEUE:
        return Later(_FULL_QUEUE_DELAY, "throttled")
    _, reason = CODES.get(code, ("rejected", "unclassified" if status == 400 else "account"))
    return Refused(reason, opted_out=code == OPTED_OUT, code=code or str(status))
