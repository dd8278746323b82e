"""The simulator: a provider of our own, so that the whole product runs with no account anywhere (R15.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

import msgspec

from sayso.providers import proving
from sayso.providers.contract import (
    TAKEN,
    Accepted,
    Answer,
    CallbackKind,
    Carries,
    Field,
    Forged,
    Genuine,
    Headers,
    HttpRequest,
    Inbound,
    NumberKind,
    Outbound,
    Outcome,
    ProviderAnswers,
    Receipt,
    Refused,
    Request,
    Secrets,
    Settings,
    Unreadable,
    Unsure,
    Verdict,
)
from sayso.providers.reading import asked_to_wait, clean, read_object, text
from sayso.providers.reasons import SENTENCES, Reason
from sayso.providers.signatures import verify_signed
from sayso.providers.simulator import wire


class Simulator:
    """The simulated carrier, as the contract of providers asks."""

    kind = "simulator"
    title = "Simulator"
    holds_block = False
    carries = Carries(10, 5_000_000)
    # A carrier of our own on our own machine: nobody need be warned.
    proofs = ()
    fields = (
        Field(
            "base_url",
            "Carrier address",
            "Where the simulated carrier takes messages; left out: the one that Sayso runs beside itself.",
        ),
        Field("api_token", "API token", "The carrier asks for it, if it is set.", secret=True),
        Field("webhook_secret", "Callback secret", "Signs the carrier's callbacks.", secret=True),
        proving.callback_auth(proving.SIGNATURE),
        Field(
            "timestamp_window",
            "Signature window",
            "Seconds; older callbacks are marked stale.",
            default="300",
        ),
    )

    def answers(self, number_kind: NumberKind) -> ProviderAnswers:
        """The simulator answers nothing by itself."""
        return "none"

    def verify(self, request: Request, secrets: Secrets, settings: Settings, now: datetime) -> Verdict:
        """Check the signature, if the connection has a secret."""
        secret = secrets.get("webhook_secret")
        if secret:
            return verify_signed(request, wire.SIGNATURE, secret, settings, now)
        if settings.get("callback_auth") == "signature":
            return Forged("The connection insists on signatures, but has no callback secret: add it.")
        return Genuine()

    def read_inbound(self, body: bytes, headers: Headers) -> Inbound | Unreadable:
        """Read a text."""
        return wire.read_inbound(body)

    def read_receipts(
        self, body: bytes, headers: Headers, query: str = ""
    ) -> tuple[Receipt, ...] | Unreadable:
        """Read one receipt or a list."""
        return wire.read_receipts(body)

    def answer(self, kind: CallbackKind) -> Answer:
        """The carrier asks for any 2xx."""
        return TAKEN

    def send_request(self, outbound: Outbound, secrets: Secrets, settings: Settings) -> HttpRequest | Refused:
        """Write a message to send."""
        base, token = text(settings.get("base_url")).rstrip("/"), secrets.get("api_token", "")
        if not base:
            return Refused("account", code="unconfigured")
        bearer = {"authorization": f"Bearer {token}"} if token else {}
        try:
            body = msgspec.json.encode(wire.outbound_fields(outbound))
        except UnicodeEncodeError:
            body = msgspec.json.encode(_cleaned(wire.outbound_fields(outbound)))
        headers = {"content-type": "application/json", **bearer}
        return HttpRequest("POST", base + wire.MESSAGES_PATH, headers, body)

    def read_response(self, status: int, headers: Headers, body: bytes) -> Outcome:
        """Read the carrier's answer; a server error leaves the outcome open."""
        told = read_object(body)
        named = told if isinstance(told, Mapping) else {}
        if 200 <= status < 300 and text(named.get("id")):
            parts = named.get("parts")
            return Accepted(text(named.get("id")), parts if isinstance(parts, int) else None)
        if status == 429:
            return asked_to_wait(headers)
        if 300 <= status < 500 and status != 408:
            opted_out = named.get("opted_out") is True
            return Refused(_reason(status, named), opted_out, text(named.get("code")) or str(status))
        return Unsure("lost_answer")


def _reason(status: int, told: Mapping[str, object]) -> Reason:
    named = text(told.get("reason"))
    if named and named in SENTENCES:
        return cast("Reason", named)
    return "unclassified" if status in (400, 422) else "account"


def _cleaned(fields: Mapping[str, object]) -> Mapping[str, object]:
    return {
        name: clean(value)
        if isinstance(value, str)
        else [clean(str(item)) for item in cast("tuple[str, ...]", value)]
        for name, value in fields.items()
    }
