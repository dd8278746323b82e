"""Czech. `zruš` also begins “cancel my order”."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "cs",
    strong_out="odhlásit, odhlaste, odhlásit se, odhlásit odběr, zruš odběr, zrušit odběr",
    weak_out="zruš, zrušit, konec",
    back="přihlásit, obnovit odběr",
    strong_help="pomoc",
    weak_help="informace",
    courtesy="prosím, děkuji, díky",
    not_theirs="špatné číslo, špatná osoba, omyl v čísle",
)
