"""Why a message was not accepted or not delivered: stable codes, each with a sentence to act on."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Reason = Literal[
    "",
    "account",
    "bad_number",
    "cancelled",
    "carrier_filtered",
    "content",
    "expired",
    "lost_answer",
    "media",
    "opted_out",
    "possible_opt_out",
    "provider_error",
    "sender_config",
    "temp_unreachable",
    "throttled",
    "unclassified",
    "unroutable",
]
"""The empty reason belongs to statuses that need none (sent, delivered)."""

SENTENCES: Mapping[Reason, str] = MappingProxyType(
    {
        "": "",
        "account": "The provider refuses the account: check its credentials, address, credit and state "
        "before sending goes on.",
        "bad_number": "The number does not exist or cannot be a telephone: check it with the contact.",
        "cancelled": "The message was cancelled at the provider.",
        "carrier_filtered": "A carrier's filter stopped the text: check wording, links and the sender's "
        "registration.",
        "content": "The provider refuses the text itself: check its length, parts and placeholders.",
        "expired": "The message could not be delivered within its validity.",
        "lost_answer": "The provider's answer was lost or unreadable, so the outcome is unknown. "
        "The message is never sent again by itself; a late receipt may settle it.",
        "media": "The picture or file could not be fetched or delivered: check its address, type and size.",
        "opted_out": "The person has opted out at the provider and must text START to that number.",
        "possible_opt_out": "The provider says that the number is invalid or has opted out, and not which: "
        "check before texting it again.",
        "provider_error": "The provider failed inside: try again later.",
        "sender_config": "The sender may not text there: check its number, registration and regions.",
        "temp_unreachable": "The telephone could not be reached for now: off, full or out of coverage.",
        "throttled": "The provider asks to send more slowly.",
        "unclassified": "The provider gave no reason that we know: look up its own code.",
        "unroutable": "The number cannot receive texts: a landline, or no route to its carrier.",
    }
)

RETRYABLE: frozenset[Reason] = frozenset({"temp_unreachable", "throttled", "provider_error"})
"""Only these may ever be tried again, and only when the provider said them; silence is no reason."""

PAUSING: frozenset[Reason] = frozenset({"account"})
"""These concern the whole connection: pause it rather than refuse message after message."""
