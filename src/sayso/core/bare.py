"""A word alone on a shared code: whom it reaches when it names nobody (R3.3)."""

from __future__ import annotations

from sayso.core import opt_in, opt_out, reading
from sayso.core.because import Because, Step
from sayso.core.effects import AddCodeBlock, Decision, Effect, LiftCodeBlock, Reply, Unrouted
from sayso.core.keywords import Match
from sayso.core.messages import InboundText, Known, Line, Number
from sayso.core.replies import HELP_WITHIN, REPLIES_IN_TEN_MINUTES, confirmation


def last_to_text(number: Number, known: Known) -> Line | None:
    """The line of this code from which the sender was texted last."""
    lines = {line.id: line for line in number.lines}
    return next((lines[sent.line_id] for sent in known.texted if sent.line_id in lines), None)


def stop(text: InboundText, number: Number, match: Match | None, known: Known) -> Decision:
    """Block in every workspace that texted this number from the code, and on the code itself.

    One answer at most, from the workspace that texted last: the sender wrote one text.
    """
    because: Because = (
        Step("R3.3", "A stop without a provider keyword reaches everyone who texts from this code."),
    )
    effects: list[Effect] = [AddCodeBlock(number.id, text.provider_at)]
    reached = _lines_that_texted(number, known)
    if not reached:
        why = "Nobody texted this number from the code yet; whoever does so later honours the stop."
        return Decision((*effects, Unrouted(why)), (*because, Step("R3.3", why)))
    decisive = because
    for place, line in enumerate(reached):
        about = reading.read(text, number, line, known, because)
        process = opt_out.process_of(about, None)
        done, steps = opt_out.stop(about, match, process)
        if place == 0:
            reply, why_reply = confirmation(about, process, match.language if match else "")
            done = (*done, reply) if reply is not None else done
            steps = (*steps, *why_reply)
            decisive = steps
        scope = process.scope if process else "channel"
        effects.append(
            about.record(
                "unsubscribe", steps, match=match, process_id=process.id if process else None, scope=scope
            )
        )
        effects.extend(done)
    return Decision(tuple(effects), decisive)


def start(text: InboundText, number: Number, match: Match, known: Known) -> Decision:
    """Lift nothing unless exactly one workspace was stopped."""
    stopped = {block.workspace_id for block in known.blocks}
    lines = [line for line in number.lines if line.workspace_id in stopped]
    if len({line.workspace_id for line in lines}) != 1:
        line = last_to_text(number, known)
        why = (
            "More than one sender on this code was stopped: the text must name one."
            if lines
            else "Nothing was stopped on this code."
        )
        because: Because = (Step("R3.3", why),)
        if line is None:
            return Decision((Unrouted(why),), because)
        about = reading.read(text, number, line, known, because)
        return Decision((about.record("optin", because, match=match), about.event()), because)
    about = reading.read(text, number, lines[0], known, (Step("R3.3", f"Only {lines[0].name} was stopped."),))
    effects, because, flags = opt_in.start(about, match)
    done: list[Effect] = [about.record("optin", because, match=match, flags=flags), *effects, about.event()]
    if not flags:
        done.append(LiftCodeBlock(number.id))
    return Decision(tuple(done), because)


def help_wanted(text: InboundText, number: Number, match: Match, known: Known) -> Decision:
    """A bare HELP gets the operator's answer, carried by the line that texted last, else by the first."""
    line = last_to_text(number, known) or number.lines[0]
    about = reading.read(
        text, number, line, known, (Step("R3.3", "HELP without a provider keyword is the operator's."),)
    )
    silent = _silence(number, line, known)
    because = (*about.because, Step("R3.3", silent or "The operator's answer goes out."))
    effects: list[Effect] = [about.record("help", because, match=match), about.event()]
    if not silent:
        effects.append(
            Reply(
                workspace_id=line.workspace_id,
                line_id=line.id,
                contact_id=about.contact_id,
                sender=number.number,
                body=number.help_answer,
                purpose="help",
                process_id=None,
                template_id=None,
                expires_at=text.provider_at + HELP_WITHIN,
                because=because,
            )
        )
    return Decision(tuple(effects), because)


def _silence(number: Number, line: Line, known: Known) -> str:
    if not number.help_answer:
        return "The operator has set no answer to HELP on this code."
    if number.provider_answers == "stop_start_help":
        return "The provider answers requests for help by itself."
    if known.replies.get(line.id, 0) >= REPLIES_IN_TEN_MINUTES:
        return "Five automatic replies went to this number within ten minutes; no more."
    return ""


def _lines_that_texted(number: Number, known: Known) -> list[Line]:
    """The code's lines that texted the sender, one a workspace, last one first."""
    lines = {line.id: line for line in number.lines}
    found: dict[int, Line] = {}
    for sent in known.texted:
        line = lines.get(sent.line_id)
        if line is not None:
            found.setdefault(line.workspace_id, line)
    return list(found.values())
