"""`bench`: how fast, on this machine, beside a ceiling measured in the same run."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.errors import CommandError
from sayso.cli.printing import AsJson, as_line

SCRIPTS = Path(__file__).parents[3] / "bench"


def bench(
    name: Annotated[str, typer.Argument(help="One benchmark, such as inbound, or `all`.")] = "all",
    size: Annotated[int | None, typer.Option(help="How much of it; left out: the documented size.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run benchmarks: a line of JSON each. Peers that are not installed are named and left out."""
    scripts = _scripts()
    chosen = sorted(scripts) if name == "all" else [name]
    missing = [each for each in chosen if each not in scripts]
    if missing or not chosen:
        known = ", ".join(sorted(scripts)) or f"none; they are in {SCRIPTS} of the repository"
        raise CommandError(f"There is no benchmark {name!r}. There are: {known}.")
    failed = 0
    for each in chosen:
        sized = ["--size", str(size)] if size is not None else []
        done = subprocess.run([sys.executable, str(scripts[each]), *sized], check=False)
        if done.returncode:
            failed += 1
            typer.echo(as_line({"bench": each, "error": f"exit code {done.returncode}"}))
    raise typer.Exit(1 if failed else 0)


def _scripts() -> dict[str, Path]:
    if not SCRIPTS.is_dir():
        return {}
    return {path.stem.removeprefix("bench_"): path for path in sorted(SCRIPTS.glob("bench_*.py"))}
