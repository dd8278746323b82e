"""Ukrainian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "uk",
    strong_out="стоп, відписатися, відписатись, відписка, відпишіть мене",
    weak_out="скасувати, досить, кінець",
    back="старт, підписатися",
    strong_help="допомога",
    weak_help="інфо, довідка",
    courtesy="будь ласка, дякую",
    not_theirs="неправильний номер, не той номер, помилилися номером",
)
