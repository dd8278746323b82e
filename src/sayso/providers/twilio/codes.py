"""What Twilio's message statuses and error codes mean to us.

Source: Twilio's error and warning dictionary, and the message resource's statuses.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sayso.providers.contract import ReceiptStatus
from sayso.providers.reasons import Reason

OPTED_OUT = "21610"

PASSING = frozenset({"accepted", "scheduled", "queued", "sending", "receiving", "received"})
"""Statuses on the way, which say nothing that is not known already."""

CODES: Mapping[str, tuple[ReceiptStatus, Reason]] = MappingProxyType(
    {
        "10001": ("rejected", "account"),
        "20003": ("rejected", "account"),
        "20404": ("rejected", "account"),
        "20429": ("rejected", "throttled"),
        "21211": ("rejected", "bad_number"),
        "21408": ("rejected", "sender_config"),
        "21602": ("rejected", "content"),
        "21603": ("rejected", "sender_config"),
        "21604": ("rejected", "bad_number"),
        "21606": ("rejected", "sender_config"),
        OPTED_OUT: ("rejected", "opted_out"),
        "21611": ("rejected", "throttled"),
        "21612": ("rejected", "sender_config"),
        "21614": ("rejected", "bad_number"),
        "21617": ("rejected", "content"),
        "21620": ("rejected", "media"),
        "21623": ("rejected", "media"),
        "30001": ("failed", "throttled"),
        "30002": ("rejected", "account"),
        "30003": ("failed", "temp_unreachable"),
        "30004": ("failed", "carrier_filtered"),
        "30005": ("failed", "bad_number"),
        "30006": ("failed", "unroutable"),
        "30007": ("failed", "carrier_filtered"),
        "30008": ("failed", "unclassified"),
        "30034": ("rejected", "sender_config"),
        "30036": ("expired", "expired"),
    }
)

_STATUSES: Mapping[str, tuple[ReceiptStatus, Reason]] = MappingProxyType(
    {
        "sent": ("sent", ""),
        "delivered": ("delivered", ""),
        "read": ("delivered", ""),
        "partially_delivered": ("sent", ""),
        "canceled": ("rejected", "cancelled"),
    }
)


def meaning(status: str, code: str) -> tuple[ReceiptStatus, Reason]:
    """Say what a status and its error code mean; only a failure looks at the code."""
    if status in ("failed", "undelivered"):
        return CODES.get(code, ("failed", "unclassified"))
    return _STATUSES.get(status, ("unknown", "unclassified"))
