"""Twilio Programmable Messaging: its callbacks, status reports and messages."""

from datetime import datetime

from sayso.providers import proving
from sayso.providers.contract import (
    Answer,
    CallbackKind,
    Carries,
    Field,
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
    Verdict,
)
from sayso.providers.twilio import inbound, receipts, sending, verification

_EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Twilio:
    """Twilio, as the contract of providers asks."""

    kind = "twilio"
    title = "Twilio"
    holds_block = True
    carries = Carries(10, 5_000_000)
    proofs = ("auth_token", "shared_key")
    fields = (
        Field("account_sid", "Account SID", "AC…, from Twilio's console.", required=True),
        Field("auth_token", "Auth token", "Signs Twilio's callbacks; the primary one.", secret=True),
        Field("api_key_sid", "API key SID", "SK…; sends instead of the auth token, if given."),
        Field("api_key_secret", "API key secret", "Belongs to the API key SID.", secret=True),
        Field(
            "shared_key",
            "Webhook shared key",
            "The secret of a SharedKey, where webhook settings sign with one (HMAC_SHA256).",
            secret=True,
        ),
        proving.callback_auth(proving.SIGNATURE, proving.NONE),
        Field(
            "public_url",
            "Public address",
            "Only where Twilio calls this server by another address than SAYSO_PUBLIC_URL.",
        ),
        Field("messaging_service_sid", "Messaging Service SID", "MG…, to send through a service."),
        Field("base_url", "API address", "Only to replace Twilio's own, for tests or a proxy."),
    )

    def answers(self, number_kind: NumberKind) -> ProviderAnswers:
        """Twilio answers STOP, START and HELP on long codes, but leaves standalone short codes to us.

        Short codes with Advanced Opt-Out say so in each text (OptOutType).
        """
        return "stop_start_help" if number_kind == "long_code" else "none"

    def verify(self, request: Request, secrets: Secrets, settings: Settings, now: datetime) -> Verdict:
        """Check X-Twilio-Signature, by the auth token or a shared key."""
        return verification.verify(request, secrets, settings)

    def read_inbound(self, body: bytes, headers: Headers) -> Inbound | Unreadable:
        """Read a text."""
        return inbound.read_inbound(body, headers)

    def read_receipts(
        self, body: bytes, headers: Headers, query: str = ""
    ) -> tuple[Receipt, ...] | Unreadable:
        """Read a status callback; the query holds our reference."""
        return receipts.read_receipts(body, headers, query)

    def answer(self, kind: CallbackKind) -> Answer:
        """Give empty TwiML, so that Twilio sends no text of its own making."""
        return Answer(200, "text/xml; charset=utf-8", _EMPTY_TWIML)

    def send_request(self, outbound: Outbound, secrets: Secrets, settings: Settings) -> HttpRequest | Refused:
        """Write a message."""
        return sending.send_request(outbound, secrets, settings)

    def read_response(self, status: int, headers: Headers, body: bytes) -> Outcome:
        """Read the answer to a message."""
        return sending.read_response(status, headers, body)
