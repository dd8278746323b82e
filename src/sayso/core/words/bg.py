"""Bulgarian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "bg",
    strong_out="стоп, отписване, отпишете ме",
    weak_out="край, отказ",
    back="старт, абониране",
    strong_help="помощ",
    courtesy="моля, благодаря",
)
