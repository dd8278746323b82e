"""Which keywords may be saved (R4.6), and when they get in each other's way (R4.8)."""

import pytest

from sayso.core.keyword_rules import shadows, taken, validate_keyword, validate_keywords
from sayso.core.keywords import Entry, Kind
from sayso.core.modes import CONTAINS, EXACT, PREFIX, WORD


@pytest.mark.rule("R4.6")
@pytest.mark.parametrize("word", ["stopp", "désabonner", "СТОП", "स्टॉप", "退订", "a" * 20])
def test_letters_of_any_script_are_good_main_keywords(word: str) -> None:
    assert validate_keyword("unsubscribe", word) is None
    assert validate_keyword("help", word) is None


@pytest.mark.rule("R4.6")
@pytest.mark.parametrize(
    ("process_type", "word", "code"),
    [
        ("unsubscribe", "stop2", "keyword_not_letters"),
        ("unsubscribe", "opt out", "keyword_not_letters"),
        ("help", "help!", "keyword_not_letters"),
        ("help", "🛑", "keyword_not_letters"),
        ("unsubscribe", "a" * 21, "keyword_too_long"),
        ("unsubscribe", "  ", "keyword_empty"),
        ("join", "a", "keyword_too_short"),
        ("respond", "да", "keyword_too_short"),
        ("unsubscribe_event", "a" * 21, "keyword_too_long"),
        ("inbox", "", "keyword_empty"),
    ],
)
def test_a_keyword_that_breaks_the_rules_is_refused_with_the_remedy(
    process_type: str, word: str, code: str
) -> None:
    problem = validate_keyword(process_type, word)
    assert problem is not None
    assert (problem.field, problem.code) == ("keywords", code)
    assert len(problem.message.split(". ")) == 2


@pytest.mark.rule("R4.6")
def test_event_keywords_need_two_latin_letters_or_digits() -> None:
    for word in ("ok", "4u", "My Club 2026", "É1"):
        assert validate_keyword("join", word) is None


@pytest.mark.rule("R4.6")
def test_an_opt_out_process_has_at_most_a_hundred_keywords() -> None:
    many = ["stop" + chr(97 + one // 26) + chr(97 + one % 26) for one in range(101)]
    assert [problem.code for problem in validate_keywords("unsubscribe", many)] == ["keywords_too_many"]
    assert validate_keywords("unsubscribe", many[:100]) == ()
    assert validate_keywords("respond", many) == ()


@pytest.mark.rule("R4.8")
def test_a_keyword_belongs_to_one_process_of_the_line() -> None:
    club = Entry("Club", WORD, Kind.OTHER, 1)
    assert taken(Entry("CLÚB", EXACT, Kind.OTHER, 2), [club]) == club
    assert taken(Entry("club", EXACT, Kind.OTHER, 1), [club]) is None
    assert taken(Entry("clubs", EXACT, Kind.OTHER, 2), [club]) is None


@pytest.mark.rule("R4.8")
@pytest.mark.parametrize("word", ["stop", "Start", "HELP", "arrêt", "info", "cancel", "opt out"])
def test_opt_out_opt_in_and_help_words_are_not_for_other_types(word: str) -> None:
    found = taken(Entry(word, WORD, Kind.OTHER, 5), [])
    assert found is not None
    assert found.process_id is None


@pytest.mark.rule("R4.8")
def test_an_unsubscribe_process_may_name_a_predefined_opt_out_word() -> None:
    assert taken(Entry("stop", WORD, Kind.UNSUBSCRIBE, 5), []) is None


@pytest.mark.rule("R4.8")
def test_a_wide_mode_that_swallows_another_keyword_is_told() -> None:
    wide = Entry("club", PREFIX, Kind.UNSUBSCRIBE, 1)
    hidden = Entry("clubhouse", WORD, Kind.OTHER, 2)
    (told,) = shadows([wide], [hidden])
    assert (told.hidden, told.by) == (hidden, wide)
    (told,) = shadows([hidden], [wide])
    assert (told.hidden, told.by) == (hidden, wide)
    assert shadows([Entry("club", WORD, Kind.OTHER, 1)], [hidden]) == ()
    assert shadows([Entry("house club", WORD, Kind.OTHER, 3)], [Entry("club", CONTAINS, Kind.OTHER, 1)]) == ()


@pytest.mark.rule("R4.8")
def test_a_predefined_word_that_swallows_a_keyword_is_told() -> None:
    (told,) = shadows([Entry("stop the bus", WORD, Kind.OTHER, 2)], [])
    assert (told.by.keyword, told.by.process_id) == ("stop", None)
