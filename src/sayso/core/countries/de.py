"""Germany: an address to object at basic tariff; consent, or the own-customer exception of § 7 UWG."""

from sayso.core.countries.rules import EVERY_DAY, Confidence, CountryRules, Fact, Senders, Window

_CHECKED = "2026-11-22"
_LAW = "https://lxgesetze.de/uwg/7"
_SHORT_CODES = "https://support.twilio.com/hc/en-us/articles/1260803518849"
_SENDERS = "https://www.cm.com/blog/sending-international-sms-country-specific-rules-regulations-and-habits/"
_HOURS = "https://docs.bird.com (SMS country information guide: Germany)"

RULES = CountryRules(
    "DE",
    "Germany",
    opt_out_words=Fact((), _SHORT_CODES, _CHECKED, Confidence.AGGREGATOR),
    senders=Fact(Senders(True, True, True, None), _SENDERS, _CHECKED, Confidence.AGGREGATOR),
    required_wording=Fact(("a valid address to object to, at basic tariff",), _LAW, _CHECKED, Confidence.LAW),
    # One guide's own default; another finds no hours at all.
    windows=Fact((Window(EVERY_DAY, "09:00", "20:00"),), _HOURS, _CHECKED, Confidence.AGGREGATOR),
)
