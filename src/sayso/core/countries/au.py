"""Australia: a free way to unsubscribe in every text; sources differ on hours, the narrowest stand."""

from sayso.core.countries.rules import EVERY_DAY, Confidence, CountryRules, Deadline, Fact, Senders, Window

_CHECKED = "2026-11-22"
_LAW = "https://telerivet.com/blog/australia-sms-compliance-acma-sender-id-spam-act"
_HOURS = "https://support.ometria.com/hc/en-gb/articles/19820202385437"
_NAMES = "https://www.clicksend.com/se/legal/acma-schedule"

RULES = CountryRules(
    "AU",
    "Australia",
    senders=Fact(
        Senders(True, True, True, None, "names: the register; others are shown as “Unverified”"),
        _NAMES,
        _CHECKED,
        Confidence.VENDOR,
    ),
    required_wording=Fact(("who sends it", "a free way to unsubscribe"), _LAW, _CHECKED, Confidence.VENDOR),
    honour_within=Fact(Deadline(5), _LAW, _CHECKED, Confidence.VENDOR),
    # One guide says 8 to 21, another 11 to 20; the law has none that anybody found.
    windows=Fact((Window(EVERY_DAY, "11:00", "20:00"),), _HOURS, _CHECKED, Confidence.AGGREGATOR),
)
