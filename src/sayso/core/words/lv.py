"""Latvian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "lv",
    strong_out="atteikties",
    weak_out="beigt",
    back="sākt",
    strong_help="palīgā",
    courtesy="lūdzu, paldies",
)
