"""The United States: federal law and the carriers' rules; states that differ are in `us_states`."""

from sayso.core.countries.rules import (
    EVERY_DAY,
    Confidence,
    Confirmed,
    CountryRules,
    Deadline,
    Fact,
    MandatoryWord,
    Senders,
    Window,
)

_CHECKED = "2026-11-21"
_LAW = "https://www.ecfr.gov/current/title-47/section-64.1200"
_CARRIERS = "https://solutionsbytext.com/opt-out-policy/"
_HANDBOOK = "https://mytezz.com/single-post/2014/09/30/ctia-best-practices-help-stop-messages"
_REVOCATION = (
    "https://compliancepoint.com/marketing-compliance/"
    "fccs-consent-revocation-rule-language-analysis-and-compliance-insights"
)
_SENDERS = "https://www.twilio.com/en-us/guidelines/us/sms"

RULES = CountryRules(
    "US",
    "the United States",
    opt_out_words=Fact(
        tuple(
            MandatoryWord(word)
            for word in ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
        ),
        _LAW,
        _CHECKED,
        Confidence.LAW,
    ),
    help_words=Fact((MandatoryWord("help"),), _HANDBOOK, _CHECKED, Confidence.CARRIER),
    # The law allows one confirmation, the carriers demand it, even for a number that was never subscribed.
    confirmation=Fact(Confirmed.MUST, _CARRIERS, _CHECKED, Confidence.CARRIER),
    help_contents=Fact(
        (
            "brand",
            "program",
            "how to stop",
            "how to get help",
            "message frequency",
            "message and data rates",
            "contact",
        ),
        _HANDBOOK,
        _CHECKED,
        Confidence.CARRIER,
    ),
    revocation_reach=Fact(True, _REVOCATION, _CHECKED, Confidence.LAW),
    senders=Fact(
        Senders(False, True, True, True, "10DLC brand and campaign; short code; verified toll-free"),
        _SENDERS,
        _CHECKED,
        Confidence.AGGREGATOR,
    ),
    needs_inbound_number=Fact(True, _CARRIERS, _CHECKED, Confidence.CARRIER),
    honour_within=Fact(Deadline(10), _LAW, _CHECKED, Confidence.LAW),
    windows=Fact((Window(EVERY_DAY, "08:00", "21:00"),), _LAW, _CHECKED, Confidence.LAW),
)
