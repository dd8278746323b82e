"""What one text does, told without a database."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from sayso.core import emergency
from sayso.core.effects import (
    AddBlock,
    AddCodeBlock,
    Cancel,
    File,
    Ledger,
    LiftBlocks,
    LiftCodeBlock,
    Raise,
    Record,
    Reply,
    SetConsent,
    Unrouted,
)
from sayso.core.gate import Send, Skip, may_send
from sayso.core.gate_asked import Candidate, ConsentState, Facts
from sayso.core.hands import HANDS
from sayso.core.lines import LineRecord, Listening, NumberRecord, WorkspaceWords, build_line, build_number
from sayso.core.messages import CodeBlock, Known, No, Pending, Process, Profile
from tests.core.house import (
    AMIRA,
    HELP,
    LISTENING,
    NOON,
    STOP,
    WORDS,
    block,
    every,
    heard,
    long_code,
    only,
    people,
    shared_code,
    text,
    texted,
)


@pytest.mark.rule("R5.4", "R5.3")
@pytest.mark.parametrize("body", ["STOP", "šťóp", " Stop.", "stop please", "Please stop", "opt out", "genug"])
def test_an_opt_out_blocks_writes_cancels_and_answers(body: str) -> None:
    decision = heard(body, known=Known(profiles=people(41)))
    assert only(decision, AddBlock).scope == "channel"
    assert only(decision, Ledger).action == "reject"
    assert only(decision, SetConsent).value == "no"
    assert only(decision, Cancel).advertising
    assert only(decision, Reply).body == "You are out."
    record = only(decision, Record)
    assert (record.outcome, record.scope, record.process_id) == ("unsubscribe", "channel", 1)
    assert record.keyword and record.mode and record.because[-1].fact


@pytest.mark.rule("R4.15")
@pytest.mark.parametrize(
    "body", ["please cancel my order", "stopwatches", "I love it", "nonstop fun", "Garret"]
)
def test_what_is_no_opt_out_waits_in_the_inbox(body: str) -> None:
    decision = heard(body)
    assert [type(effect) for effect in decision.effects] == [Record, Raise, File]
    assert only(decision, File).tab == "inbox"
    assert only(decision, File).needs_answer


@pytest.mark.rule("R4.14")
def test_an_empty_text_is_marked_and_does_nothing_else() -> None:
    decision = heard(" \u200b ")
    assert only(decision, Record).outcome == "empty"
    assert len(decision.effects) == 1


def test_a_picture_without_words_is_no_empty_text() -> None:
    decision = heard("", media=({"url": "https://x.example/1.jpg", "content_type": "image/jpeg"},))
    assert only(decision, File).tab == "inbox"


@pytest.mark.rule("R4.9")
def test_the_floor_holds_without_any_process_and_without_terms() -> None:
    decision = heard("stop", long_code(listening=(), words=WorkspaceWords()))
    assert only(decision, AddBlock).scope == "channel"
    assert every(decision, Reply) == []


@pytest.mark.rule("R4.2", "R4.9")
def test_a_paused_process_stops_its_custom_keywords_and_never_the_floor() -> None:
    paused = long_code(listening=(Listening(HELP),))
    assert only(heard("genug", paused), Record).outcome == "inbox"
    assert only(heard("stop", paused), Record).outcome == "unsubscribe"


@pytest.mark.rule("R7.1")
def test_a_term_stops_wherever_it_stands() -> None:
    decision = heard("oh do leave me alone now", long_code(listening=()))
    assert only(decision, AddBlock).source == "term"


@pytest.mark.rule("R3.2")
@pytest.mark.parametrize("body", ["baby stop", "stop baby", "BABY  STOP", "Báby stop", "babystop"])
def test_the_provider_keyword_names_one_client(body: str) -> None:
    known = Known(texted=(texted(11), texted(22, workspace=2)))
    decision = heard(body, shared_code(), known)
    assert only(decision, AddBlock).workspace_id == 1
    assert only(decision, Reply).line_id == 11


@pytest.mark.rule("R3.2")
def test_a_provider_keyword_alone_is_the_text_of_that_keyword() -> None:
    assert only(heard("Baby", shared_code()), Record).line_id == 11


@pytest.mark.rule("R3.3")
def test_a_bare_stop_on_a_shared_code_stops_all_that_texted_and_the_code() -> None:
    known = Known(texted=(texted(22, workspace=2), texted(11, hours_ago=5)))
    decision = heard("stop", shared_code(), known)
    assert [stop.workspace_id for stop in every(decision, AddBlock)] == [2, 1]
    assert only(decision, AddCodeBlock).inbound_number_id == 101
    assert only(decision, Reply).line_id == 22, "one answer, from whoever texted last"


@pytest.mark.rule("R3.3")
def test_a_bare_stop_from_a_stranger_blocks_the_code() -> None:
    decision = heard("stop", shared_code())
    assert [type(effect) for effect in decision.effects] == [AddCodeBlock, Unrouted]


@pytest.mark.rule("R3.3")
def test_a_bare_start_lifts_only_where_one_workspace_was_stopped() -> None:
    both = Known(blocks=(block(), block(workspace=2, id=71)), texted=(texted(11), texted(22, workspace=2)))
    assert every(heard("start", shared_code(), both), LiftBlocks) == []
    one = Known(blocks=(block(workspace=2, id=71),), texted=(texted(11), texted(22, workspace=2)))
    decision = heard("start", shared_code(), one)
    assert only(decision, LiftBlocks).block_ids == (71,)
    assert only(decision, LiftCodeBlock).inbound_number_id == 101


@pytest.mark.rule("R3.3", "R6.5")
def test_a_start_that_names_its_workspace_outlives_a_bare_stop_for_it_alone() -> None:
    known = Known(code_blocks=(CodeBlock(101, NOON - timedelta(days=2)),))
    decision = heard("baby start", shared_code(), known)
    assert only(decision, Ledger).action == "accept"
    assert every(decision, LiftCodeBlock) == []


@pytest.mark.rule("R3.3")
def test_a_bare_help_gets_the_operators_answer() -> None:
    decision = heard("help", shared_code(), Known(texted=(texted(22, workspace=2),)))
    assert only(decision, Reply).body == "Texts from several shops."


@pytest.mark.rule("R3.3")
def test_other_bare_texts_go_to_whoever_texted_last_else_to_the_operator() -> None:
    known = Known(texted=(texted(22, workspace=2), texted(11, hours_ago=5)))
    assert only(heard("is it blue?", shared_code(), known), Record).workspace_id == 2
    assert only(heard("is it blue?", shared_code()), Unrouted).why


@pytest.mark.rule("R5.5")
def test_the_ledger_takes_ten_profiles_last_texted_first_and_five_categories() -> None:
    words = WorkspaceWords(rejects=("a", "b", "c", "d", "e", "f"))
    known = Known(profiles=people(*range(1, 15)), texted=(texted(10, contact_id=12),))
    entries = every(heard("stop", long_code(words=words), known), Ledger)
    assert len(entries) == 50
    assert entries[0].contact_id == 12
    assert {entry.category for entry in entries} == {"a", "b", "c", "d", "e"}


@pytest.mark.rule("R5.5", "R5.7")
def test_a_number_nobody_knows_is_blocked_with_one_entry_of_its_own() -> None:
    decision = heard("stop")
    assert only(decision, Ledger).contact_id is None
    assert only(decision, Ledger).category == "*"
    assert every(decision, SetConsent) == []


@pytest.mark.rule("R5.6")
def test_the_event_goes_to_the_profile_last_texted_from_the_line_else_any_else_the_oldest() -> None:
    both = people(41, 42, 43)
    here = Known(profiles=both, texted=(texted(99, contact_id=43), texted(10, hours_ago=9, contact_id=42)))
    assert only(heard("hello", known=here), Raise).contact_id == 42
    elsewhere = Known(profiles=both, texted=(texted(99, contact_id=43),))
    assert only(heard("hello", known=elsewhere), Raise).contact_id == 43
    assert only(heard("hello", known=Known(profiles=both)), Raise).contact_id == 41
    assert only(heard("hello"), Raise).contact_id is None


@pytest.mark.rule("R5.6")
@pytest.mark.parametrize(
    ("sent", "certainty"),
    [(texted(10), "sticky_line"), (texted(99), "last_send"), (texted(10, hours_ago=80), "unknown")],
)
def test_a_text_says_which_message_it_answers_and_how_sure_that_is(sent: object, certainty: str) -> None:
    record = only(heard("hello", known=Known(texted=(sent,))), Record)  # type: ignore[arg-type]
    assert record.answers_certainty == certainty
    assert (record.answers_message_id is None) == (certainty == "unknown")


@pytest.mark.rule("R5.8", "R14.2")
def test_the_customers_country_decides_whether_an_opt_out_is_confirmed() -> None:
    german = {"sender": "+4915112345678", "phone": 4915112345678}
    decision = heard("stop", **german)
    assert every(decision, Reply) == [], "unknown in Germany: the strict branch"
    assert "unknown" in decision.because[-1].fact
    allowed = long_code(words=WorkspaceWords(unknown_confirmations=frozenset({"DE"})))
    assert only(heard("stop", allowed, **german), Reply)


@pytest.mark.rule("R5.8")
def test_a_confirmation_has_five_minutes_and_help_a_day() -> None:
    assert only(heard("stop"), Reply).expires_at == NOON + timedelta(minutes=5)
    assert only(heard("help"), Reply).expires_at == NOON + timedelta(hours=24)


@pytest.mark.rule("R5.8")
def test_what_the_provider_answered_is_not_answered_again() -> None:
    assert every(heard("stop", provider_answered="stop"), Reply) == []
    assert every(heard("stop", long_code(answers="stop")), Reply) == []
    assert every(heard("help", long_code(answers="stop")), Reply) != []
    assert every(heard("help", long_code(answers="stop_start_help")), Reply) == []


def test_a_stop_only_the_provider_understood_is_a_stop() -> None:
    decision = heard("fertig", provider_answered="stop")
    assert only(decision, AddBlock).source == "provider"


@pytest.mark.rule("R5.9")
def test_the_sixth_answer_within_ten_minutes_stays_unsent() -> None:
    assert every(heard("help", known=Known(replies={10: 4})), Reply) != []
    assert every(heard("help", known=Known(replies={10: 5})), Reply) == []


@pytest.mark.rule("R4.10")
def test_the_matched_words_language_comes_before_the_contacts_and_the_lines() -> None:
    assert only(heard("désabonner"), Reply).body == "C'est fini."
    french = Known(profiles=(Profile(1, 41, "fr"),))
    assert only(heard("stop", known=french), Reply).body == "C'est fini."
    assert only(heard("stop"), Reply).body == "You are out."


@pytest.mark.rule("R4.12")
@pytest.mark.parametrize(
    ("mode", "body", "out"),
    [
        ("prefix", "genugtuung", True),
        ("word", "genugtuung", False),
        ("contains", "jetzt genug bitte", True),
        ("exact", "genug jetzt", False),
    ],
)
def test_a_process_matches_its_keywords_in_its_mode(mode: str, body: str, out: bool) -> None:
    number = long_code(listening=(Listening(STOP, ("genug",), mode),))
    assert (only(heard(body, number), Record).outcome == "unsubscribe") is out


@pytest.mark.rule("R4.13")
def test_a_mode_may_be_chosen_for_the_predefined_words() -> None:
    number = long_code(listening=(Listening(STOP, (), "word", "prefix"),))
    assert only(heard("stopwatches", number), Record).outcome == "unsubscribe"


@pytest.mark.rule("R6.1")
@pytest.mark.parametrize(
    ("scope", "stored", "line_id"), [("channel", "channel", 0), ("line", "line", 10), ("all", "all", 0)]
)
def test_the_process_decides_how_far_a_stop_reaches(scope: str, stored: str, line_id: int) -> None:
    process = Process(1, "unsubscribe", "Stop", scope, messages={"en": "Out."})
    decision = heard("stop", long_code(listening=(Listening(process),)))
    assert (only(decision, AddBlock).scope, only(decision, AddBlock).line_id) == (stored, line_id)
    assert only(decision, Cancel).transactional == (scope == "all")


@pytest.mark.rule("R6.1")
def test_a_stop_may_reach_categories() -> None:
    process = Process(1, "unsubscribe", "Stop", "categories", ("events", "promotions"))
    decision = heard("stop", long_code(listening=(Listening(process),)))
    assert [stop.category for stop in every(decision, AddBlock)] == ["events", "promotions"]


@pytest.mark.rule("R6.2")
@pytest.mark.parametrize(
    ("phone", "reached"), [(12025550143, True), (16135550143, True), (447700900118, False)]
)
def test_a_stop_to_a_transactional_text_reaches_those_where_the_country_says_so(
    phone: int, reached: bool
) -> None:
    known = Known(texted=(texted(10, transactional=True),))
    decision = heard("stop", known=known, phone=phone, sender=f"+{phone}")
    assert ("line_transactional" in [stop.scope for stop in every(decision, AddBlock)]) is reached


@pytest.mark.rule("R6.5")
def test_start_brings_back_what_was_stopped_and_nothing_else() -> None:
    decision = heard("START", known=Known(profiles=people(41), blocks=(block("line", line_id=10, id=71),)))
    assert only(decision, LiftBlocks).block_ids == (71,)
    assert every(decision, SetConsent) == []
    elsewhere = heard("START", known=Known(blocks=(block("line", line_id=99, id=72),)))
    assert every(elsewhere, LiftBlocks) == []


@pytest.mark.rule("R6.5")
def test_start_takes_back_a_no_to_all_advertising_however_it_came_and_not_one_to_a_category() -> None:
    before = NOON - timedelta(hours=1)
    noes = (No(1, 41, "*", before), No(1, 41, "events", before), No(2, 42, "*", before))
    decision = heard("START", known=Known(profiles=people(41), noes=noes))
    assert [(said.contact_id, said.action, said.category) for said in every(decision, Ledger)] == [
        (41, "accept", "*"),
        (41, "reject", "events"),
    ]
    assert only(decision, SetConsent).value == "yes"
    assert every(decision, LiftBlocks) == []
    for kept in (
        No(1, 41, "events", before),
        No(1, 41, "*", NOON - timedelta(seconds=5)),
        No(2, 41, "*", before),
    ):
        assert every(heard("START", known=Known(profiles=people(41), noes=(kept,))), Ledger) == []
    assert every(heard("START", known=Known(noes=noes), stale=True), Ledger) == []
    assert every(heard("ok send me more", known=Known(profiles=people(41), noes=noes)), Ledger) == []


@pytest.mark.rule("R6.5")
@pytest.mark.parametrize("contact", [0, 41])
@pytest.mark.parametrize(
    "stood",
    [
        Known(blocks=(block(since=NOON - timedelta(hours=1)),)),
        Known(noes=(No(1, 41, "*", NOON - timedelta(hours=1)),)),
        Known(pending=(Pending(1, 0, HANDS, NOON - timedelta(hours=1)),)),
    ],
    ids=["stop", "reported no", "changed hands"],
)
def test_a_no_to_one_category_outlives_a_start_and_other_advertising_comes_back(
    stood: Known, contact: int
) -> None:
    choice = No(1, contact, "events", NOON - timedelta(days=2), "link")
    decision = heard("START", known=replace(stood, profiles=people(41), noes=(*stood.noes, choice)))
    states = tuple(
        ConsentState(said.category, said.action, said.at, said.source) for said in every(decision, Ledger)
    )
    (again,) = (state for state in states if state.state == "reject")
    assert again == ConsentState("events", "reject", NOON, "link")
    later = NOON + timedelta(hours=1)
    refused = may_send(Candidate(1, AMIRA, True, "events", line_id=10), Facts(consents=states), later)
    assert isinstance(refused, Skip)
    assert refused.reason == "consent_rejected"
    other = may_send(Candidate(1, AMIRA, True, "promotions", line_id=10), Facts(consents=states), later)
    assert isinstance(other, Send)


@pytest.mark.rule("R6.5")
@pytest.mark.parametrize(
    "stood",
    [
        Known(blocks=(block(),)),
        Known(noes=(No(1, 41, "*", NOON - timedelta(days=1)),)),
        Known(pending=(Pending(1, 0, HANDS, NOON - timedelta(hours=1)),)),
        Known(pending=(Pending(1, 41, "promotions", NOON - timedelta(hours=1)),)),
    ],
    ids=["older stop", "older no", "changed hands", "a yes that waits"],
)
@pytest.mark.parametrize("seconds", [5, -5])
def test_a_no_that_a_start_does_not_clearly_follow_keeps_all_that_stood(stood: Known, seconds: int) -> None:
    doubtful = No(1, 0, "*", NOON - timedelta(seconds=seconds), "api")
    decision = heard("START", known=replace(stood, profiles=people(41), noes=(*stood.noes, doubtful)))
    assert every(decision, LiftBlocks) + every(decision, Ledger) + every(decision, SetConsent) == []
    record = only(decision, Record)
    assert isinstance(record, Record)
    assert record.flags == ("out_of_order",)
    assert "does not clearly follow the no" in record.because[-1].fact


@pytest.mark.rule("R5.2")
def test_what_a_stop_rejected_is_as_clear_as_the_stop() -> None:
    since = NOON - timedelta(seconds=3)
    known = Known(profiles=people(41), blocks=(block(since=since),), noes=(No(1, 41, "*", since),))
    assert every(heard("START", known=known), LiftBlocks)


@pytest.mark.rule("R6.5")
def test_what_the_stop_itself_rejected_is_no_choice() -> None:
    stop = block(since=NOON - timedelta(hours=1))
    known = Known(profiles=people(41), blocks=(stop,), noes=(No(1, 41, "events", stop.since),))
    assert [said.action for said in every(heard("START", known=known), Ledger)] == ["accept"]


@pytest.mark.rule("R3.3", "R6.5")
def test_a_start_that_outlives_a_bare_stop_leaves_a_no_to_one_category() -> None:
    known = Known(
        profiles=people(41),
        code_blocks=(CodeBlock(101, NOON - timedelta(days=2)),),
        noes=(No(1, 41, "events", NOON - timedelta(days=3)),),
    )
    told = every(heard("baby start", shared_code(), known), Ledger)
    assert [(said.action, said.category) for said in told] == [("accept", "*"), ("reject", "events")]


@pytest.mark.rule("R6.5")
def test_start_is_a_yes_of_the_number_itself_where_the_number_had_said_no() -> None:
    """Or a profile made later would be held to a no that was taken back."""
    before = NOON - timedelta(hours=1)
    stopped = (block(since=before),)
    alone = heard("START", known=Known(profiles=people(41), blocks=stopped))
    assert [yes.contact_id for yes in every(alone, Ledger)] == [41]
    for category in ("*", "promotions"):
        known = Known(profiles=people(41), blocks=stopped, noes=(No(1, 0, category, before),))
        assert [yes.contact_id for yes in every(heard("START", known=known), Ledger)] == [41, None]


@pytest.mark.rule("R6.5")
@pytest.mark.parametrize("body", ["yes", "start it up", "ok send me more", "I want to subscribe to the gym"])
def test_any_other_text_lifts_nothing(body: str) -> None:
    assert every(heard(body, known=Known(blocks=(block(),))), LiftBlocks) == []


@pytest.mark.rule("R6.5")
def test_yes_completes_an_accept_that_waits_for_it() -> None:
    waiting = Known(pending=(Pending(1, 41, "promotions", NOON - timedelta(hours=1)),))
    decision = heard("Yes", known=waiting)
    assert only(decision, Ledger).action == "accept"
    assert only(heard("Yes"), Record).outcome == "inbox"


@pytest.mark.rule("R6.5")
def test_yes_does_what_the_waiting_accept_asked_for_and_nothing_else() -> None:
    """Attack: whoever may report a yes to one category has somebody's STOP lifted by their next “yes”."""
    before = NOON - timedelta(hours=1)
    blocks = (
        block(id=70),
        block("category", id=71, category="events"),
        block("category", id=72, category="x"),
    )
    for category, lifted in (("events", [(71,)]), ("promotions", []), ("*", [(70, 71, 72)])):
        noes = (No(1, 0, "*", before), No(1, 41, "offers", before))
        waits = (Pending(1, 41, category, before), Pending(1, 0, HANDS, before))
        decision = heard("yes", known=Known(people(41), blocks=blocks, pending=waits, noes=noes))
        assert [lift.block_ids for lift in every(decision, LiftBlocks)] == lifted
        told = [(said.contact_id, said.action, said.category) for said in every(decision, Ledger)]
        kept = [(41, "reject", "offers")] if category == "*" else []
        assert told == [(41, "accept", category), *kept]
        assert bool(every(decision, SetConsent)) is (category == "*")
        assert "YES completes the reported yes that waited for it." in {
            step.fact for step in decision.because
        }


@pytest.mark.rule("R6.5", "R5.2")
def test_a_yes_that_is_in_doubt_completes_nothing() -> None:
    waits = (Pending(1, 41, "events", NOON - timedelta(hours=1)),)
    for known in (
        Known(pending=waits, noes=(No(1, 0, "*", NOON - timedelta(seconds=5)),)),
        Known(pending=waits, blocks=(block("category", category="events", last=NOON, inbound_id=950),)),
    ):
        decision = heard("yes", known=known)
        assert every(decision, LiftBlocks) + every(decision, Ledger) == []
        record = only(decision, Record)
        assert isinstance(record, Record)
        assert record.flags == ("out_of_order",)


@pytest.mark.rule("R5.2")
@pytest.mark.parametrize(
    ("seconds", "arrived_after", "lifts"),
    [(3, True, True), (3, False, False), (0, True, False), (-2, True, False), (11, False, True)],
)
def test_a_start_close_to_a_stop_lifts_only_what_it_clearly_follows(
    seconds: int, arrived_after: bool, lifts: bool
) -> None:
    since = NOON - timedelta(seconds=seconds)
    known = Known(blocks=(block(since=since, inbound_id=800 if arrived_after else 950),))
    decision = heard("start", known=known)
    assert (every(decision, LiftBlocks) != []) is lifts
    assert ("out_of_order" in only(decision, Record).flags) is not lifts


@pytest.mark.rule("R5.2")
def test_without_the_providers_clock_a_start_within_ten_seconds_is_in_doubt() -> None:
    known = Known(blocks=(block(since=NOON - timedelta(seconds=4), inbound_id=800),))
    assert every(heard("start", known=known, received_at=NOON), LiftBlocks) == []


def test_a_text_to_a_number_of_nobody_is_the_operators() -> None:
    from sayso.core.inbound import decide
    from tests.core.house import text

    assert only(decide(text("stop"), None, Known()), Unrouted).why


@pytest.mark.rule("R6.5", "R5.2")
def test_a_start_older_than_the_last_stop_lifts_nothing_though_newer_than_the_first() -> None:
    said_again = block(since=NOON - timedelta(days=50), last=NOON + timedelta(minutes=10), inbound_id=950)
    decision = heard("start", known=Known(blocks=(said_again,)))
    assert every(decision, LiftBlocks) == []
    assert "out_of_order" in only(decision, Record).flags


@pytest.mark.rule("R5.11", "R6.5")
def test_a_stale_start_lifts_nothing_and_a_stale_stop_stops() -> None:
    assert every(heard("start", known=Known(blocks=(block(),)), stale=True), LiftBlocks) == []
    assert only(heard("stop", stale=True), AddBlock).scope == "channel"


@pytest.mark.rule("R5.11", "R6.5")
def test_a_stale_yes_completes_nothing() -> None:
    waiting = Known(pending=(Pending(1, 41, "promotions", NOON - timedelta(hours=1)),))
    assert every(heard("Yes", known=waiting, stale=True), Ledger) == []


@pytest.mark.rule("R5.2")
def test_a_start_without_a_clock_of_its_own_must_have_arrived_later() -> None:
    late = Known(blocks=(block(since=NOON - timedelta(minutes=5), inbound_id=950),))
    assert every(heard("start", known=late, received_at=NOON), LiftBlocks) == []


@pytest.mark.rule("R3.3")
def test_a_bare_start_leaves_a_code_block_that_is_newer_than_itself() -> None:
    later = (CodeBlock(101, NOON + timedelta(minutes=10)),)
    known = Known(blocks=(block(workspace=2, id=71),), texted=(texted(22, workspace=2),), code_blocks=later)
    assert every(heard("start", shared_code(), known), LiftCodeBlock) == []


@pytest.mark.rule("R3.3")
def test_a_bare_start_that_only_the_provider_understood_is_a_bare_start() -> None:
    both = Known(blocks=(block(), block(workspace=2, id=71)), texted=(texted(11), texted(22, workspace=2)))
    assert every(heard("anfang", shared_code(), both, provider_answered="start"), LiftBlocks) == []


@pytest.mark.rule("R3.3", "R6.5")
def test_a_start_that_names_its_workspace_lifts_block_and_code_block_together() -> None:
    known = Known(
        blocks=(block("line", line_id=11, id=72),), code_blocks=(CodeBlock(101, NOON - timedelta(days=2)),)
    )
    decision = heard("baby start", shared_code(), known)
    assert only(decision, LiftBlocks).block_ids == (72,)
    assert [entry.action for entry in every(decision, Ledger)] == ["accept"]


@pytest.mark.rule("R3.3")
@pytest.mark.parametrize(
    ("known", "fact"),
    [
        (Known(), "Nothing was stopped"),
        (Known(noes=(No(3, 0, "*", NOON),)), "Nothing was stopped"),
        (Known(noes=(No(1, 0, "*", NOON),)), "the text must name a sender"),
        (Known(pending=(Pending(2, 0, HANDS, NOON),)), "the text must name a sender"),
    ],
)
def test_a_bare_start_says_what_stands_where_no_block_does(known: Known, fact: str) -> None:
    decision = heard("start", shared_code(), known)
    assert fact in decision.because[-1].fact
    assert every(decision, Ledger) == []


@pytest.mark.rule("R3.2", "R7.1")
def test_a_term_before_the_provider_keyword_counts() -> None:
    decision = heard("leave me alone baby", shared_code(), Known(texted=(texted(22, workspace=2),)))
    assert only(decision, AddBlock).workspace_id == 1


def test_help_that_the_provider_answered_is_not_answered_on_a_shared_code_either() -> None:
    assert every(heard("help", shared_code(), provider_answered="help"), Reply) == []


@pytest.mark.rule("R4.9")
@pytest.mark.parametrize("body", ["stop", "baby stop"])
def test_a_stop_reaches_whoever_texted_before_the_line_was_withdrawn(body: str) -> None:
    known = Known(texted=(texted(11),))
    decision = heard(body, shared_code(baby_withdrawn=True), known)
    assert only(decision, AddBlock).workspace_id == 1
    assert every(decision, Reply) == [], "a line that was given back sends nothing"


@pytest.mark.rule("R4.9")
def test_a_stop_is_one_row_of_a_workspace_that_had_two_lines_of_the_number() -> None:
    record = NumberRecord(100, 7, "12025550100", "long_code", "US")
    past = [(build_line(record, LineRecord(1, n, withdrawn=True), (), WORDS), ()) for n in (10, 11)]
    now = (build_line(record, LineRecord(2, 20), LISTENING, WorkspaceWords()), LISTENING)
    both = Known(texted=(texted(10), texted(11)))
    for number, workspaces in (
        (build_number(record, past), [1]),
        (build_number(record, [*past, now]), [1, 2]),
    ):
        decision = heard("stop", number, both)
        assert sorted(record.workspace_id for record in every(decision, Record)) == workspaces
        assert sorted(stop.workspace_id for stop in every(decision, AddBlock)) == workspaces


@pytest.mark.rule("R5.4")
def test_what_cannot_be_decided_stops_earlier_holders_too_and_each_workspace_once() -> None:
    record = NumberRecord(100, 7, "12025550100", "long_code", "US")
    past = [(build_line(record, LineRecord(1, n, withdrawn=True), (), WORDS), ()) for n in (10, 11)]
    now = (build_line(record, LineRecord(2, 20), LISTENING, WorkspaceWords()), LISTENING)
    for number, workspaces in (
        (build_number(record, past), [1]),
        (build_number(record, [*past, now]), [1, 2]),
    ):
        stopped = [one for one in emergency.stop(text("stop"), number) if isinstance(one, AddBlock)]
        assert sorted(block.workspace_id for block in stopped) == workspaces
        assert emergency.stop(text("hello"), number) == ()


def test_what_else_is_said_to_a_withdrawn_line_is_the_operators() -> None:
    assert only(heard("baby how are you", shared_code(baby_withdrawn=True)), Unrouted).why


@pytest.mark.rule("R3.3")
def test_help_to_a_shared_code_that_nobody_holds_any_more_is_the_operators() -> None:
    assert only(heard("help", replace(shared_code(), lines=())), Unrouted).why


@pytest.mark.rule("R3.3")
def test_a_bare_stop_blocks_a_code_at_every_connection_where_it_is_the_same_one() -> None:
    code = replace(shared_code(), elsewhere=(201, 301))
    for effects in (heard("stop", code).effects, emergency.stop(text("stop"), code)):
        stopped = [each.inbound_number_id for each in effects if isinstance(each, AddCodeBlock)]
        assert stopped == [101, 201, 301]
    assert every(heard("stop baby", code), AddCodeBlock) == []


@pytest.mark.rule("R3.3", "R6.5")
def test_a_start_that_names_a_sender_outlives_a_stop_to_the_same_code_elsewhere() -> None:
    code = replace(shared_code(), elsewhere=(201,))
    stopped = Known(code_blocks=(CodeBlock(201, NOON - timedelta(days=1)),))
    assert only(heard("start baby", code, stopped), Ledger).action == "accept"
    doubtful = Known(code_blocks=(CodeBlock(201, NOON - timedelta(seconds=5)),))
    assert every(heard("start baby", code, doubtful), Ledger) == []
    lifted = heard("start", code, replace(stopped, blocks=(block(workspace=1),)))
    assert only(lifted, LiftCodeBlock).inbound_number_id == 101, "who has it elsewhere may be somebody else"


@pytest.mark.rule("R4.9")
def test_a_stop_to_a_number_that_changed_hands_stops_both_holders() -> None:
    record = NumberRecord(100, 7, "12025550100", "long_code", "US")
    number = build_number(
        record,
        [
            (build_line(record, LineRecord(1, 10, withdrawn=True), (), WORDS), ()),
            (build_line(record, LineRecord(2, 20), LISTENING, WorkspaceWords()), LISTENING),
        ],
    )
    decision = heard("stop", number, Known(texted=(texted(10),)))
    assert sorted(stop.workspace_id for stop in every(decision, AddBlock)) == [1, 2]
    assert only(decision, Reply).workspace_id == 2
    nobody = build_number(record, [(build_line(record, LineRecord(1, 10, withdrawn=True), (), WORDS), ())])
    assert only(heard("stop", nobody, Known(texted=(texted(10),))), AddBlock).workspace_id == 1
    assert only(heard("hello", nobody, Known(texted=(texted(10),))), Unrouted).why
