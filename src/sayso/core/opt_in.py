"""The way back (R6.5): only the scope that was stopped, and only where there is no doubt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sayso.core import hands
from sayso.core.because import Because, Step
from sayso.core.effects import Decision, Effect, Ledger, LiftBlocks, SetConsent
from sayso.core.keywords import Match
from sayso.core.messages import Block, CodeBlock, InboundText, Known, No, Number, Pending
from sayso.core.reading import Reading
from sayso.core.text import Folded

DOUBT = timedelta(seconds=10)  # R5.2
DOUBTED = ("out_of_order",)
YES = frozenset({"yes", "y", "oui", "ja", "si", "sim", "tak", "ano", "igen", "da", "nai", "evet", "kylla"})


def decide(about: Reading, match: Match | None) -> Decision:
    """Lift what this workspace's blocks stop for the sender, if the text clearly follows them."""
    effects, because, flags = start(about, match)
    record = about.record("optin", because, match=match, flags=flags)
    return Decision((record, *effects, about.event(), about.seen()), because)


def start(about: Reading, match: Match | None) -> tuple[tuple[Effect, ...], Because, tuple[str, ...]]:
    """The effects of an opt-in word, why, and flags for what stayed in doubt."""
    said = Step(
        "R4.7", f"“{match.keyword}” asks to come back." if match else "The provider says it was a START."
    )
    because = (*about.because, said)
    standing = [block for block in about.known.blocks if _concerns(block, about)]
    doubt = _doubt(about, standing)
    if doubt is not None:
        return (), (*because, doubt), DOUBTED
    refused = _taken_back(about)
    effects = _lifted(about, standing, refused) + _completed(about)
    held = {entry.category for entry in effects if isinstance(entry, Ledger)}
    anew, begun = _begun_anew(about)
    effects += [effect for effect in anew if effect not in effects]
    effects += [effect for effect in _back_on_the_code(about) if effect not in effects]
    effects, kept = _beside_choices(effects, _choices(about, held, standing))
    followed = _what_followed(standing, changed=bool(standing or refused), silent=not effects)
    return tuple(effects), (*because, *begun, *kept, *followed), ()


def complete(about: Reading) -> Decision:
    """R6.5: a YES does what the accept that waits has asked for, and nothing of what a START does beside.

    It lifts what that accept could have lifted: of one category its own block alone, of all every one.
    """
    because: Because = (*about.because, Step("R6.5", "YES completes the reported yes that waited for it."))
    wanted = {each.category for each in _waiting(about)}
    standing = [
        block for block in about.known.blocks if _concerns(block, about) and _asked_for(block, wanted)
    ]
    doubt = _doubt(about, standing)
    effects: list[Effect] = []
    if doubt is not None:
        because = (*because, doubt)
    else:
        effects, kept = _beside_choices(_completed(about), _choices(about, wanted, standing))
        because = (*because, *kept)
        effects = _lifting(about, standing) + effects
        if standing:
            because = (*because, Step("R6.5", "What was stopped comes back: " + _named(standing)))
    record = about.record("optin", because, flags=DOUBTED if doubt else ())
    return Decision((record, *effects, about.event(), about.seen()), because)


def says_yes(about: Reading, folded: Folded) -> bool:
    """R6.5: YES completes an accept that waits for this number; without one it is a text like any other."""
    return bool(about.known.pending) and folded.whole in YES and any(True for _ in _waiting(about))


def clearly_follows(text: InboundText, block: Block) -> bool:
    """R5.2, R6.5: said after the last stop, beyond doubt.

    By the provider's clock and ten seconds later; or by both clock and arrival. A text without a clock of
    its own must have arrived later, and a stale one, perhaps an old recording, lifts nothing.
    """
    if text.stale or text.provider_at <= block.said_last:
        return False
    arrived_later = text.id > block.inbound_id
    if text.provider_at - block.said_last > DOUBT:
        return text.timed or arrived_later
    return text.timed and arrived_later


def code_stops(number: Number, known: Known) -> list[CodeBlock]:
    """The bare stops that stand on a shared code, wherever it is the same one."""
    return [
        block
        for block in known.code_blocks
        if block.inbound_number_id == number.id or block.inbound_number_id in number.elsewhere
    ]


def after_code_blocks(text: InboundText, number: Number, known: Known) -> bool:
    """Whether a text came clearly after every bare stop on a shared code."""
    stops = code_stops(number, known)
    return not text.stale and all(text.provider_at - block.since > DOUBT for block in stops)


def _concerns(block: Block, about: Reading) -> bool:
    """A line's stop is taken back on that line only."""
    return block.workspace_id == about.line.workspace_id and block.line_id in (0, about.line.id)


def _doubt(about: Reading, standing: list[Block]) -> Step | None:
    """Why nothing comes back: a stop, or a no to all advertising, that the text does not clearly follow."""
    for block in standing:
        if not clearly_follows(about.text, block):
            return Step("R5.2", "It does not clearly follow the stop: the block stays.", block.since)
    # What a stop rejected is as clear as the stop, which knows when its text arrived.
    stops = _moments(standing)
    for no in _noes_to_all(about):
        if no.since not in stops and not _follows(about.text, no):
            told = "It does not clearly follow the no to all advertising: the no stays."
            return Step("R6.5", told, no.since)
    return None


def _moments(stops: list[Block]) -> set[datetime]:
    return {moment for block in stops for moment in (block.since, block.said_last)}


def _taken_back(about: Reading) -> list[No]:
    """The noes to all advertising, however they came, that the text clearly follows (R6.5)."""
    return [no for no in _noes_to_all(about) if _follows(about.text, no)]


def _noes_to_all(about: Reading) -> Iterator[No]:
    """A no to one category that stopped nothing by a block was a choice, and is none of these."""
    return (
        no for no in about.known.noes if no.workspace_id == about.line.workspace_id and no.category == "*"
    )


def _follows(text: InboundText, no: No) -> bool:
    """Said after it, beyond doubt; a stale text, perhaps an old recording, never is."""
    return not text.stale and text.provider_at - no.since > DOUBT


def _asked_for(block: Block, wanted: set[str]) -> bool:
    """Only what was stopped comes back: a yes to one category lifts no stop that reaches further."""
    return "*" in wanted or (block.scope == "category" and block.category in wanted)


def _lifting(about: Reading, standing: list[Block]) -> list[Effect]:
    """The blocks that a YES lifts; the profiles' own record, where all of them waited for all advertising."""
    workspace = about.line.workspace_id
    effects: list[Effect] = []
    if standing:
        effects.append(LiftBlocks(workspace, tuple(sorted(block.id for block in standing)), "sms_reply"))
    people = {profile.contact_id for profile in about.profiles}
    if people and people <= {each.contact_id for each in _waiting(about) if each.category == "*"}:
        effects.append(SetConsent(workspace, "yes"))
    return effects


def _lifted(about: Reading, lifted: list[Block], refused: list[No]) -> list[Effect]:
    if not lifted and not refused:
        return []
    workspace = about.line.workspace_id
    effects: list[Effect] = []
    if lifted:
        ids = tuple(sorted(block.id for block in lifted))
        effects.append(LiftBlocks(workspace, ids, "sms_reply"))
    categories: set[str] = {block.category for block in lifted if block.scope == "category"}
    of_all = any(block.scope in ("channel", "all") for block in lifted)
    if of_all:
        categories |= set(about.line.rejects or ("*",))
    if refused:
        categories.add("*")
    if (of_all or refused) and about.profiles:
        effects.append(SetConsent(workspace, "yes"))
    return effects + _accepts(about, categories)


def _accepts(about: Reading, categories: set[str]) -> list[Effect]:
    """A yes of each profile; of the number too where it had said no, which would bind profiles made later."""
    people: list[int | None] = [profile.contact_id for profile in about.profiles]
    if not people or any(_of_number(no, about, categories) for no in about.known.noes):
        people.append(None)
    return [
        Ledger(about.line.workspace_id, contact_id, "accept", category, "sms_reply", about.text.provider_at)
        for contact_id in people
        for category in sorted(categories)
    ]


def _of_number(no: No, about: Reading, categories: set[str]) -> bool:
    mine = no.workspace_id == about.line.workspace_id and no.contact_id == 0
    return mine and ("*" in categories or no.category in categories)


def _back_on_the_code(about: Reading) -> list[Effect]:
    """R3.3: a START that names this workspace outlives an earlier bare stop to the code, for it alone."""
    stops = code_stops(about.number, about.known)
    if not about.number.shared or not stops or not after_code_blocks(about.text, about.number, about.known):
        return []
    return _accepts(about, set(about.line.rejects or ("*",)))


def _choices(about: Reading, held: set[str], lifted: list[Block]) -> dict[tuple[int | None, str], No]:
    """R6.5: the noes to one category that nothing held which comes back now, by contact and category.

    `held`: what comes back by its name. What a lifted stop rejected was said at its moment.
    """
    stops = _moments(lifted)
    return {
        (no.contact_id or None, no.category): no
        for no in about.known.noes
        if no.workspace_id == about.line.workspace_id
        and no.category not in {"*", *held}
        and no.since not in stops
        and no.since < about.text.provider_at
    }


def _beside_choices(
    effects: list[Effect], choices: dict[tuple[int | None, str], No]
) -> tuple[list[Effect], Because]:
    """A choice is said again beside the yes that would outlive it: at one instant the no wins (R6.5)."""
    kept = [
        effect
        for effect in effects
        if not isinstance(effect, Ledger) or (effect.contact_id, effect.category) not in choices
    ]
    yeses = [entry for entry in kept if isinstance(entry, Ledger)]
    again: list[Effect] = [
        # Whose word it was stays as it is: it decides who may take it back.
        Ledger(no.workspace_id, contact_id, "reject", category, no.source, yes.at)
        for (contact_id, category), no in choices.items()
        if (yes := next((one for one in yeses if one.category in ("*", category)), None))
    ]
    if not again:
        return kept, ()
    named = ", ".join(sorted({category for _, category in choices}))
    return kept + again, (Step("R6.5", f"A no to one category was a choice, and stays: {named}."),)


def _completed(about: Reading) -> list[Effect]:
    """R6.5: an accept that waited for the number to text START is complete now."""
    at = about.text.provider_at
    return [
        Ledger(each.workspace_id, each.contact_id or None, "accept", each.category, "sms_reply", at)
        for each in _waiting(about)
    ]


def _begun_anew(about: Reading) -> tuple[list[Effect], Because]:
    """R6.8: the number's own yes, where it changed hands before this text."""
    over = _over(about)
    if over is None:
        return [], ()
    anew = Ledger(over.workspace_id, None, "accept", "*", "sms_reply", about.text.provider_at)
    return [anew], (Step("R6.8", hands.ANEW, over.since),)


def _over(about: Reading) -> Pending | None:
    """R6.8: that the number changed hands before this text, so that this is the first word of who has it."""
    if about.text.stale:
        return None
    for each in about.known.pending:
        ours = each.workspace_id == about.line.workspace_id and each.category == hands.HANDS
        if ours and each.since < about.text.provider_at:
            return each
    return None


def _waiting(about: Reading) -> Iterator[Pending]:
    if about.text.stale:  # perhaps an old recording: it completes nothing either
        return
    for each in about.known.pending:
        if each.category == hands.HANDS:
            continue
        if each.workspace_id == about.line.workspace_id and each.since <= about.text.provider_at:
            yield each


def _what_followed(standing: list[Block], *, changed: bool, silent: bool) -> Because:
    if changed:
        return (Step("R6.5", "What was stopped comes back: " + _named(standing)),)
    return (Step("R6.5", "Nothing was stopped, so nothing changes."),) if silent else ()


def _named(lifted: list[Block]) -> str:
    words = {
        "channel": "all advertising",
        "all": "every message",
        "line": "advertising from this line",
        "line_transactional": "transactional messages from this line",
    }
    named = {words.get(block.scope, block.category) for block in lifted} or {words["channel"]}
    return ", ".join(sorted(named)) + "."
