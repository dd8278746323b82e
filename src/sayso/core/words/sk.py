"""Slovak."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "sk",
    strong_out="odhlásiť, odhláste, odhlásiť sa, zruš odber, zrušiť odber",
    weak_out="zruš, zrušiť, koniec",
    back="prihlásiť",
    strong_help="pomoc",
    courtesy="prosím, ďakujem, vďaka",
    not_theirs="zlé číslo, nesprávne číslo, nesprávna osoba",
)
