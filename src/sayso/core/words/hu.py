"""Hungarian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "hu",
    strong_out="leiratkozás, leiratkozom, leiratkozni",
    weak_out="vége, lemond, lemondom",
    back="feliratkozás, feliratkozom",
    strong_help="segítség",
    weak_help="információ",
    courtesy="kérem, kérlek, köszönöm, köszi",
    not_theirs="rossz szám, téves szám, téves hívás",
)
