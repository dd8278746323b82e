"""What conditions are called in the builder."""

from __future__ import annotations

KINDS = {"all": "all of these hold", "any": "any of these holds", "none": "none of these holds"}
ABOUTS = {
    "Person": {
        "language": "Language",
        "country": "Country",
        "time_zone": "Time zone",
        "email": "E-mail address",
        "external_id": "External id",
        "number": "Number",
        "created": "Became a contact",
        "attribute": "Attribute",
    },
    "Consent": {"sms_consent": "Consent to texts", "consent": "Consent to a category", "block": "Blocks"},
    "Lists": {"list": "List"},
    "Activity": {
        "texted": "We texted them",
        "wrote": "They wrote to us",
        "campaign": "Got a campaign",
        "clicked": "Opened a link of ours",
        "opted_out": "They opted out",
    },
}
TESTS = {
    "is": "is",
    "is_not": "is not",
    "contains": "contains",
    "begins_with": "begins with",
    "known": "is known",
    "unknown": "is not known",
    "greater": "is greater than",
    "less": "is less than",
    "before": "is before",
    "after": "is after",
    "blocked": "blocked from texts",
    "not_blocked": "not blocked",
    "on": "on it",
    "not_on": "not on it",
    "ever": "ever",
    "never": "never",
    "within": "in the last",
    "not_within": "not in the last",
}
STANDINGS = {
    "sms_consent": (("yes", "yes"), ("no", "no"), ("unknown", "unknown")),
    "consent": (
        ("yes", "given"),
        ("no", "refused"),
        ("pending", "waiting for an answer"),
        ("never", "never spoken of"),
    ),
}
HINTS = {
    "language": "de",
    "time_zone": "Europe/Vienna",
    "email": "@example.com",
    "before": "2026-11-30",
    "after": "2026-11-30",
    "greater": "5",
    "less": "5",
}
