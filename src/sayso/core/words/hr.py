"""Croatian, Serbian, Bosnian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "hr",
    strong_out="odjava, odjavi, odjavite me",
    weak_out="prekini, kraj",
    back="prijava",
    strong_help="pomoć",
    courtesy="molim, hvala",
)
