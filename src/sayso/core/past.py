"""Stops that concern lines withdrawn since: whoever texted from this number must hear of them (R4.9)."""

from __future__ import annotations

from sayso.core import opt_out, reading
from sayso.core.because import Step
from sayso.core.effects import Decision, Effect, Record
from sayso.core.keywords import Kind, Match
from sayso.core.messages import InboundText, Known, Line, Number
from sayso.core.text import Folded


def stop(text: InboundText, number: Number, folded: Folded, known: Known) -> Decision | None:
    """A stop to a number that nobody holds any more; None where it is none, or reaches nobody."""
    match = number.bare.find(folded)
    if match is not None and match.kind is not Kind.UNSUBSCRIBE:
        match = None
    if match is None and text.provider_answered != "stop":
        return None
    effects = _effects(text, number, known, (match, set()))
    return (
        Decision(effects, (Step("R4.9", "The number was given back; who texted from it is stopped."),))
        if effects
        else None
    )


def also_stop(decision: Decision, text: InboundText, number: Number, known: Known) -> Decision:
    """The same decision; where it is a stop, for earlier holders who texted the sender too."""
    if not number.past or not stops(decision):
        return decision
    records = [effect for effect in decision.effects if isinstance(effect, Record)]
    covered = {record.workspace_id for record in records}
    return Decision((*decision.effects, *_effects(text, number, known, (None, covered))), decision.because)


def stops(decision: Decision) -> bool:
    """Whether a decision is an opt-out."""
    return any(isinstance(effect, Record) and effect.outcome == "unsubscribe" for effect in decision.effects)


def _effects(
    text: InboundText, number: Number, known: Known, said: tuple[Match | None, set[int]]
) -> tuple[Effect, ...]:
    """One record a workspace, whatever lines it had: each has one row in its ledger for a text."""
    match, covered = said
    because = (Step("R4.9", "This line texted the sender from this number, before others had it."),)
    reached: dict[int, Line] = {}
    for line in number.past:
        if line.workspace_id not in covered and texted(line, known):
            reached.setdefault(line.workspace_id, line)
    return tuple(
        effect
        for line in reached.values()
        for effect in opt_out.decide(
            reading.read(text, number, line, known, because), match, answer=False
        ).effects
    )


def texted(line: Line, known: Known) -> bool:
    """Whether this line texted the sender."""
    return any(sent.line_id == line.id for sent in known.texted)
