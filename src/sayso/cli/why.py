"""`explain`: may this number be texted, and why."""

from typing import Annotated

import typer

from sayso.cli.people import WorkspaceId
from sayso.cli.printing import AsJson


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
    raise NotImplementedError
