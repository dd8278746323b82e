"""May this go out? One answer, with its reasons (R9.7), for planning, the last look, and `explain`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sayso.core import hands
from sayso.core.answering import Reply, Stop, forbidden
from sayso.core.because import Step
from sayso.core.gate_answers import Answer, Defer, Send, Skip
from sayso.core.gate_answers import skipped as _skip
from sayso.core.gate_asked import ASKED_FOR, TEST, Candidate, ConsentState, Facts
from sayso.core.gate_place import HALTED, halted, place
from sayso.core.messages import Block, CodeBlock

__all__ = [
    "ASKED_FOR",
    "BLACKLISTED",
    "HALTED",
    "LINE_WITHDRAWN",
    "OPTED_OUT",
    "Answer",
    "Defer",
    "Send",
    "Skip",
    "may_send",
    "outlives",
]

BLACKLISTED = "Phone number is blacklisted by an opt-out keyword."
LINE_WITHDRAWN = "Its line was taken back from the workspace before it was sent."
OPTED_OUT = "The recipient opted out before it was sent."
WAITS = "A text from the number waits to be decided; advertising waits for that."
IN_REVIEW = (
    "A text from the number says that it is the wrong one; advertising waits until a person decides that."
)
COMING_IN = "A text from them is just coming in. Look again in a moment."

# A text is decided in milliseconds, so a message that waits for one is looked at again soon; ever less soon
# where something keeps the text, and in the end not at all.
LOOK_AGAIN = timedelta(seconds=0.5)
LOOK_AGAIN_AT_MOST = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=24)
REVIEWED = timedelta(minutes=10)


def may_send(message: Candidate, facts: Facts, now: datetime) -> Answer:
    """Say whether a message may go out, in the order of R9.7; the first no decides.

    Transactional messages meet number, validity, the blocks that reach them, and destination; replies meet
    R12.3. What a person has just asked for is stopped by nothing else.
    """
    if message.reply is not None:
        return (
            _withdrawn(facts)
            or _number(message, facts)
            or _undecided(message, facts, now, COMING_IN)
            or halted(message, facts, now)
            or _answer(message, message.reply, facts, now)
        )
    return (
        _withdrawn(facts)
        or _number(message, facts)
        or _blocked(message, facts.blocks)
        or _blocked_on_code(message, facts)
        or (_advertising(message, facts, now) if message.advertising else None)
        or _campaign(facts)
        or place(message, facts, now)
        or halted(message, facts, now)
        or Send((_reached(message),))
    )


def _advertising(message: Candidate, facts: Facts, now: datetime) -> Answer | None:
    return (
        _undecided(message, facts, now, WAITS) or _in_review(message, facts, now) or _consent(message, facts)
    )


def _withdrawn(facts: Facts) -> Skip | None:
    """R3.1: what is still on its way from a line that was taken back goes as what waited for it did."""
    if not facts.line_withdrawn:
        return None
    return Skip("cancelled", "line_withdrawn", (Step("R3.1", LINE_WITHDRAWN),))


def _number(message: Candidate, facts: Facts) -> Skip | None:
    if message.phone == 0:
        return _skip("no_number", Step("R9.7", "There is no number to send to."))
    if facts.sms_valid is False:
        return _skip("number_invalid", Step("R8.1", "The number is marked as one that cannot receive texts."))
    return None


def _blocked(message: Candidate, blocks: tuple[Block, ...]) -> Skip | None:
    reaching = [block for block in blocks if _reaches(block, message)]
    if not reaching:
        return None
    # The oldest block is the one that has been decisive longest.
    block = min(reaching, key=lambda found: (found.since, found.id))
    fact = f"{_SCOPE_WORDS[block.scope].format(category=block.category)}: {block.reason or block.source}"
    if block.source in ("keyword", "term") and message.advertising:
        return Skip(
            "enqueue_failed",
            "blocked_by_keyword",
            (Step("R6.1", fact, block.since, block.source), Step("R6.7", BLACKLISTED)),
        )
    return _skip(f"blocked_by_{block.source}", Step("R6.1", fact, block.since, block.source))


_SCOPE_WORDS = {
    "channel": "Blocked for all advertising",
    "line": "Blocked for advertising from this line",
    "line_transactional": "Blocked for transactional messages from this line",
    "category": "Blocked for the category {category}",
    "all": "Blocked for every message",
}


def _reaches(block: Block, message: Candidate) -> bool:
    if block.workspace_id != message.workspace_id or message.purpose in ASKED_FOR:
        return False
    scope = block.scope
    if scope == "all":
        return True
    if scope == "line_transactional":
        return not message.advertising and block.line_id == message.line_id
    if not message.advertising:
        return False
    if scope == "line":
        return block.line_id == message.line_id
    return scope == "channel" or block.category == message.category


def _blocked_on_code(message: Candidate, facts: Facts) -> Skip | None:
    """R3.3: a bare stop on the code, unless this workspace was told yes after it."""
    if not message.advertising:
        return None
    for block in facts.code_blocks:
        if block.inbound_number_id == message.number_id and not _accepted_after(block, message, facts):
            fact = "The number said stop to this shared short code, without naming a sender."
            steps = (Step("R3.3", fact, block.since, "keyword"), Step("R6.7", BLACKLISTED))
            return Skip("enqueue_failed", "blocked_by_keyword", steps)
    return None


def _accepted_after(block: CodeBlock, message: Candidate, facts: Facts) -> bool:
    return any(outlives(state, block.since, message.category) for state in facts.consents)


def outlives(state: ConsentState, stopped: datetime, category: str) -> bool:
    """Say whether a yes holds in spite of a bare stop on a shared code (R3.3)."""
    # Only the number's own word: an import or a call says nothing about a stop that named nobody (R6.3).
    return (
        state.state == "accept"
        and state.source == "sms_reply"
        and state.since > stopped
        and state.category in ("*", category)
    )


def _undecided(message: Candidate, facts: Facts, now: datetime, fact: str) -> Answer | None:
    """What waits in the queue may be a stop: advertising and answers follow once it is decided."""
    since = facts.waiting_since
    if since is None:
        return None
    waited = now - since
    # An old text may have come into the queue just now (released from quarantine): the message has waited for
    # it no longer than the message is old.
    if message.made is not None and min(waited, now - message.made) >= LONGEST_WAIT:
        late = "It has waited for a day for a text from the number to be decided, and nothing waits longer."
        return _skip("undecided_text", Step("R9.7", late, since))
    again = min(max(waited / 10, LOOK_AGAIN), LOOK_AGAIN_AT_MOST)
    return Defer(now + again, "undecided_text", (Step("R9.7", fact, since),))


def _in_review(message: Candidate, facts: Facts, now: datetime) -> Answer | None:
    """R6.8: whose the number is, a person has to say; until then nothing is advertised to it."""
    asked = hands.in_review(facts.consents)
    if asked is None:
        return None
    if message.made is not None and now - message.made >= LONGEST_WAIT:
        late = "It has waited for a day for a person to say whose the number is, and nothing waits longer."
        return _skip("in_review", Step("R6.8", late, asked.since, asked.source))
    return Defer(now + REVIEWED, "in_review", (Step("R6.8", IN_REVIEW, asked.since, asked.source),))


def _answer(message: Candidate, reply: Reply, facts: Facts, now: datetime) -> Answer:
    """R12.3: the blocked are answered within a day of a text that they wrote since, in one's own words."""
    stops = _stops(message, facts)
    if not stops:
        return Send((Step("R12.3", "It answers a text, and no block stands in its way."),))
    refused = forbidden(reply, stops, facts.wrote, now)
    if refused is not None:
        return _skip(*refused)
    fact = "They are blocked, but wrote again after that, less than 24 hours ago."
    return Send((Step("R12.3", fact, facts.wrote),))


def _stops(message: Candidate, facts: Facts) -> list[Stop]:
    """When the number was stopped, and by which text, by any block that a reply must mind.

    Those of a category or of another line say nothing about answering on this one.
    """
    blocks = [
        Stop(block.said_last, block.inbound_id)
        for block in facts.blocks
        if block.workspace_id == message.workspace_id
        and (block.scope in ("channel", "all") or block.line_id == message.line_id != 0)
    ]
    codes = [
        Stop(block.since)
        for block in facts.code_blocks
        if block.inbound_number_id == message.number_id and not _came_back(block, facts)
    ]
    return blocks + codes


def _came_back(block: CodeBlock, facts: Facts) -> bool:
    """R3.3, R6.5: a START that named the workspace, whatever it said yes to: an answer has no category."""
    return any(outlives(state, block.since, state.category) for state in facts.consents)


def _consent(message: Candidate, facts: Facts) -> Skip | None:
    """R6.4: a reject forbids, unknown is not yes; legitimate interest allows where nothing was said.

    Of whoever gets a test no yes is asked, but a no of theirs stands, and strangers get none (R6.8).
    """
    reaching = ("*", hands.HANDS, message.category)
    states = [state for state in facts.consents if state.category in reaching]
    if states:
        # The newest word counts; at the same instant the no does (R6.5).
        return _word(message, max(states, key=lambda found: (found.since, found.state != "accept")))
    if facts.sms_consent == "yes" or (facts.sms_consent == "unknown" and facts.legitimate_interest):
        return None
    if facts.sms_consent == "no":
        return _skip("consent_no", Step("R6.4", "The contact's sms_consent is no."))
    if message.purpose == TEST:
        return None
    return _skip("consent_unknown", Step("R6.4", "Nobody said yes to advertising: unknown is not yes."))


def _word(message: Candidate, newest: ConsentState) -> Skip | None:
    if newest.state == "accept":
        return None
    if newest.state == "reject":
        return _skip("consent_rejected", _consent_step(newest, "was rejected"))
    if newest.state == hands.ENDED:
        return _skip("consent_ended", Step("R6.8", hands.OVER, newest.since, newest.source))
    if message.purpose == TEST:
        return None
    return _skip("consent_pending", _consent_step(newest, "waits for START or YES from the number"))


def _campaign(facts: Facts) -> Skip | None:
    """One text a number, and one that can be answered (R9.3): known when a campaign is planned."""
    if facts.addressed:
        told = "Another profile with this number gets this campaign already: one text a number."
        return _skip("duplicate_number", Step("R9.7", told))
    if facts.no_two_way_sender:
        told = (
            "No line of this workspace is of the number's country, so that an answer could come back to it."
        )
        return _skip("no_two_way_sender", Step("R9.3", told))
    return None


def _consent_step(state: ConsentState, what: str) -> Step:
    named = "every category" if state.category == "*" else state.category
    return Step("R6.4", f"Consent for {named} {what}.", state.since, state.source)


def _reached(message: Candidate) -> Step:
    if message.advertising:
        return Step("R9.7", "No block reaches it and consent is given.")
    return Step("R9.7", "Transactional: no block of this line or of every message reaches it.")
