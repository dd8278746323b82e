"""Romanian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "ro",
    strong_out=(
        "dezabonare, dezabonează, dezabonați, dezabonați-mă, dezabonează-mă, oprește mesajele, "
        "opriți mesajele"
    ),
    weak_out="renunț, oprește, opriți",
    back="abonare, reabonare",
    strong_help="ajutor",
    weak_help="informații",
    courtesy="te rog, vă rog, mulțumesc, mersi",
    not_theirs="număr greșit, persoană greșită",
)
