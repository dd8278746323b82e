"""A text that could not be decided: if it may be a stop, it stops all the same."""

from __future__ import annotations

from sayso.core import bare
from sayso.core.effects import AddBlock, Effect, Ledger
from sayso.core.keywords import Kind
from sayso.core.messages import InboundText, Line, Number
from sayso.core.text import fold


def stop(text: InboundText, number: Number | None) -> tuple[Effect, ...]:
    """The bare protection of R5.4: blocks and their proof, no reply, nothing that could be at fault.

    Read by the floor alone. On a shared code a stop that names nobody reaches every line, and any stop
    reaches whoever had the number before: nobody asks here whom they texted. Each workspace is stopped once.
    Empty where the text is no stop.
    """
    if number is None:
        return ()
    folded = fold(text.body)
    named = bare.named(number, folded) if number.shared else None
    match = number.understood.find(named[1] if named else folded)
    if text.provider_answered != "stop" and (match is None or match.kind is not Kind.UNSUBSCRIBE):
        return ()
    lines = (*((named[0],) if named else number.lines), *number.past)
    whose = {line.workspace_id: line for line in reversed(lines)}
    effects: list[Effect] = [effect for line in whose.values() for effect in _stopped(text, line)]
    if number.shared and named is None:
        effects.extend(bare.code_blocks(text, number))
    return tuple(effects)


def _stopped(text: InboundText, line: Line) -> tuple[Effect, ...]:
    reason = f"the text “{text.body.strip()}” to {line.name}, which could not be decided whole"
    at = text.provider_at
    return (
        AddBlock(line.workspace_id, "channel", 0, "", at, "keyword", None, reason),
        Ledger(line.workspace_id, None, "reject", "*", "sms_reply", at),
    )
