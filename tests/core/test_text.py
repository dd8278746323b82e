"""Folding: what a text says once spelling no longer matters (R4.11)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core.text import NOTHING, fold, is_blank

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.rule("R4.11")
@pytest.mark.parametrize(
    "written",
    [
        *("STOP", "stop", " sToP ", "Stop.", "STOP!!", "(stop)", '"stop"', "¡stop!", "*STOP*", "…stop…"),
        *("šťóp", "ＳＴＯＰ", "ⓢⓣⓞⓟ", "𝐒𝐓𝐎𝐏", "s\u0301top", "STOP👍"),
        *("S\u200bT\u200dO\ufeffP", "ST\u00adOP", "STOP\ufe0f", "ST\U000e0041OP", "\u202eSTOP\u202c"),
        *("ST\u3164OP", "ST\u034fOP", "st\0op", "\ud800stop", "STOP\r\n"),
        *("SТOP", "STОP", "ЅTОP", "STΟP"),
    ],
)
def test_spelling_tricks_all_say_stop(written: str) -> None:
    assert fold(written).words == ("stop",)


@pytest.mark.rule("R4.11")
@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("opt-out", ("opt", "out")),
        ("opt–out", ("opt", "out")),
        ("opt\u2011out", ("opt", "out")),
        ("st\u2212op", ("st", "op")),
        ("stop,please", ("stop", "please")),
        ("don’t stop", ("don't", "stop")),
        ("don`t stop", ("don't", "stop")),
        ("退订。谢谢", ("退订", "谢谢")),
        ("ÇIKIŞ çıkış İPTAL", ("cikis", "cikis", "iptal")),
        ("Straße ΣΤΟΠ στοπ", ("strasse", "στοπ", "στοπ")),
        ("hjælp øl Łódź", ("hjaelp", "ol", "lodz")),
        ("إلغاء الغاء", ("الغاء", "الغاء")),
        ("הָסֵר", ("הסר",)),
        ("ﾍﾙﾌﾟ ヘルプ", ("ヘルプ", "ヘルプ")),
        ("👍", ("👍",)),
        ("...", ()),
        ("", ()),
    ],
)
def test_texts_of_any_script_fold_to_their_words(written: str, words: tuple[str, ...]) -> None:
    assert fold(written).words == words


@pytest.mark.rule("R4.11")
def test_look_alike_letters_stay_in_a_word_of_one_script() -> None:
    assert fold("стоп ток").words == ("стоп", "ток")
    assert fold("ток stop").words == ("ток", "stop")


@pytest.mark.rule("R4.11")
def test_vowel_signs_that_carry_the_word_are_kept() -> None:
    assert fold("बंद").words != fold("बद").words
    assert fold("が").words != fold("か").words
    assert fold("ปิด").words != fold("ปด").words


@pytest.mark.rule("R4.11")
@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded.whole) == folded
    assert all(word and not any(char.isspace() for char in word) for word in folded.words)


@pytest.mark.rule("R4.11")
@given(st.text(st.characters(codec="ascii")))
@settings(max_examples=200, deadline=None)
def test_the_quick_way_for_ascii_says_the_same_as_the_long_one(text: str) -> None:
    assert fold(text + " é").words == (*fold(text).words, "e")


@given(st.text(st.characters(codec="ascii")))
@settings(max_examples=100, deadline=None)
def test_case_says_nothing(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


def test_long_texts_fold_too() -> None:
    assert len(fold("stóp! " * 20_000).words) == 20_000
    assert fold("a" + "." * 200_000).words == ("a",)


@pytest.mark.rule("R4.14")
def test_only_what_shows_nothing_is_blank() -> None:
    assert all(map(is_blank, ["", "  \n", "\u200b\ufe0f", "\0", "\ud800"]))
    assert not any(map(is_blank, [".", "👍", "a", "?"]))
    assert fold("") == NOTHING
