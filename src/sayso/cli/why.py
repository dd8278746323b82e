"""`explain`: may this number be texted, and why."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.cli.errors import CommandError
from sayso.cli.people import WorkspaceId
from sayso.cli.printing import AsJson, show_fact

if TYPE_CHECKING:
    from sayso.core.gate import Answer
    from sayso.storage.pool import Pool


def explain(
    phone: str,
    workspace: WorkspaceId,
    message_class: Annotated[
        str, typer.Option("--class", help="advertising or transactional.")
    ] = "advertising",
    category: Annotated[str, typer.Option(help="The category, for advertising.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a text may go to this number now: the answer of the gate, with its reasons."""
    from sayso.cli.house import ask
    from sayso.storage.pool import APP

    if message_class not in {"advertising", "transactional"}:
        raise CommandError(f"--class is {message_class!r}. Choose advertising or transactional.")
    advertising = message_class == "advertising"
    answer = ask(APP, lambda pool: _asked(pool, workspace, phone, advertising=advertising, category=category))
    told = _plain(answer)
    sentence = " ".join(step["fact"] for step in told["because"])
    show_fact(told, as_json, f"{told['answer'].capitalize()}. {sentence}")


async def _asked(pool: "Pool", workspace: int, phone: str, *, advertising: bool, category: str) -> "Answer":
    from sayso.core.gate import Candidate, may_send
    from sayso.core.phones import NotANumber, parse
    from sayso.storage import contacts, gate_facts, workspaces
    from sayso.storage.pool import workspace as within

    async with within(pool, workspace) as conn:
        stands = await workspaces.current(conn)
        if stands is None:
            raise CommandError(f"There is no workspace {workspace}.")
        read = parse(phone, stands.country)
        if isinstance(read, NotANumber):
            raise CommandError(f"{phone!r} is no phone number. {read.because}")
        # Where several contacts share the number, the one that a message to the bare number would be for.
        contact = next(iter(await contacts.by_phone(conn, read.key, 1)), None)
        candidate = Candidate(workspace, read.key, advertising, category)
        facts = await gate_facts.read(conn, [gate_facts.Asked(candidate, contact.id if contact else None)])
        return may_send(candidate, facts[0])


def _plain(answer: "Answer") -> dict[str, Any]:
    from sayso.core.because import as_plain

    because = [{"since": None, "source": "", **step} for step in as_plain(answer.because)]
    reason = getattr(answer, "reason", "")
    return {"answer": type(answer).__name__.lower(), "reason": reason, "because": because}
