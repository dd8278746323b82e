"""Danish. `slut` is an everyday word, and so is the Turkish opt-out `ret`."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "da",
    strong_out="stop, afmeld, afmelding, frameld",
    weak_out="slut, ophør",
    back="tilmeld",
    strong_help="hjælp, hjaelp",
    courtesy="tak, venligst, mange tak",
    not_theirs="forkert nummer, forkert person",
)
