"""Finnish. `peruuta tilaus` also means cancelling an order: whole text only. `ei` is no, never an opt-out."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "fi",
    strong_out="lopeta, lopettakaa, lopeta viestit, peru tekstiviestit",
    weak_out="peruuta, peruuta tilaus, pois",
    back="aloita",
    strong_help="apua",
    weak_help="ohje, tiedot",
    courtesy="kiitos, ole hyvä, olkaa hyvä",
    not_theirs="väärä numero, väärä henkilö",
)
