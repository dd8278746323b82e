"""Swedish. `slut` and `sluta` begin ordinary sentences."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "sv",
    strong_out="stopp, avregistrera, avreg, avprenumerera, avanmäl, avanmälan",
    weak_out="sluta, slut, avsluta",
    back="anmäl, börja",
    strong_help="hjälp",
    courtesy="tack, snälla, vänligen, tack så mycket",
    not_theirs="fel nummer, fel person",
)
