"""`bench`: how fast, on this machine, beside a ceiling measured in the same run."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sayso.cli.errors import CommandError
from sayso.cli.printing import AsJson, as_line

REPOSITORY = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Bench:
    """A script of the sources: the names of the lines it prints, and the option that takes its size."""

    module: str
    names: tuple[str, ...]
    size: str

    def answers(self, name: str) -> bool:
        """Whether it prints the line of this name, or one of this group."""
        return name == "all" or any(each == name or each.startswith(name + ".") for each in self.names)

    @property
    def is_here(self) -> bool:
        """Whether its script is; an installed Sayso has none."""
        return (REPOSITORY / Path(*self.module.split("."))).with_suffix(".py").exists()


BENCHES = (
    Bench("bench.core", ("core.decisions", "core.segments"), "--seconds"),
    Bench("bench.accept", ("inbound.accept", "inbound.accept_p99"), "--seconds"),
    Bench("bench.job", ("inbound.job", "inbound.decided", "inbound.blocked_p99"), "--contacts"),
    Bench("bench.planning", ("plan.recipients", "plan.cost_ratio"), "--recipients"),
    Bench("bench.contacts", ("import.contacts",), "--size"),
    Bench("bench.console", ("console.p95",), "--size"),
    Bench("bench.segments", ("segments.count_ms",), "--size"),
    Bench("bench.sending", ("send.loopback", "send.http", "send.urgent_p99"), "--size"),
    Bench("bench.receipts", ("receipts",), "--size"),
    Bench("bench.faults", ("faults.campaign",), "--size"),
)


def bench(
    name: Annotated[
        str, typer.Argument(help="A benchmark (inbound.accept), a group (inbound), or all.")
    ] = "all",
    size: Annotated[int | None, typer.Option(help="How much of it; left out: the documented size.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run benchmarks: a line of JSON each. A goal that was missed is told, and fails nothing."""
    chosen = [each for each in BENCHES if each.answers(name) and each.is_here]
    if not chosen:
        known = ", ".join(found for each in BENCHES if each.is_here for found in each.names)
        raise CommandError(
            f"There is no benchmark {name!r} here. There are: {known or 'none; they come with the sources'}."
        )
    broken = [each.module for each in chosen if not _run(each, name, size)]
    if broken:
        raise CommandError(f"{', '.join(broken)} broke off; the lines above say why.")


def _run(each: Bench, name: str, size: int | None) -> bool:
    sized = [each.size, str(size)] if size is not None else []
    command = [sys.executable, "-m", each.module, *sized]
    # Line by line: a long run shows what it has as soon as it has it.
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None  # noqa: S101 - it is a pipe
        for line in running.stdout:
            if _is_asked(line, each, name):
                typer.echo(line.rstrip())
    if running.returncode == 1:
        typer.echo(as_line({"bench": each.module, "note": "a goal was missed"}), err=True)
    return running.returncode in {0, 1}


def _is_asked(line: str, each: Bench, name: str) -> bool:
    try:
        told = json.loads(line).get("bench", "")
    except (ValueError, AttributeError):
        return False
    return name in {"all", told} or told.startswith(name + ".") or told not in each.names
