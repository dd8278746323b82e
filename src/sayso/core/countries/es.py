"""Spain: registered sender names only; a simple way out in each text, exclusion lists must be consulted."""

from sayso.core.countries.rules import Confidence, CountryRules, Fact, Senders

_CHECKED = "2026-11-22"
_NAMES = (
    "https://www.infobip.com/docs/essentials/europe-registration/"
    "spain-alphanumeric-sender-id-alias-registration-guidelines"
)
_REFUSAL = "https://grupoadaptalia.es/blog/comunicaciones-comerciales-y-proteccion-de-datos"

RULES = CountryRules(
    "ES",
    "Spain",
    senders=Fact(
        Senders(True, True, True, None, "CNMC alias; unregistered names are blocked since 2026-09-15"),
        _NAMES,
        _CHECKED,
        Confidence.AGGREGATOR,
    ),
    needs_inbound_number=Fact(False, _REFUSAL, _CHECKED, Confidence.VENDOR),
    required_wording=Fact(("a simple way to refuse",), _REFUSAL, _CHECKED, Confidence.VENDOR),
)
