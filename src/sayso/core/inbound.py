"""What one inbound text does (PRODUCT §5): line, workspace, process, decision, effects."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.core import bare, opt_in, opt_out, reading
from sayso.core.because import Because, Step
from sayso.core.effects import Decision, Effect, File, Raise, Record, Unrouted
from sayso.core.keywords import Match, strip_provider_keyword
from sayso.core.messages import InboundText, Known, Line, Number
from sayso.core.reading import Reading
from sayso.core.replies import help_answer
from sayso.core.text import NOTHING, Folded, fold, is_blank


def decide(text: InboundText, number: Number | None, known: Known) -> Decision:
    """Say what a text does: effects to be stored in one transaction, with the reasons.

    `number` is None where nobody owns what was texted. `known` holds facts of all workspaces on the number.
    """
    if number is None or not number.lines:
        return _unrouted(f"No line of any workspace belongs to {text.recipient}.")
    folded = fold(text.body)
    if not number.shared:
        return _on_line(text, number, Addressed(number.lines[0], folded, ()), known)
    for line in number.lines:
        rest = strip_provider_keyword(folded, line.provider_keyword)
        if rest is not None:
            said = Step("R3.2", f"The text names {line.name}.")
            return _on_line(text, number, Addressed(line, rest if rest.words else folded, (said,)), known)
    return _bare(text, number, folded, known)


@dataclass(frozen=True, slots=True)
class Addressed:
    """The line a text is for, what it says once the provider keyword is off, and how that was found."""

    line: Line
    folded: Folded
    because: Because


def _bare(text: InboundText, number: Number, folded: Folded, known: Known) -> Decision:
    """R3.3: a text to a shared code that names no provider keyword."""
    match = number.bare.find(folded)
    if text.provider_answered == "stop" or (match is not None and match.kind == "unsubscribe"):
        return bare.stop(text, number, match, known)
    if match is not None and match.kind == "optin":
        return bare.start(text, number, match, known)
    if match is not None and match.kind == "help":
        return bare.help_wanted(text, number, match, known)
    latest = bare.last_to_text(number, known)
    if latest is None:
        return _unrouted(f"The text names no provider keyword of {number.number}, and nobody texted this number from it.")
    said = Step("R3.3", f"The text names no provider keyword; {latest.name} texted this number last.")
    return _on_line(text, number, Addressed(latest, folded, (said,)), known)


def _on_line(text: InboundText, number: Number, addressed: Addressed, known: Known) -> Decision:
    about = reading.read(text, number, addressed.line, known, addressed.because)
    if not text.media and not addressed.folded.words and is_blank(text.body):
        return _empty(about)
    match = addressed.line.matcher.find(addressed.folded or NOTHING)
    kind = match.kind if match is not None else ""
    if kind == "unsubscribe" or text.provider_answered == "stop":
        return opt_out.decide(about, match if kind == "unsubscribe" else None)
    if kind == "optin" or text.provider_answered == "start":
        return opt_in.decide(about, match)
    if match is None or kind == "help":
        return _help(about, match) if match is not None else _nothing_takes_it(about)
    return _nothing_takes_it(about)


def _empty(about: Reading) -> Decision:
    """R4.14: an empty text is stored, marked empty, and does nothing else."""
    because = (*about.because, Step("R4.14", "The text is empty."))
    return Decision((about.record("empty", because),), because)


def _help(about: Reading, match: Match) -> Decision:
    process = about.line.of_type("help")
    said = Step("R4.7", f"“{match.keyword}” asks for help.")
    if process is None:
        because = (*about.because, said, Step("R4.2", f"No help process is started on {about.line.name}."))
        return _filed(about, "inbox", because, match)
    because = (*about.because, said, Step("R4.3", f"“{process.name}” answers."))
    reply, why = help_answer(about, process, match.language)
    because = (*because, *why)
    effects: list[Effect] = [about.record("help", because, match=match, process_id=process.id), about.event()]
    if reply is not None:
        effects.append(reply)
    return Decision(tuple(effects), because)


def _nothing_takes_it(about: Reading) -> Decision:
    because = (*about.because, Step("R4.15", f"No process on {about.line.name} takes it: it waits in the inbox."))
    if about.line.of_type("unsubscribe") is None and about.text.provider_answered == "help":
        because = (*because, Step("R5.8", "The provider says that it answered a request for help."))
    return _filed(about, "inbox", because, None)


def _filed(about: Reading, outcome: str, because: Because, match: Match | None) -> Decision:
    """A text for a person to read: recorded, raised as an event, filed in the inbox."""
    flags = ("pending_yes",) if about.flags else ()
    record: Record = about.record(outcome, because, match=match, flags=flags)
    event: Raise = about.event()
    return Decision((record, event, File(about.line.workspace_id, about.line.id, "inbox", needs_answer=True)), because)


def _unrouted(why: str) -> Decision:
    return Decision((Unrouted(why),), (Step("R3.3", why),))
