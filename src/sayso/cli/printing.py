"""How a command answers: a sentence for people, one line of JSON for programs."""

import json
import sys
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def show(told: Any, as_json: bool, sentence: str) -> None:
    """Print the answer as JSON where that was asked for, else the sentence."""
    typer.echo(as_line(told) if as_json else sentence)


def show_fact(told: Any, as_json: bool, sentence: str) -> None:
    """Print an answer that programs read: a sentence only for somebody who looks at a terminal."""
    show(told, as_json or not sys.stdout.isatty(), sentence)


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun, such as `1 text` or `2 texts`; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def as_line(told: Any) -> str:
    """One line of JSON; letters of every script are kept, half a surrogate pair is escaped."""
    line = json.dumps(told, ensure_ascii=False, default=str)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(told, default=str)
    return line
