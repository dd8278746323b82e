"""Polish."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "pl",
    strong_out="wypisz, wypisz mnie, wypiszsie, zrezygnuj, anuluj subskrypcje",
    weak_out="rezygnuję, rezygnacja, koniec, zakończ",
    back="zapisz mnie, wznów",
    strong_help="pomoc",
    weak_help="informacje",
    courtesy="proszę, dziękuję, dzięki",
    not_theirs="zły numer, pomylony numer, niewłaściwy numer, to nie jego numer, to nie jej numer",
)
