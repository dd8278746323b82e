"""France: STOP to 36xxx in every advertising text; sources differ on hours, the strictest one stands."""

from sayso.core.countries.rules import Confidence, CountryRules, Fact, MandatoryWord, Senders, Window

_CHECKED = "2026-11-22"
_STOP = "https://support.callr.com/hc/en-us/articles/115000858183"
_HOURS = "https://help.goacoustic.com/hc/en-us/articles/360043722874"
_SENDERS = "https://smsmode.com/de/modification-regles-senderid-france"
_BRAND = "https://help.klaviyo.com/hc/en-us/articles/360035285472"
_WEEKDAYS = (0, 1, 2, 3, 4)

RULES = CountryRules(
    "FR",
    "France",
    opt_out_words=Fact((MandatoryWord("stop"),), _STOP, _CHECKED, Confidence.AGGREGATOR),
    senders=Fact(
        Senders(True, False, True, None, "no generic words, not digits only, no blanks in names"),
        _SENDERS,
        _CHECKED,
        Confidence.VENDOR,
    ),
    needs_inbound_number=Fact(True, _STOP, _CHECKED, Confidence.AGGREGATOR),
    required_wording=Fact(
        ("STOP 36xxx", f"the brand's name ({_BRAND})"), _STOP, _CHECKED, Confidence.AGGREGATOR
    ),
    # The operators' charter of 2026 is said to allow 8:00 to 21:30 every day; until its text is read,
    # the narrowest hours of any source hold.
    windows=Fact(
        (Window(_WEEKDAYS, "08:00", "20:00", holidays=False), Window((5,), "10:00", "18:00", holidays=False)),
        _HOURS,
        _CHECKED,
        Confidence.VENDOR,
    ),
)
