"""Whether an automatic answer goes out, and in which words (R4.10, R5.8, R5.9, R14.2)."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from sayso.core.because import Because, Step
from sayso.core.effects import Reply
from sayso.core.messages import Process
from sayso.core.phones import country_of
from sayso.core.policy import Confirmation, confirmation_for, rules_for
from sayso.core.reading import Reading

CONFIRMATION_WITHIN = timedelta(minutes=5)
HELP_WITHIN = timedelta(hours=24)
REPLIES_IN_TEN_MINUTES = 5

Answer = tuple[Reply | None, Because]


def confirmation(about: Reading, process: Process | None, language: str) -> Answer:
    """The confirmation of an opt-out: once, in time, where the country allows it and nobody has said it."""
    if about.text.provider_answered == "stop" or about.number.provider_answers in ("stop", "stop_start_help"):
        return _silent("R5.8", "The provider confirms the opt-out by itself.")
    if process is None:
        return _silent(
            "R4.9", f"No unsubscribe process is started on {about.line.name}, so there is no message to send."
        )
    country = country_of(about.text.phone) or about.number.country
    allowed = country in about.line.unknown_confirmations
    rule = _rule(country, allowed)
    if not rule.send:
        return None, rule.because
    body = words_in(process, (language, *_languages(about)))
    if not body:
        return _silent("R4.5", f"“{process.name}” has no message.")
    reply, why = _reply(about, process, body, CONFIRMATION_WITHIN)
    return reply, (*rule.because, *why)


@lru_cache(maxsize=1024)
def _rule(country: str, allowed_unknown: bool) -> Confirmation:
    return confirmation_for(rules_for(country), allowed_unknown)


def help_answer(about: Reading, process: Process, language: str) -> Answer:
    """The answer to a request for help, within a day."""
    if about.text.provider_answered == "help" or about.number.provider_answers == "stop_start_help":
        return _silent("R5.8", "The provider answers requests for help by itself.")
    body = words_in(process, (language, *_languages(about)))
    if not body:
        return _silent("R4.5", f"“{process.name}” has no message.")
    return _reply(about, process, body, HELP_WITHIN)


def operators_help(about: Reading) -> Answer:
    """The operator's own answer to a HELP that names no line of a shared code (R3.3)."""
    if about.text.provider_answered == "help" or about.number.provider_answers == "stop_start_help":
        return _silent("R5.8", "The provider answers requests for help by itself.")
    if not about.number.help_answer:
        return _silent("R3.3", "The operator has set no answer to HELP on this code.")
    return _reply(about, None, about.number.help_answer, HELP_WITHIN)


def words_in(process: Process, languages: tuple[str | None, ...]) -> str:
    """R4.10: the message in the first of these languages that it has, else in any."""
    for language in languages:
        if language and language in process.messages:
            return process.messages[language]
    return next((process.messages[language] for language in sorted(process.messages)), "")


def _languages(about: Reading) -> tuple[str | None, ...]:
    return (about.profiles[0].language if about.profiles else None, about.line.language)


def _reply(about: Reading, process: Process | None, body: str, within: timedelta) -> Answer:
    if about.known.replies.get(about.line.id, 0) >= REPLIES_IN_TEN_MINUTES:
        return _silent("R5.9", "Five automatic replies went to this number within ten minutes; no more.")
    who = f"“{process.name}”" if process else "The operator"
    because = (Step("R5.8", f"{who} answers through {about.line.name}."),)
    reply = Reply(
        workspace_id=about.line.workspace_id,
        line_id=about.line.id,
        contact_id=about.contact_id,
        sender=about.number.number,
        body=body,
        purpose="confirmation" if within == CONFIRMATION_WITHIN else "help",
        process_id=process.id if process else None,
        template_id=process.template_id if process else None,
        expires_at=about.text.provider_at + within,
        because=because,
    )
    return reply, because


def _silent(rule: str, fact: str) -> Answer:
    return None, (Step(rule, fact),)
