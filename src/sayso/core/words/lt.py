"""Lithuanian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "lt",
    strong_out="atsisakau, atsisakyti",
    weak_out="baigti",
    back="pradėti",
    strong_help="pagalba",
    courtesy="prašau, ačiū",
)
