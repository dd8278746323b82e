"""What Sinch's delivery codes and statuses mean to us.

Source: the delivery report section of Sinch's SMS reference. Codes outside the table come from SMPP and MMS
networks; for those the status word decides.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sayso.providers.contract import ReceiptStatus
from sayso.providers.reasons import Reason

Meaning = tuple[ReceiptStatus, Reason]

QUEUED_CODE = 400
QUEUED_STATUS = "queued"

_CODES: Mapping[int, Meaning] = MappingProxyType(
    {
        0: ("delivered", ""),
        401: ("sent", ""),
        402: ("failed", "unroutable"),
        403: ("failed", "provider_error"),
        404: ("failed", "temp_unreachable"),
        405: ("rejected", "content"),
        406: ("expired", "expired"),
        407: ("rejected", "cancelled"),
        408: ("rejected", "unclassified"),
        410: ("rejected", "sender_config"),
        411: ("rejected", "content"),
        412: ("rejected", "sender_config"),
        413: ("rejected", "account"),
        414: ("failed", "media"),
        415: ("failed", "media"),
        416: ("failed", "media"),
        417: ("failed", "temp_unreachable"),
        418: ("failed", "media"),
    }
)

_STATUSES: Mapping[str, Meaning] = MappingProxyType(
    {
        "dispatched": ("sent", ""),
        "delivered": ("delivered", ""),
        "aborted": ("failed", "unclassified"),
        "failed": ("failed", "unclassified"),
        "expired": ("expired", "expired"),
        "cancelled": ("rejected", "cancelled"),
        "canceled": ("rejected", "cancelled"),
        "rejected": ("rejected", "unclassified"),
        # Sinch uses it for invalid numbers and for people who opted out, and does not say which.
        "deleted": ("failed", "possible_opt_out"),
        "unknown": ("unknown", "unclassified"),
    }
)


def meaning(code: int | None, status: str) -> Meaning | None:
    """Say what a report means; None for a message that is merely queued.

    A known code decides, being finer than the status word, except 0, which older plans send with any word,
    and "Deleted". The word counts in any case, since Sinch's own documents spell it in two.
    """
    word = status.strip().lower()
    if word == QUEUED_STATUS or (not word and code == QUEUED_CODE):
        return None
    known = _CODES.get(code) if code is not None else None
    if known and word != "deleted" and (code != 0 or not word):
        return known
    return _STATUSES.get(word, ("unknown", "unclassified"))
