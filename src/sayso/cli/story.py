"""`demo`: the main job played once on the simulator, each step told and checked."""

from importlib import import_module
from typing import Annotated

import typer


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the story; exit 0 only if all of it held.")
    ] = False,
) -> None:
    """Start Sayso, play the main job once on the simulator, then keep serving."""
    story = import_module("sayso.cli.demo")
    raise typer.Exit(story.run(once=once))
