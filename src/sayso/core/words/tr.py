"""Turkish. `ret` is an everyday word in Danish and Swedish, `iptal` begins “cancel my order”."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "tr",
    strong_out="abonelikten çık, abonelikten çıkar, listeden çık, listeden çıkar",
    weak_out="ret, iptal, dur, çıkış, istemiyorum, durdur",
    back="başla, abone ol",
    strong_help="yardım",
    weak_help="bilgi",
    courtesy="lütfen, teşekkürler, teşekkür ederim",
    not_theirs="yanlış numara, yanlış kişi",
)
