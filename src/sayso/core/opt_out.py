"""Someone said stop (R5.4, R5.5, R6.1, R6.2): the block, the ledger, the queue, the answer."""

from __future__ import annotations

from msgspec import Struct

from sayso.core.because import Because, Step
from sayso.core.effects import AddBlock, Cancel, Decision, Effect, File, Ledger, SetConsent
from sayso.core.keywords import Match, Word
from sayso.core.messages import Process
from sayso.core.phones import country_of
from sayso.core.policy import rules_for
from sayso.core.reading import Reading
from sayso.core.replies import confirmation

PROFILES_IN_LEDGER = 10  # R5.5; beyond these the block is the proof
CATEGORIES_IN_LEDGER = 5


class Said(Struct, frozen=True, gc=False):
    """How the stop came, as the block keeps it."""

    source: str
    reason: str


def decide(about: Reading, match: Match | None, *, answer: bool = True) -> Decision:
    """Stop one workspace. `match` is None where only the provider says that it was a stop.

    Without `answer` nothing is confirmed: another workspace's line answers the same text.
    """
    process = process_of(about, match)
    effects, because = stop(about, match, process)
    if answer:
        reply, why = confirmation(about, process, match.language if match else "")
        effects = (*effects, reply) if reply is not None else effects
        because = (*because, *why)
    record = about.record(
        "unsubscribe",
        because,
        match=match,
        process_id=process.id if process else None,
        scope=process.scope if process else "channel",
    )
    return Decision((record, *effects), because)


def process_of(about: Reading, match: Match | None) -> Process | None:
    """The process whose keyword it was, else the line's main unsubscribe process, if it is started."""
    if match is not None and match.process_id is not None:
        return about.line.processes.get(match.process_id)
    return about.line.of_type("unsubscribe")


def stop(about: Reading, match: Match | None, process: Process | None) -> tuple[tuple[Effect, ...], Because]:
    """The effects that stop a workspace's texts, without an answer."""
    scope = process.scope if process else "channel"
    because = (*about.because, _said(match), _reached(about, process, scope))
    said = Said(_source(match), f"the text “{about.text.body.strip()}” to {about.line.name}")
    effects: list[Effect] = [
        *_blocks(about, process, said),
        *_ledger(about, process, scope),
        *_cancels(about, process, scope),
        about.event(),
        File(about.line.workspace_id, about.line.id, "stop", needs_answer=False),
    ]
    if _revokes_transactional(about):
        effects.append(_block(about, process, said, ("line_transactional", about.line.id, "")))
        effects.append(
            Cancel(about.line.workspace_id, about.line.id, "", transactional=True, advertising=False)
        )
        because = (
            *because,
            Step("R6.2", "It answers a transactional message, so this line's transactional ones stop too."),
        )
    return tuple(effects), because


def _source(match: Match | None) -> str:
    if match is None:
        return "provider"
    return "term" if match.kind_of_word is Word.TERM else "keyword"


def _said(match: Match | None) -> Step:
    if match is None:
        return Step("R6.6", "The provider says that this text was an opt-out.")
    if match.kind_of_word is Word.TERM:
        return Step("R7.1", f"{match.because} It is one of the workspace's opt-out terms.")
    return Step("R4.12", f"{match.because} It is an opt-out word.")


_REACH = {
    "channel": "All advertising to the number stops.",
    "line": "Advertising from this line to the number stops.",
    "all": "Every message to the number stops.",
}


def _reached(about: Reading, process: Process | None, scope: str) -> Step:
    if process is None:
        return Step("R4.9", f"The floor holds without a process. {_REACH[scope]}")
    if scope == "categories":
        return Step("R6.1", f"“{process.name}” stops these categories: {', '.join(process.categories)}.")
    return Step("R6.1", f"“{process.name}”: {_REACH[scope]}")


def _blocks(about: Reading, process: Process | None, said: Said) -> list[Effect]:
    scope = process.scope if process else "channel"
    if scope == "categories" and process is not None:
        return [_block(about, process, said, ("category", 0, name)) for name in sorted(process.categories)]
    return [_block(about, process, said, (scope, about.line.id if scope == "line" else 0, ""))]


def _block(about: Reading, process: Process | None, said: Said, reach: tuple[str, int, str]) -> AddBlock:
    scope, line_id, category = reach
    return AddBlock(
        workspace_id=about.line.workspace_id,
        scope=scope,
        line_id=line_id,
        category=category,
        since=about.text.provider_at,
        source=said.source,
        process_id=process.id if process else None,
        reason=said.reason,
        answers_message_id=about.answers_id,
    )


def _ledger(about: Reading, process: Process | None, scope: str) -> list[Effect]:
    """R5.5: a reject per profile (ten) and configured category (five); `sms_consent` on channel scope."""
    workspace = about.line.workspace_id
    categories: tuple[str, ...] = about.line.rejects[:CATEGORIES_IN_LEDGER] or ("*",)
    if scope == "categories" and process is not None:
        categories = process.categories[:CATEGORIES_IN_LEDGER]
    elif scope == "line":
        categories = (f"line:{about.line.name}",)
    people: list[int | None] = [profile.contact_id for profile in about.profiles[:PROFILES_IN_LEDGER]]
    at, moves = about.text.provider_at, scope != "line"
    entries: list[Effect] = [
        Ledger(workspace, contact_id, "reject", category, "sms_reply", at, moves)
        for contact_id in people or (None,)
        for category in categories
    ]
    if scope in ("channel", "all") and people:
        entries.append(SetConsent(workspace, "no"))
    return entries


def _cancels(about: Reading, process: Process | None, scope: str) -> list[Effect]:
    workspace = about.line.workspace_id
    if scope == "categories" and process is not None:
        return [
            Cancel(workspace, 0, category, transactional=False) for category in sorted(process.categories)
        ]
    return [Cancel(workspace, about.line.id if scope == "line" else 0, "", transactional=scope == "all")]


def _revokes_transactional(about: Reading) -> bool:
    """R6.2: US and Canada read a STOP that answers a transactional text as reaching those as well."""
    if about.answers is None or not about.answers.transactional or about.answers.line_id != about.line.id:
        return False
    rules = rules_for(country_of(about.text.phone) or about.number.country)
    return bool(rules.revocation_reach.value)
