"""Which keyword a text says, and which it does not (R3.2, R4.7, R4.9, R4.12, R4.14)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core.keywords import (
    PREDEFINED,
    Entry,
    Kind,
    Match,
    Matcher,
    Word,
    addressed,
    predefined,
    terms,
)
from sayso.core.modes import CONTAINS, EXACT, MODES, PREFIX, WORD, Mode
from sayso.core.text import Folded, fold

WORDS = predefined("US")
EVERYDAY = fold(
    "slut sluta ende fin fine alto baja para pare basta salir sair uit stoppen ret iptal dur zrus "
    "huy dung td cancel end quit remove annulla cancella weg die das the yes no si oui ja tak ok"
)


def _find(text: str, matcher: Matcher = WORDS) -> Match | None:
    return matcher.find(fold(text))


def _kind(text: str, matcher: Matcher = WORDS) -> str:
    match = _find(text, matcher)
    return match.kind.value if match else "none"


@pytest.mark.rule("R4.7", "R4.12")
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # The table of the market's matching rules, where no grading is needed.
        *(
            (out, "unsubscribe")
            for out in ("STOP", "Stop.", "STOP!!", "šťóp", "Please stop", "Unsubscribe me")
        ),
        *((out, "unsubscribe") for out in ("opt out", "opt-out", "optout", "st op", "END", "STOP ads")),
        *(
            (kept, "none")
            for kept in ("stopwatches", "nonstop fun", "please cancel my order", "don't stop", "NO")
        ),
        *(
            (out, "unsubscribe")
            for out in ("stop all", "stopall", "STOP-ALL", "s t o p", "stop 👍", "🙏 stop")
        ),
        *((out, "unsubscribe") for out in ("cancel please", "Please, cancel!", "quit thanks", "cancel 👍")),
        *(
            (out, "unsubscribe")
            for out in ("arrêt svp", "S'il vous plaît arrêtez", "bitte abmelden", "baja por favor")
        ),
        *(
            (out, "unsubscribe")
            for out in ("退订", "退订。谢谢", "ＴＤ", "ยกเลิกรับข่าวสาร", "수신거부", "配信停止")
        ),
        *(
            (out, "unsubscribe")
            for out in ("הסר", "إلغاء الاشتراك", "स्टॉप", "стоп", "СТОП!", "ΣΤΟΠ", "RET", "hủy đăng ký")
        ),
        *(
            (kept, "none")
            for kept in ("cancel my order", "quit smoking", "end of story", "baja la voz", "alto ahí")
        ),
        *(
            (kept, "none")
            for kept in ("slut nu", "ret mig hvis", "sair mais cedo", "please", "thanks", "", "👍")
        ),
        *((kept, "none") for kept in ("yes", "y", "oui", "sí", "ja", "да", "はい", "Huy", "Dung")),
        *((back, "optin") for back in ("START", "start please", "unstop", "СТАРТ", "alta")),
        *((kept, "none") for kept in ("un stop", "start tomorrow?", "when does it start")),
        *(
            (help_, "help")
            for help_ in ("HELP", "help me", "aide svp", "Hilfe!", "ayuda", "info", "info please")
        ),
        *((kept, "none") for kept in ("info about shoes", "can you help")),
    ],
)
def test_predefined_words_take_what_they_should(text: str, kind: str) -> None:
    assert _kind(text) == kind


@pytest.mark.rule("R4.7")
def test_no_strong_word_is_an_everyday_word_of_any_language() -> None:
    strong = {
        fold(entry.keyword).whole
        for entry in PREDEFINED
        if entry.mode is WORD and entry.kind is Kind.UNSUBSCRIBE
    }
    assert not strong & set(EVERYDAY.words)


@pytest.mark.rule("R4.7")
def test_no_predefined_word_means_two_things() -> None:
    kinds: dict[str, set[Kind]] = {}
    for entry in PREDEFINED:
        kinds.setdefault(fold(entry.keyword).whole, set()).add(entry.kind)
    assert [word for word, several in kinds.items() if len(several) > 1] == []


@pytest.mark.rule("R4.7")
@pytest.mark.parametrize("entry", PREDEFINED, ids=lambda entry: entry.keyword)
def test_every_predefined_word_works_as_written(entry: Entry) -> None:
    match = _find(entry.keyword)
    assert match is not None
    assert match.kind is entry.kind
    assert match.process_id is None


@pytest.mark.rule("R4.7", "R4.10")
def test_a_word_of_several_languages_has_none_of_its_own() -> None:
    assert [
        match.language for text in ("stop", "stopp", "pomoc", "désabonner") if (match := _find(text))
    ] == [
        "",
        "",
        "",
        "fr",
    ]


@pytest.mark.rule("R4.12")
@pytest.mark.parametrize(
    ("mode", "keyword", "taken", "left"),
    [
        (EXACT, "stop", ["STOP", " stop ", "Stop!"], ["stop it", "st op", "please stop"]),
        (WORD, "stop", ["stop", "stop it now", "Stop-it"], ["please stop", "stopwatches", ""]),
        (WORD, "opt out", ["opt out", "OPT-OUT now"], ["opt", "opt me out", "optout"]),
        (
            PREFIX,
            "stop",
            ["STOP", " stop", "šťóp", "stopwatches", "st op"],
            ["Please stop", "Unsubscribe me", "sto"],
        ),
        (PREFIX, "arret", ["arrêt", "ARRET MERCI"], ["Garret", "barret"]),
        (CONTAINS, "stop", ["please stop now", "stop", "please don't STOP!"], ["nonstop fun", "stopwatches"]),
        (CONTAINS, "no more", ["please, no more texts"], ["no, more", "more no"][1:]),
    ],
)
def test_each_mode_takes_what_its_row_says(
    mode: Mode, keyword: str, taken: list[str], left: list[str]
) -> None:
    matcher = Matcher([Entry(keyword, mode, Kind.OTHER, 7)])
    for text in taken:
        match = _find(text, matcher)
        assert match is not None, text
        assert (match.process_id, match.mode.name) == (7, mode.name)
    for text in left:
        assert _find(text, matcher) is None, text


@pytest.mark.rule("R4.12")
def test_scripts_without_blanks_match_as_exact_and_prefix() -> None:
    assert _kind("退订短信", Matcher([Entry("退订", PREFIX, Kind.UNSUBSCRIBE)])) == "unsubscribe"
    assert _kind("หยุดส่ง", Matcher([Entry("หยุด", PREFIX, Kind.UNSUBSCRIBE)])) == "unsubscribe"
    assert _kind("解除", Matcher([Entry("解除", EXACT, Kind.UNSUBSCRIBE)])) == "unsubscribe"


@pytest.mark.rule("R4.14")
def test_unsubscribe_comes_before_help_before_opt_in_before_the_rest() -> None:
    kinds = [Kind.OTHER, Kind.OPT_IN, Kind.HELP, Kind.UNSUBSCRIBE]
    for place, kind in enumerate(kinds):
        matcher = Matcher(
            [
                Entry("much longer keyword" if one is Kind.OTHER else "much", CONTAINS, one)
                for one in kinds[: place + 1]
            ]
        )
        assert _kind("a much longer keyword", matcher) == kind.value


@pytest.mark.rule("R4.14")
def test_the_longest_keyword_wins_within_a_kind() -> None:
    matcher = Matcher([Entry("club", WORD, Kind.OTHER, 1), Entry("club gold", WORD, Kind.OTHER, 2)])
    assert [
        match.process_id for text in ("club gold please", "club silver") if (match := _find(text, matcher))
    ] == [2, 1]


@pytest.mark.rule("R4.9")
def test_without_any_process_the_floor_still_holds() -> None:
    matcher = Matcher([], over=predefined("CA"))
    assert _kind("arret", matcher) == "unsubscribe"
    assert _kind("stop", matcher) == "unsubscribe"


@pytest.mark.rule("R4.9", "R7.1")
def test_a_term_takes_a_text_wherever_it_stands() -> None:
    matcher = Matcher(terms(["leave me alone"]), over=predefined())
    match = _find("Just LEAVE me alone!!", matcher)
    assert match is not None
    assert (match.kind, match.kind_of_word) == (Kind.UNSUBSCRIBE, Word.TERM)
    assert _kind("stop", Matcher(terms([]), over=predefined())) == "unsubscribe"


@pytest.mark.rule("R4.7")
def test_courtesy_counts_only_for_predefined_words() -> None:
    assert _kind("please menu", Matcher([Entry("menu", EXACT, Kind.OTHER)])) == "none"


@pytest.mark.rule("R4.13")
def test_a_mode_may_be_chosen_for_the_predefined_words() -> None:
    assert _kind("stopwatches", predefined("US", "prefix")) == "unsubscribe"
    assert _kind("don't stop", predefined("US", "contains")) == "unsubscribe"
    assert _kind("can you help", predefined("US", "", "contains")) == "help"


@pytest.mark.rule("R3.2")
@pytest.mark.parametrize(
    ("text", "rest"),
    [
        *((out, "stop") for out in ("baby stop", "stop baby", "BÁBY, STOP!", "ba by stop", "babystop")),
        *((out, "stop") for out in ("please stop baby thanks", "baby-stop", "stop ba by")),
        ("baby opt out", "opt out"),
        ("baby how are you", "how are you"),
        ("baby", "baby"),
        ("stop", None),
        ("I love my baby", None),
        ("babysitter", None),
        ("", None),
    ],
)
def test_the_provider_keyword_comes_off_in_front_and_behind(text: str, rest: str | None) -> None:
    found = addressed(fold(text), {"baby": 7})
    assert (found[0], found[1].whole.removeprefix("please ")) == (7, rest) if found else rest is None


@pytest.mark.rule("R3.2")
def test_a_custom_keyword_may_stand_before_the_provider_keyword() -> None:
    matcher = Matcher([Entry("club", WORD, Kind.OTHER)], over=predefined())
    assert addressed(fold("club baby"), {"baby": 7}, matcher) == (7, Folded(("club",)))
    assert addressed(fold("club baby"), {"baby": 7}) is None


@pytest.mark.rule("R3.2")
def test_a_shared_code_finds_its_client_among_many() -> None:
    keywords = {"baby": 1, "kids": 2, "kidsclub": 3}
    assert addressed(fold("kids stop"), keywords) == (2, Folded(("stop",)))
    assert addressed(fold("stop kids"), keywords) == (2, Folded(("stop",)))
    assert addressed(fold("hello there"), keywords) is None


SMALL = st.lists(st.sampled_from(["a", "b", "ab", "abc", "please", "c"]), max_size=5).map(" ".join)
KEYWORD = st.lists(st.sampled_from(["a", "b", "ab", "abc", "c"]), min_size=1, max_size=2).map(" ".join)
ENTRIES = st.lists(
    st.builds(
        Entry, KEYWORD, st.sampled_from(list(MODES.values())), st.sampled_from(Kind), st.integers(1, 3)
    ),
    max_size=8,
)


def _stands(entry: Entry, text: Folded) -> bool:
    """The four modes as PRODUCT words them, one keyword at a time."""
    keyword, words = fold(entry.keyword), text.words
    size = len(keyword.words)
    spans = [words[start : start + size] for start in range(len(words))]
    return {
        "exact": words == keyword.words,
        "word": words[:size] == keyword.words,
        "prefix": text.squeezed.startswith(keyword.squeezed),
        "contains": keyword.words in spans,
    }[entry.mode.name]


@pytest.mark.rule("R4.12", "R4.14")
@given(SMALL, ENTRIES)
@settings(max_examples=300, deadline=None)
def test_the_compiled_matcher_finds_what_one_by_one_would(text: str, entries: list[Entry]) -> None:
    folded = fold(text)
    order = list(Kind)
    standing = [entry for entry in entries if _stands(entry, folded)]
    best = min(
        ((order.index(entry.kind), -len(fold(entry.keyword).squeezed)) for entry in standing), default=None
    )
    match = Matcher(entries).find(folded)
    found = (order.index(match.kind), -len(fold(match.keyword).squeezed)) if match else None
    assert found == best
    for entry in entries:
        assert entry.mode.matches(fold(entry.keyword), folded) == _stands(entry, folded)


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_no_text_breaks_the_matcher(text: str) -> None:
    _kind(text)
    addressed(fold(text), {fold(text).squeezed: 7})
