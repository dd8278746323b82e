"""Slovene."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "sl",
    strong_out="odjava, odjavi",
    weak_out="preklic, konec",
    back="prijava",
    strong_help="pomoč",
    courtesy="prosim, hvala",
)
