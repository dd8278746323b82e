"""Dutch. `uit` and `stoppen` begin ordinary sentences."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "nl",
    strong_out="afmelden, uitschrijven, meld mij af, schrijf mij uit, geen sms meer, geen berichten meer",
    weak_out="stoppen, uit, einde, opzeggen, beëindigen",
    back="aanmelden",
    strong_help="hulp",
    weak_help="informatie",
    courtesy="aub, alstublieft, alsjeblieft, svp, bedankt, dank u, dank je, dank u wel, dank je wel",
    not_theirs="verkeerd nummer, verkeerde persoon, niet meer zijn nummer, niet meer haar nummer",
)
