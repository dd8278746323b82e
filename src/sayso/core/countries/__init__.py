"""Country rules, one module a country (R14.1): a new one is a module and a line here."""

from sayso.core.countries import au, ca, de, es, fr, gb, us
from sayso.core.countries.rules import CountryRules

COUNTRIES: dict[str, CountryRules] = {
    module.RULES.country: module.RULES for module in (au, ca, de, es, fr, gb, us)
}
