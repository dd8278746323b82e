"""A text tried on a line: what would be decided and why, with nothing sent or saved (R4.12, R5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from sayso.actions.keywords import TextTried, Tried, try_text
from sayso.actions.process_rules import Wanted
from sayso.actions.refusal import Refused
from sayso.console.loop import perform
from sayso.console.refusing import sentence
from sayso.core.because import Step, as_plain
from sayso.core.effects import Reply
from sayso.core.segments import count
from sayso.core.text import fold

EXAMPLES = ("šťóp", "stopwatches", "please cancel my order")
LONGEST = 2_000
ANSWERS = {
    "unsubscribe": ("Opts the sender out", "stop"),
    "help": ("Asks for help", "go"),
    "optin": ("Brings the sender back", "go"),
    "inbox": ("Stops nobody: a person reads it", ""),
    "empty": ("Does nothing: it is empty", ""),
}
NOBODY = ("Belongs to nobody", "wait")


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer in a sentence, its steps, the bubble's colour, and what would be texted back."""

    text: str
    answer: str
    outcome: str
    steps: list[dict[str, str]]
    bubble: str
    reply: str
    parts: int


def decided(request: HttpRequest, tried: TextTried) -> Decided | None:
    """What the text would do; None where there is no text to try."""
    if not tried.text:
        return None
    answer = perform(request, try_text, tried, datetime.now(UTC))
    if isinstance(answer, Refused):
        return Decided(tried.text, sentence(answer), "wait", [], "", "", 0)
    return _told(tried.text, answer)


def examples(provider_keyword: str) -> list[str]:
    """Texts worth trying; on a shared code with its keyword before them."""
    return [f"{provider_keyword} {text}".strip() for text in EXAMPLES]


def of_form(request: HttpRequest, wanted: Wanted, process_id: int) -> TextTried:
    """The text of the page's tester, with the unsaved process that the form holds."""
    said, sender = spoken(request)
    return TextTried(said, wanted.line_id, sender, wanted, process_id)


def spoken(request: HttpRequest) -> tuple[str, str]:
    """The text to try and its sender, out of a form; an example button is a text too."""
    example = request.POST.get("example", "")
    return (example or request.POST.get("text", ""))[:LONGEST], request.POST.get("sender", "").strip()[:40]


def _told(text: str, tried: Tried) -> Decided:
    answer, outcome = ANSWERS.get(tried.record.outcome, NOBODY) if tried.record else NOBODY
    reply = next((effect.body for effect in tried.decision.effects if isinstance(effect, Reply)), "")
    steps: list[Any] = []
    if fold(text).whole != text:
        steps = as_plain((Step("R4.11", f"Case, accents and marks aside it reads “{fold(text).whole}”."),))
    bubble = {"stop": "out", "wait": "review"}.get(outcome, "")
    said = [*steps, *as_plain(tried.decision.because)]
    return Decided(text, answer, outcome, said, bubble, reply, count(reply).parts if reply else 0)
