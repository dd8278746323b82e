"""Norwegian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "nb",
    strong_out="stopp, avmeld, avmelding",
    weak_out="slutt, avslutt",
    back="påmeld",
    strong_help="hjelp",
    courtesy="takk, vennligst, vær så snill, tusen takk",
    not_theirs="feil nummer, feil person",
)
