"""`sayso bench`, without measuring anything: that is what `make bench` is for."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from sayso.cli.main import app


def test_a_benchmark_nobody_knows_is_told_with_those_there_are() -> None:
    result = CliRunner().invoke(app, ["bench", "everything"])
    assert result.exit_code == 2
    assert "There are: core.decisions, core.segments" in result.stderr


def test_one_benchmark_prints_its_own_line_alone() -> None:
    result = CliRunner().invoke(app, ["bench", "core.segments", "--size", "1"])
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    assert json.loads(line)["bench"] == "core.segments"
