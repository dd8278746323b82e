"""Italian. `basta` alone is an opt-out, inside a sentence it is any word."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "it",
    strong_out=(
        "disiscrivi, disiscriviti, disiscrivimi, disiscrizione, cancellami, annulla iscrizione, "
        "cancella iscrizione, basta sms, basta messaggi"
    ),
    weak_out="basta, ferma, annulla, cancella, fine",
    back="iscrivimi, riattiva",
    strong_help="aiuto",
    weak_help="informazioni",
    courtesy="per favore, per piacere, grazie, grazie mille",
    not_theirs="numero sbagliato, persona sbagliata, non è più il suo numero, non è il suo numero",
)
