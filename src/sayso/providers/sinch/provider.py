"""Sinch SMS (xms v1, service plans): its callbacks, delivery reports and batches."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sayso.providers import proving
from sayso.providers.contract import (
    TAKEN,
    Answer,
    CallbackKind,
    Carries,
    Choice,
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
    Verdict,
)
from sayso.providers.reading import text
from sayso.providers.signatures import SignatureNames, verify_basic, verify_signed
from sayso.providers.sinch import inbound, receipts, sending

SIGNATURE = SignatureNames(
    signature="x-sinch-webhook-signature",
    timestamp="x-sinch-webhook-signature-timestamp",
    nonce="x-sinch-webhook-signature-nonce",
    algorithm="x-sinch-webhook-signature-algorithm",
)
_REGIONS: Mapping[str, str] = MappingProxyType(
    {"us": "United States", "eu": "European Union", "au": "Australia", "br": "Brazil", "ca": "Canada"}
)
_REPORTS: Mapping[str, str] = MappingProxyType(
    {
        "per_recipient_final": "Once, at a message’s end",
        "per_recipient": "At each step of a message",
        "full": "Once a batch, with its numbers",
        "none": "Never: what became of a message stays unknown",
    }
)


class Sinch:
    """Sinch, as the contract of providers asks."""

    kind = "sinch"
    title = "Sinch"
    holds_block = False
    carries = Carries(1, 1_000_000)
    proofs = ("webhook_secret", "basic_password")
    fields = (
        Field(
            "service_plan_id", "Service plan ID", "From Sinch's dashboard, under SMS, APIs.", required=True
        ),
        Field("api_token", "API token", "Beside the service plan ID.", secret=True, required=True),
        Field(
            "webhook_secret",
            "Callback secret",
            "The HMAC secret of the service plan's callbacks; ask Sinch to switch signing on.",
            secret=True,
        ),
        Field(
            "basic_username",
            "Callback user name",
            "Only where callbacks carry HTTP Basic credentials.",
        ),
        Field("basic_password", "Callback password", "Belongs to the callback user name.", secret=True),
        proving.callback_auth(proving.SIGNATURE, proving.BASIC, proving.NONE),
        Field(
            "timestamp_window",
            "Signature window",
            "Seconds; older callbacks are marked stale.",
            default="300",
        ),
        Field(
            "region",
            "Region",
            "Where the service plan lives.",
            default=sending.REGIONS[0],
            choices=tuple(Choice(code, _REGIONS[code]) for code in sending.REGIONS),
        ),
        Field(
            "delivery_report",
            "Delivery reports",
            "How often Sinch says what became of a message.",
            default=sending.DELIVERY_REPORTS[0],
            choices=tuple(Choice(code, _REPORTS[code]) for code in sending.DELIVERY_REPORTS),
        ),
        Field("base_url", "API address", "Only to replace Sinch's own, for tests or a proxy."),
    )

    def answers(self, number_kind: NumberKind) -> ProviderAnswers:
        """Sinch forwards every text and answers none."""
        return "none"

    def verify(self, request: Request, secrets: Secrets, settings: Settings, now: datetime) -> Verdict:
        """Check every scheme that has a secret: HMAC, Basic; with none the hook token stands alone."""
        demanded = text(settings.get("callback_auth"))
        secret, password = secrets.get("webhook_secret"), secrets.get("basic_password")
        if (demanded == "signature" and not secret) or (demanded == "basic" and not password):
            return Forged(f"The connection insists on {demanded}, but has no secret for it: add it.")
        if password:
            judged = verify_basic(request.headers, text(settings.get("basic_username")), password)
            if isinstance(judged, Forged):
                return judged
        return verify_signed(request, SIGNATURE, secret, settings, now) if secret else Genuine()

    def read_inbound(self, body: bytes, headers: Headers) -> Inbound | Unreadable:
        """Read mo_text, mo_media and mo_binary."""
        return inbound.read_inbound(body)

    def read_receipts(
        self, body: bytes, headers: Headers, query: str = ""
    ) -> tuple[Receipt, ...] | Unreadable:
        """Read reports of a batch or of a recipient; queued messages give none."""
        return receipts.read_receipts(body)

    def answer(self, kind: CallbackKind) -> Answer:
        """Sinch asks for any 2xx."""
        return TAKEN

    def send_request(self, outbound: Outbound, secrets: Secrets, settings: Settings) -> HttpRequest | Refused:
        """Write a batch of one message."""
        return sending.send_request(outbound, secrets, settings)

    def read_response(self, status: int, headers: Headers, body: bytes) -> Outcome:
        """Read the answer to a batch."""
        return sending.read_response(status, headers, body)
