"""The United Kingdom: a free way out in every text, by number or by link."""

from sayso.core.countries.rules import EVERY_DAY, Confidence, CountryRules, Fact, Senders, Window

_CHECKED = "2026-11-22"
_GUIDE = "https://www.twilio.com/en-us/guidelines/gb/sms"
_HOURS = "https://support.ometria.com/hc/en-gb/articles/19820202385437"
_ROUTES = "https://www.infobip.com/docs/essentials (SMS coverage: United Kingdom)"

RULES = CountryRules(
    "GB",
    "the United Kingdom",
    senders=Fact(
        Senders(True, True, True, None, "protected brand names; foreign numbers are blocked"),
        _GUIDE,
        _CHECKED,
        Confidence.AGGREGATOR,
    ),
    needs_inbound_number=Fact(False, _ROUTES, _CHECKED, Confidence.AGGREGATOR),
    required_wording=Fact(
        ("STOP to a number, or a link to refuse",), _ROUTES, _CHECKED, Confidence.AGGREGATOR
    ),
    # Advised, not law.
    windows=Fact((Window(EVERY_DAY, "09:00", "20:00"),), _HOURS, _CHECKED, Confidence.AGGREGATOR),
)
