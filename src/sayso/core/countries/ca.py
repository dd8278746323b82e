"""Canada: the carriers' mandatory keywords, in both languages."""

from sayso.core.countries.rules import (
    EVERY_DAY,
    Confidence,
    Confirmed,
    CountryRules,
    Fact,
    MandatoryWord,
    Senders,
    Window,
)

_CHECKED = "2026-11-21"
_KEYWORDS = (
    "https://support.infobip.com/docs/essentials/usa-and-canada-compliance/"
    "canadian-mandatory-keyword-responses"
)
_SHORT_CODES = "https://support.twilio.com/hc/en-us/articles/223181928"
_SENDERS = "https://support.app.sinch.com/hc/en-us/articles/16600847085967"
_HOURS = "https://intelepeer.com/short-code-availability-canada/"

RULES = CountryRules(
    "CA",
    "Canada",
    opt_out_words=Fact(
        (MandatoryWord("stop", "en"), MandatoryWord("arret", "fr")),
        _KEYWORDS,
        _CHECKED,
        Confidence.CARRIER,
    ),
    help_words=Fact(
        (MandatoryWord("help", "en"), MandatoryWord("aide", "fr"), MandatoryWord("info")),
        _KEYWORDS,
        _CHECKED,
        Confidence.CARRIER,
    ),
    confirmation=Fact(Confirmed.MUST, _KEYWORDS, _CHECKED, Confidence.CARRIER),
    # English answers STOP and French answers ARRET, free, in one part, even to a number not subscribed.
    confirmation_languages=Fact(("en", "fr"), _KEYWORDS, _CHECKED, Confidence.CARRIER),
    unknown_keyword_reply=Fact(
        "A short code answers an unknown keyword by saying that it is invalid.",
        _SHORT_CODES,
        _CHECKED,
        Confidence.CARRIER,
    ),
    # The words are mandatory in any program, transactional ones included.
    revocation_reach=Fact(True, _KEYWORDS, _CHECKED, Confidence.CARRIER),
    senders=Fact(
        Senders(False, True, True, True, "verified toll-free"), _SENDERS, _CHECKED, Confidence.AGGREGATOR
    ),
    needs_inbound_number=Fact(True, _KEYWORDS, _CHECKED, Confidence.CARRIER),
    # "Normal business hours", read as the hours on which two aggregators' guides agree.
    windows=Fact((Window(EVERY_DAY, "09:00", "20:00"),), _HOURS, _CHECKED, Confidence.AGGREGATOR),
)
