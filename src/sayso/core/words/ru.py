"""Russian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "ru",
    strong_out="стоп, отписаться, отписка, отпишите, отпишите меня",
    weak_out="отмена, хватит, прекратите, конец",
    back="старт, подписаться",
    strong_help="помощь",
    weak_help="инфо, справка",
    courtesy="пожалуйста, спасибо",
    not_theirs="неправильный номер, не тот номер, ошиблись номером",
)
