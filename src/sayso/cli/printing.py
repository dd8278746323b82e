"""How a command answers: a sentence or a table for people, one JSON value with `--json`."""

import json
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def show(told: Any, as_json: bool, sentence: str) -> None:
    """Print the answer, one way or the other."""
    typer.echo(as_line(told) if as_json else sentence)


def as_line(told: Any) -> str:
    """One line of JSON; letters of every script are kept."""
    return json.dumps(told, ensure_ascii=False, default=str)
