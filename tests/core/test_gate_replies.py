"""R12.3: who is blocked is answered only within a day of a text they wrote after that, in one's own words."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from sayso.core.answering import Reply
from sayso.core.gate import Defer, Send, Skip, may_send
from sayso.core.gate_asked import Candidate, ConsentState, Facts
from sayso.core.ids import first_id
from sayso.core.links import first_link
from sayso.core.messages import Block, CodeBlock
from sayso.core.wording import repeats
from tests.core.house import AMIRA, NOON
from tests.core.house import block as blocked

pytestmark = pytest.mark.rule("R12.3")
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


def block(scope: str = "channel", **more: object) -> Block:
    """A block since noon."""
    return blocked(scope, **{"since": NOON, **more})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Told:
    """What the gate says to an answer."""

    may: bool
    reason: str = ""
    fact: str = ""


def answered(
    *blocks: object,
    wrote: object = None,
    after: timedelta = HOUR,
    codes: object = (),
    consents: object = (),
    **words: object,
) -> Told:
    """Ask the gate for an answer that leaves `after` noon to a number stopped by these."""
    reply = Reply(**words)  # type: ignore[arg-type]
    message = Candidate(1, AMIRA, advertising=False, line_id=10, number_id=100, purpose="reply", reply=reply)
    facts = Facts(blocks=blocks, code_blocks=codes, consents=consents, wrote=wrote)  # type: ignore[arg-type]
    answer = may_send(message, facts, NOON + after)
    if isinstance(answer, Send):
        return Told(True, fact=answer.because[-1].fact)
    assert isinstance(answer, Skip)
    return Told(False, answer.reason, answer.because[-1].fact)


def test_who_is_not_blocked_is_answered_however_late_with_links_and_canned_words() -> None:
    assert answered(wrote=NOON, after=30 * DAY, link="x.com", canned=True).may


@pytest.mark.parametrize("scope", [{"scope": "channel"}, {"scope": "all"}, {"scope": "line", "line_id": 10}])
def test_a_block_forbids_until_they_write_again(scope: dict[str, object]) -> None:
    stop = block(**scope)  # type: ignore[arg-type]
    assert answered(stop, wrote=None).reason == "blocked_and_silent"
    assert answered(stop, wrote=NOON - HOUR).reason == "blocked_and_silent"
    assert answered(stop, wrote=NOON).reason == "blocked_and_silent"
    assert answered(stop, wrote=NOON + timedelta(minutes=1)).may


def test_blocks_of_a_category_another_line_or_another_workspace_say_nothing_about_an_answer() -> None:
    others = (block("category", category="events"), block("line", line_id=11), block(workspace=2))
    assert answered(*others, wrote=NOON - HOUR, link="x.com").may


def test_the_day_is_counted_from_their_text_to_the_wire() -> None:
    wrote = NOON + HOUR
    assert answered(block(), wrote=wrote, after=HOUR + DAY).may
    late = answered(block(), wrote=wrote, after=HOUR + DAY + timedelta(seconds=1))
    assert late.reason == "blocked_and_late"
    assert "24 hours" in late.fact


def test_a_stop_said_again_counts_from_the_last_time() -> None:
    from msgspec.structs import replace

    again = replace(block(), last=NOON + 2 * HOUR)
    assert answered(again, wrote=NOON + HOUR, after=3 * HOUR).reason == "blocked_and_silent"
    assert answered(again, wrote=NOON + 3 * HOUR, after=3 * HOUR).may


def test_a_bare_stop_on_the_code_counts_too() -> None:
    codes = (CodeBlock(100, NOON),)
    assert answered(wrote=NOON - HOUR, codes=codes).reason == "blocked_and_silent"
    assert answered(wrote=NOON + HOUR, codes=codes).may
    assert answered(wrote=NOON - HOUR, codes=(CodeBlock(999, NOON),)).may


@pytest.mark.rule("R3.3", "R6.5")
def test_who_came_back_to_this_workspace_is_answered_freely_again() -> None:
    codes, later = (CodeBlock(100, NOON),), NOON + HOUR
    back = ConsentState("promotions", "accept", later, "sms_reply")
    assert answered(codes=codes, consents=(back,), link="frn.li/a").may
    for held in (
        ConsentState("promotions", "accept", NOON - HOUR, "sms_reply"),
        ConsentState("promotions", "accept", later, "api"),
        ConsentState("promotions", "reject", later, "sms_reply"),
    ):
        assert answered(codes=codes, consents=(held,)).reason == "blocked_and_silent"


def test_no_link_and_no_canned_words_and_the_reason_names_the_link() -> None:
    wrote = NOON + timedelta(minutes=1)
    link = answered(block(), wrote=wrote, link="frn.li/a8")
    assert (link.reason, "frn.li/a8" in link.fact) == ("blocked_no_links", True)
    assert "leave a blank after the full stop" in link.fact
    assert answered(block(), wrote=wrote, canned=True).reason == "blocked_no_templates"


def test_what_was_written_before_the_stop_never_leaves_whatever_they_write_after_it() -> None:
    wrote = NOON + timedelta(minutes=1)
    before, after = first_id(NOON - timedelta(seconds=1)), first_id(NOON + timedelta(minutes=2))
    assert answered(block(), wrote=wrote, message_id=before).reason == "blocked_since"
    assert answered(codes=(CodeBlock(100, NOON),), wrote=wrote, message_id=before).reason == "blocked_since"
    assert answered(block(), wrote=wrote, message_id=after).may
    # Said at noon, and three minutes on its way to us.
    late = block(inbound_id=first_id(NOON + timedelta(minutes=3)))
    assert answered(late, wrote=wrote, message_id=after).reason == "blocked_since"
    assert answered(wrote=wrote, message_id=before).may


@pytest.mark.parametrize(
    "said", ["We are  open till 18:00.", "we are open TILL 18:00", "Hello. We are open till 18:00. Bye",
             "We\u200b are o\u00adpen till 18:00",
             "Yes.", "yes"],
)  # fmt: skip
def test_stored_words_are_found_however_they_are_spelled_and_added_to(said: str) -> None:
    assert repeats(said, ["We are open till 18:00.", "Yes."])


@pytest.mark.parametrize("said", ["Yes, in grey.", "We are open", "🙏", ""])
def test_ones_own_words_are_ones_own(said: str) -> None:
    assert not repeats(said, ["We are open till 18:00.", "Yes.", "👋"])


@pytest.mark.rule("R9.7")
def test_an_answer_waits_for_a_text_that_nobody_has_decided_blocked_or_not() -> None:
    message = Candidate(
        1, AMIRA, advertising=False, line_id=10, number_id=100, purpose="reply", reply=Reply()
    )
    for stops in ((), (block(),)):
        answer = may_send(message, Facts(blocks=stops, waiting_since=NOON, wrote=NOON + HOUR), NOON)
        assert isinstance(answer, Defer)
        assert answer.because[-1].fact == "A text from them is just coming in. Look again in a moment."


@pytest.mark.parametrize(
    "text",
    [
        "see https://fern.example/x", "HTTP://X.Y", "http : //x.y", "www.fern.shop", "WWW . fern",
        "look at frn.li/a8Kq2.", "fern.com", "mail a@fern.com", "t.me/fern", "fern.co.uk now", "éclair.fr",
        "deals.dev", "wa.me", "my-shop.co", "DEALS.AI", "mystore.it", "deals.dev?x=1", "a.me:8080/x",
        "1.2.3.4/x", "foo.xn--p1ai/x", "example.at/", "example。com/x", "example．com", "shop․com",
        "shop｡com",
        "пример.рф", "joe@shop.dev", "shop.\u2060com", "shop\u2060.com", "shop.\u00adc\u200bom", "t.co",
        "i❤.ws", "例え。com", "example。中国", "at 10.0.0.1", "tel:+12025550100", "fern:deal", "ｗｗｗ．fern",
        "localhost:8080/x",
        # A blank costs an agent less than a link costs somebody who has said stop.
        "Yes.No", "Come at 5.At six it is dark",
    ],
)  # fmt: skip
def test_links_are_found(text: str) -> None:
    assert first_link(text)


def test_the_link_is_named_from_blank_to_blank() -> None:
    assert first_link("Look at shop.fern.dev/x?y=1, please") == "shop.fern.dev/x?y=1,"


@pytest.mark.parametrize(
    "text",
    ["Yes. No.", "It costs 4.50.", "at 10.30", "On 4.12.2026", "e.g. this", "J. R. Ewing", "and/or",
     "Come at 5. At six it is dark", "🙏", "", "…", "24/7", "1.5/2", "wait...what/why", "wait…what",
     "At 10:30", "Hours: 9 to 5", "Hello:) you", "十点开门。谢谢。", "はい。そうです", "Yes.\nNo"],
)  # fmt: skip
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert first_link(text) is None
