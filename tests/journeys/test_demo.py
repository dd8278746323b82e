"""The demo, as somebody meets it who has just cloned Sayso."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import Sayso


def demo(sayso: Sayso) -> str:
    # Whoever wants to leave this machine finds no way out.
    nowhere = "http://127.0.0.1:9"
    closed = {"http_proxy": nowhere, "https_proxy": nowhere, "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-m", "sayso.cli.main", "demo", "--once"],
        env={**sayso.environ, **closed},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(300)
@pytest.mark.rule("R3.2", "R3.3", "R4.11", "R5.4", "R6.5", "R6.7", "R15.1")
def test_the_demo_tells_the_main_job_and_a_second_run_loses_nothing(tmp_path: Path) -> None:
    sayso = Sayso(tmp_path / "home")
    told = demo(sayso)
    assert told.count("✓") == 12
    assert "Every step did what it says." in told
    world = json.loads((sayso.home / "demo.json").read_text("utf-8"))
    log = (sayso.home / "carrier" / "log.jsonl").read_bytes()
    key = (sayso.home / "secret.key").read_bytes()

    again = demo(sayso)

    assert again.count("✓") == 12
    after = json.loads((sayso.home / "demo.json").read_text("utf-8"))
    assert {**after, "run": 0, "seen": None} == {**world, "run": 0, "seen": None}
    assert (sayso.home / "carrier" / "log.jsonl").read_bytes().startswith(log)
    assert (sayso.home / "secret.key").read_bytes() == key
    # Who stopped both clients in the first run is stopped after the second.
    carla = "+12065550102"
    for workspace in (1, 2):
        found = sayso.command("explain", carla, "--workspace", str(workspace), "--category", "promotions")
        assert found["answer"] == "skip", found
