"""What a word about consent does when it comes by record: API, form, import or console (R6.3–R6.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sayso.core import gate, hands
from sayso.core.because import Because, Step
from sayso.core.gate_asked import ConsentState
from sayso.core.messages import Block

ALL = "*"
# Who said no through one of these was the person; only that person's evidence takes it back.
# Of an erased person nobody knows any more how they said it.
BY_THE_PERSON = frozenset({"sms_reply", "provider", "link", "erasure"})


@dataclass(frozen=True, slots=True)
class Accept:
    """A yes that somebody reports: `category` `*` is all. `at` is when the person said it.

    `evidence`: method, time and wording are all there. `may_override`: whoever reports it may lift blocks.
    """

    category: str
    at: datetime
    evidence: bool
    may_override: bool


@dataclass(frozen=True, slots=True)
class StoppedCode:
    """That the number said a bare stop to a shared code of the workspace, written as its digits (R3.3)."""

    code: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """Nothing stood against it: consent is given."""

    because: Because


@dataclass(frozen=True, slots=True)
class Lifted:
    """Consent is given, and these blocks end."""

    block_ids: tuple[int, ...]
    because: Because


@dataclass(frozen=True, slots=True)
class Pending:
    """It waits until the number texts START or YES."""

    because: Because


@dataclass(frozen=True, slots=True)
class Nothing:
    """It changes nothing: the no is as late or later."""

    because: Because


Outcome = Given | Lifted | Pending | Nothing


def accept(word: Accept, blocks: tuple[Block, ...], states: tuple[ConsentState, ...]) -> Outcome:
    """Say what a reported yes does for one category (R6.5); `blocks` stand, `states` are the contact's.

    Only the scope that was stopped comes back. The newest no counts, by whomever it came; at the same
    instant, and in doubt, it stays.
    """
    reaching = tuple(block for block in blocks if _stops(block, word.category))
    rejects = tuple(state for state in states if _rejects(state, word.category))
    over = hands.ended(states, word.category)
    noes = [block.said_last for block in reaching] + [state.since for state in rejects]
    if noes and max(noes) >= word.at:
        return Nothing((Step("R6.5", "The no is not older than this yes, so it stays.", max(noes)),))
    if over is not None and (over.since >= word.at or not word.evidence):
        return _of_somebody_else(word, over)
    if not reaching and not any(_refuses(state, word.category) for state in states):
        anew = Step("R6.8", hands.ANEW, over.since, over.source) if over else None
        return Given((anew or Step("R6.4", f"Nothing stood against consent for {_named(word.category)}."),))
    if not word.evidence:
        return _pending("The number said stop, and this yes lacks evidence: method, time and wording.")
    if not word.may_override:
        return _pending("The number said stop, and who reports this yes may not lift that.")
    return _lifting(word, reaching)


@dataclass(frozen=True, slots=True)
class Record:
    """What stands for a contact before its record is written; blocks and states are those of the new number.

    `number_changed`: the contact had another number until now. `proven`: when what comes as evidence was
    said.
    """

    sms_consent: str
    number_changed: bool
    blocks: tuple[Block, ...] = ()
    states: tuple[ConsentState, ...] = ()
    proven: datetime | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What becomes of `sms_consent`, and the ledger's entry for every category; `''` writes none."""

    sms_consent: str
    action: str
    because: Because = ()


def recorded(said: str | None, evidence: bool, stood: Record) -> Word:
    """Say what a record's `sms_consent` does; it never lifts a block (R6.3, R6.4).

    `said` None: the record does not speak of consent. A changed number starts unknown, unless evidence
    comes with it; whoever said no has said it on the new one too.
    """
    if said is None:
        lost = stood.number_changed and stood.sms_consent == "yes"
        return Word("unknown" if lost else stood.sms_consent, "")
    if said == "yes":
        return _recorded_yes(evidence, stood)
    unchanged = said == stood.sms_consent and not stood.number_changed
    return Word(said, "reject" if said == "no" and not unchanged else "")


def _recorded_yes(evidence: bool, stood: Record) -> Word:
    waiting = _newest_is(stood.states, "pending")
    stopped = [block for block in stood.blocks if block.scope in ("channel", "all")]
    refused = any(_refuses(state, ALL) for state in stood.states)
    kept = "unknown" if stood.sms_consent == "yes" else stood.sms_consent
    action = "" if waiting else "pending"
    if stopped:
        step = Step("R6.3", "The number is blocked, and a record never lifts that.", stopped[0].since)
        return Word(kept, action, (step,))
    if refused:
        return Word(
            kept, action, (Step("R6.5", "The person said no; a record alone does not take that back."),)
        )
    over = hands.ended(stood.states, ALL)
    if over is not None and (stood.proven is None or stood.proven <= over.since):
        return Word(kept, action, (Step("R6.8", hands.OVER, over.since, over.source),))
    if (stood.number_changed or waiting) and not evidence:
        step = Step("R6.4", "The number is new for this contact, and no evidence of consent came with it.")
        return Word(kept, action, (step,))
    already = stood.sms_consent == "yes" and not stood.number_changed
    return Word("yes", "" if already else "accept")


def codes_in_the_way(codes: Iterable[StoppedCode], category: str, states: Iterable[ConsentState]) -> Because:
    """Say of each shared code that a yes by record changes nothing there: only the number's own text does."""
    answered = tuple(states)
    return tuple(
        Step(
            "R3.3",
            f"The number said stop to {found.code} without naming a sender. No advertising goes out from"
            " that code until the number itself texts START or YES to it.",
            found.since,
            "keyword",
        )
        for found in codes
        if not any(gate.outlives(state, found.since, category) for state in answered)
    )


def standing_codes(
    codes: Iterable[StoppedCode], categories: Iterable[str], states: Iterable[ConsentState]
) -> tuple[StoppedCode, ...]:
    """Keep the shared codes where a bare stop still holds back one of these categories at least (R3.3)."""
    answered, asked = tuple(states), tuple(categories)
    return tuple(
        found
        for found in codes
        if not all(
            any(gate.outlives(state, found.since, category) for state in answered) for category in asked
        )
    )


def _of_somebody_else(word: Accept, over: ConsentState) -> Outcome:
    """R6.8: said before the number changed hands it is nobody's word; and later, it must be shown."""
    step = Step("R6.8", hands.OVER, over.since, over.source)
    if over.since >= word.at:
        return Nothing((step,))
    return Pending((step, *_pending("This yes lacks evidence: method, time and wording.").because))


def _lifting(word: Accept, reaching: tuple[Block, ...]) -> Outcome:
    fitting = tuple(sorted(block.id for block in reaching if word.category in (ALL, block.category)))
    if reaching and not fitting:
        return _pending(
            f"The stop reaches further than {_named(word.category)}; only what was stopped comes back."
        )
    step = Step("R6.5", "The yes carries method, time and wording, and is later than the stop.", word.at)
    return Lifted(fitting, (step,))


def _pending(fact: str) -> Pending:
    return Pending((Step("R6.5", f"{fact} It waits until the number texts START or YES."),))


def _stops(block: Block, category: str) -> bool:
    """A line's block is about a sender, so a yes to one category neither needs nor lifts it."""
    if category == ALL:
        return True
    return block.scope in ("channel", "all") or (block.scope == "category" and block.category == category)


def _refuses(state: ConsentState, category: str) -> bool:
    return _rejects(state, category) and state.source in BY_THE_PERSON


def _rejects(state: ConsentState, category: str) -> bool:
    return state.state == "reject" and (category == ALL or state.category in (ALL, category))


def _newest_is(states: tuple[ConsentState, ...], wanted: str) -> bool:
    said = [state for state in states if state.category != hands.REVIEW]
    newest = max(said, key=lambda state: (state.since, state.state != "accept"), default=None)
    return newest is not None and newest.state == wanted


def _named(category: str) -> str:
    return "every category" if category == ALL else f"the category {category}"
