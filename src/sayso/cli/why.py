"""`explain`: may this number be texted, and why."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.cli.errors import CommandError
from sayso.cli.people import WorkspaceId
from sayso.cli.printing import AsJson, show_fact

if TYPE_CHECKING:
    from sayso.actions.explanation import FromLine


def explain(
    phone: str,
    workspace: WorkspaceId,
    message_class: Annotated[
        str, typer.Option("--class", help="advertising or transactional.")
    ] = "advertising",
    category: Annotated[str, typer.Option(help="The category, for advertising.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a text may go to this number now: the gate's strictest answer, and that of every line."""
    from sayso.actions import explanation
    from sayso.actions.actor import house
    from sayso.cli.house import ask, granted
    from sayso.storage.pool import APP

    if message_class not in {"advertising", "transactional"}:
        raise CommandError(f"--class is {message_class!r}. Choose advertising or transactional.")
    question = explanation.Question(phone, message_class, category)
    now = datetime.now(UTC)
    found = granted(ask(APP, lambda pool: explanation.explain(pool, house(workspace), question, now)))
    told = _plain(found.strictest)
    lines = [_plain(line) for line in found.lines if line.line is not None]
    alike = all(line["answer"] == told["answer"] for line in lines)
    shown = [told] if alike else lines
    show_fact({**told, "lines": lines}, as_json, "\n".join(_sentence(line, alike=alike) for line in shown))


def _sentence(told: dict[str, Any], *, alike: bool) -> str:
    facts = " ".join(step["fact"] for step in told["because"])
    start = told["answer"].capitalize() if alike else f"{told['line']}: {told['answer']}"
    return f"{start}. {facts}"


def _plain(found: "FromLine") -> dict[str, Any]:
    from sayso.core.because import as_plain

    because = [{"since": None, "source": "", **step} for step in as_plain(found.answer.because)]
    return {
        "answer": type(found.answer).__name__.lower(),
        "reason": getattr(found.answer, "reason", ""),
        "because": because,
        "line": found.line.name if found.line else None,
    }
