"""A word alone on a shared code: whom it reaches when it names nobody (R3.3)."""

from __future__ import annotations

from sayso.core import hands, opt_in, opt_out, reading
from sayso.core.because import Because, Step
from sayso.core.effects import AddCodeBlock, Decision, Effect, LiftCodeBlock, Unrouted
from sayso.core.keywords import Kind, Match, addressed
from sayso.core.messages import InboundText, Known, Line, Number
from sayso.core.replies import operators_help
from sayso.core.text import Folded


def last_to_text(number: Number, known: Known) -> Line | None:
    """The line of this code from which the sender was texted last."""
    lines = {line.id: line for line in number.lines}
    return next((lines[sent.line_id] for sent in known.texted if sent.line_id in lines), None)


def named(number: Number, folded: Folded) -> tuple[Line, Folded] | None:
    """The line that a text to a shared code names, and what it says to it (R3.2); None: it names nobody.

    An earlier holder's name takes no stop from those who text today: what is a stop as a whole, "stop all"
    where somebody once was ALL, names nobody.
    """
    found = addressed(folded, number.by_keyword, number.understood)
    if found is None or not found[0].withdrawn:
        return found
    whole = number.bare.find(folded)
    return None if whole is not None and whole.kind is Kind.UNSUBSCRIBE else found


def stop(text: InboundText, number: Number, match: Match | None, known: Known) -> Decision:
    """Block in every workspace that texted this number from the code, and on the code itself.

    One answer at most, from the workspace that texted last: the sender wrote one text.
    """
    because: Because = (
        Step("R3.3", "A stop without a provider keyword reaches everyone who texts from this code."),
    )
    effects = code_blocks(text, number)
    reached = _lines_that_texted(number, known)
    if not reached:
        why = "Nobody texted this number from the code yet; whoever does so later honours the stop."
        return Decision((*effects, Unrouted(why)), (*because, Step("R3.3", why)))
    decisions = [
        opt_out.decide(reading.read(text, number, line, known, because), match, answer=place == 0)
        for place, line in enumerate(reached)
    ]
    effects.extend(effect for decision in decisions for effect in decision.effects)
    return Decision(tuple(effects), decisions[0].because)


def code_blocks(text: InboundText, number: Number) -> list[Effect]:
    """What whoever texts later from the code honours, at every connection where it is the same one."""
    return [AddCodeBlock(id_, text.provider_at) for id_ in (number.id, *number.elsewhere)]


def start(text: InboundText, number: Number, match: Match | None, known: Known) -> Decision:
    """Lift nothing unless exactly one workspace was stopped."""
    stopped = {block.workspace_id for block in known.blocks}
    lines = [line for line in number.lines if line.workspace_id in stopped]
    if len({line.workspace_id for line in lines}) != 1:
        line = last_to_text(number, known)
        why = (
            "More than one sender on this code was stopped: the text must name one."
            if lines
            else _nothing_to_lift(number, known)
        )
        because: Because = (Step("R3.3", why),)
        if line is None:
            return Decision((Unrouted(why),), because)
        about = reading.read(text, number, line, known, because)
        return Decision((about.record("optin", because, match=match), about.event(), about.seen()), because)
    about = reading.read(text, number, lines[0], known, (Step("R3.3", f"Only {lines[0].name} was stopped."),))
    effects, because, flags = opt_in.start(about, match)
    record = about.record("optin", because, match=match, flags=flags)
    done: list[Effect] = [record, *effects, about.event(), about.seen()]
    if not flags and opt_in.after_code_blocks(text, number, known):
        done.append(LiftCodeBlock(number.id))
    return Decision(tuple(done), because)


def _nothing_to_lift(number: Number, known: Known) -> str:
    """What is true where no block stands; a no, or consent that ended, needs a text that names its sender."""
    here = {line.workspace_id for line in number.lines}
    if opt_in.code_stops(number, known):
        return "No sender here is blocked, but the code itself was stopped: the text must name a sender."
    refused = [no.workspace_id for no in known.noes]
    over = [each.workspace_id for each in known.pending if each.category == hands.HANDS]
    if here.isdisjoint((*refused, *over)):
        return "Nothing was stopped on this code."
    return "No sender on this code is blocked, but consent was refused or ended: the text must name a sender."


def help_wanted(text: InboundText, number: Number, match: Match, known: Known) -> Decision:
    """A bare HELP gets the operator's answer, carried by the line that texted last, else by the first."""
    if not number.lines:
        nobody = f"Nobody holds {number.number} now: no line could answer."
        return Decision((Unrouted(nobody),), (Step("R3.3", nobody),))
    line = last_to_text(number, known) or number.lines[0]
    said = Step("R3.3", "HELP without a provider keyword is the operator's.")
    about = reading.read(text, number, line, known, (said,))
    reply, why = operators_help(about)
    because = (said, *why)
    effects: list[Effect] = [about.record("help", because, match=match), about.event(), about.seen()]
    if reply is not None:
        effects.append(reply)
    return Decision(tuple(effects), because)


def _lines_that_texted(number: Number, known: Known) -> list[Line]:
    """The code's lines, withdrawn ones too, that texted the sender, one a workspace, last one first."""
    lines = {line.id: line for line in (*number.lines, *number.past)}
    found: dict[int, Line] = {}
    for sent in known.texted:
        line = lines.get(sent.line_id)
        if line is not None:
            found.setdefault(line.workspace_id, line)
    return list(found.values())
