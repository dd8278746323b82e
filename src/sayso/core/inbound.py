"""What one inbound text does (PRODUCT §5): line, workspace, process, decision, effects."""

from __future__ import annotations

from sayso.core import bare, hands, opt_in, opt_out, past, reading
from sayso.core.because import Because, Step
from sayso.core.effects import AskWhose, Decision, Effect, Unrouted
from sayso.core.keywords import Kind, Match
from sayso.core.messages import InboundText, Known, Number
from sayso.core.reading import Reading
from sayso.core.replies import help_answer
from sayso.core.text import Folded, fold, is_blank


def decide(text: InboundText, number: Number | None, known: Known) -> Decision:
    """Say what a text does: effects to be stored in one transaction, with the reasons.

    `number` is None where nobody owns what was texted. `known` holds facts of all workspaces on the number.
    """
    if number is None:
        return _unrouted(f"No line of any workspace belongs to {text.recipient}.")
    folded = fold(text.body)
    if number.shared:
        return _on_shared_code(text, number, folded, known)
    if not number.lines:
        return past.stop(text, number, folded, known) or _unrouted(f"Nobody holds {number.number} now.")
    line = number.lines[0]
    decision = _on_line(reading.read(text, number, line, known, ()), folded)
    return past.also_stop(decision, text, number, known) if number.past else decision


def _on_shared_code(text: InboundText, number: Number, folded: Folded, known: Known) -> Decision:
    named = bare.named(number, folded)
    if named is None:
        return _bare(text, number, folded, known)
    line, rest = named
    said = Step("R3.2", f"The text names {line.name}.")
    decision = _on_line(reading.read(text, number, line, known, (said,)), rest)
    if line.withdrawn and not past.stops(decision):
        meant = past.texted(line, known)
        return _unrouted(f"{line.name} was withdrawn.") if meant else _bare(text, number, folded, known)
    return past.also_stop(decision, text, number, known)


def _bare(text: InboundText, number: Number, folded: Folded, known: Known) -> Decision:
    """R3.3: a text to a shared code that names no provider keyword."""
    match = number.bare.find(folded)
    if text.provider_answered == "stop" or (match is not None and match.kind is Kind.UNSUBSCRIBE):
        return bare.stop(text, number, match, known)
    if text.provider_answered == "start" or (match is not None and match.kind is Kind.OPT_IN):
        return bare.start(text, number, match, known)
    if match is not None and match.kind is Kind.HELP:
        return bare.help_wanted(text, number, match, known)
    latest = bare.last_to_text(number, known)
    if latest is None:
        return _unrouted(
            f"The text names no provider keyword of {number.number}, and nobody texted this number from it."
        )
    said = Step("R3.3", f"The text names no provider keyword; {latest.name} texted this number last.")
    return _on_line(reading.read(text, number, latest, known, (said,)), folded)


def _on_line(about: Reading, folded: Folded) -> Decision:
    text = about.text
    if not folded.words and not text.media and is_blank(text.body):
        return _empty(about)
    match = about.line.matcher.find(folded)
    if match is not None or text.provider_answered is not None:
        taken = _taken(about, match)
        if taken is not None:
            return taken
    if opt_in.says_yes(about, folded):
        return opt_in.complete(about)
    phrase = hands.asks(folded)
    if phrase is not None:
        return _somebody_elses(about, phrase)
    return _filed(about, about.because + about.line.unclaimed)


def _taken(about: Reading, match: Match | None) -> Decision | None:
    """What a keyword does, or what the provider took for one (R4.14); None where it is none of ours."""
    kind = match.kind if match is not None else None
    answered = about.text.provider_answered
    if kind is Kind.UNSUBSCRIBE or answered == "stop":
        return opt_out.decide(about, match if kind is Kind.UNSUBSCRIBE else None)
    if match is not None and kind is Kind.HELP:
        return _help(about, match)
    if kind is Kind.OPT_IN or answered == "start":
        return opt_in.decide(about, match)
    return None


def _empty(about: Reading) -> Decision:
    """R4.14: an empty text is stored, marked empty, and does nothing else."""
    because = (*about.because, Step("R4.14", "The text is empty."))
    return Decision((about.record("empty", because),), because)


def _help(about: Reading, match: Match) -> Decision:
    process = about.line.of_type("help")
    because = (*about.because, Step("R4.7", f"{match.because} It asks for help."))
    if process is None:
        return _filed(about, (*because, Step("R4.2", f"No help process is started on {about.line.name}.")))
    reply, why = help_answer(about, process, match.language)
    because = (*because, *why)
    record = about.record("help", because, match=match, process_id=process.id)
    effects: list[Effect] = [record, about.event(), about.seen()]
    if reply is not None:
        effects.append(reply)
    return Decision(tuple(effects), because)


def _somebody_elses(about: Reading, phrase: str) -> Decision:
    """R6.8: nobody said stop, and perhaps nobody here ever said yes: a person looks at it."""
    said = Step("R6.8", f"“{phrase}” says that somebody else has the number now.")
    until = Step("R6.8", "No advertising goes to it until a person decides.")
    line = about.line
    because = (*about.because, said, until, *line.unclaimed)
    record = about.record("inbox", because, flags=("wrong_number",))
    return Decision((record, about.event(), line.waits, AskWhose(line.workspace_id)), because)


def _filed(about: Reading, because: Because) -> Decision:
    """A text for a person to read: recorded, raised as an event, filed in the inbox."""
    return Decision((about.record("inbox", because), about.event(), about.line.waits), because)


def _unrouted(why: str) -> Decision:
    return Decision((Unrouted(why),), (Step("R3.3", why),))
