"""`segments` and `replay`: what a text takes, and what texts would do. Nothing is sent or changed."""

from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.printing import AsJson, as_line, show_fact


def segments(
    text: Annotated[str, typer.Argument(help="The text to count.")], as_json: AsJson = False
) -> None:
    """Count the parts of a text, and name the characters that force Unicode."""
    from sayso.core.segments import count

    counted = count(text)
    forcing = list(dict.fromkeys(each.char for each in counted.forcing))
    told = {
        "encoding": counted.encoding,
        "units": counted.units,
        "parts": counted.parts,
        "forcing": forcing,
    }
    parts = "1 part" if counted.parts == 1 else f"{counted.parts} parts"
    why = f"; {' '.join(forcing)} forces Unicode" if forcing else ""
    show_fact(told, as_json, f"{counted.encoding}, {counted.units} units, {parts}{why}.")


def replay(
    file: Annotated[Path, typer.Argument(help="CSV with a header; `text` is required.", metavar="FILE.csv")],
    line: Annotated[int | None, typer.Option(help="Ask this line, as it is set up now.")] = None,
    keywords: Annotated[
        str | None, typer.Option(help="Ask one unsubscribe process with just these words, comma-separated.")
    ] = None,
    mode: Annotated[str, typer.Option(help="With --keywords: exact, word, prefix or contains.")] = "word",
    no_grading: Annotated[bool, typer.Option("--no-grading", help="Leave graded reading out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what each text of a file would do: a line of JSON per row, in order.

    Columns `from`, `to` and `received_at` are optional. With --keywords no database is needed, and neither
    predefined words nor the floor take part. This version has no graded reading yet.
    """
    from sayso.cli import replaying

    asked = replaying.asked(line, keywords, mode)
    for row in replaying.rows(file):
        typer.echo(as_line(asked(row)))
