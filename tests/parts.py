"""The whole suite in three parts side by side, each with a database and ports of its own.

Run: `make test`. With arguments, or on one outside server, it is one pytest with those arguments.
What starts whole servers waits about as long as it works, which costs nothing beside others that work.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile

from tests.memory import quick_folder

PYTEST = (sys.executable, "-m", "pytest")
BROWSER = ("tests/browser",)
# Whole servers, which live and die; all the rest is the third part.
SERVERS = (
    "tests/faults",
    "tests/storage",
    "tests/test_cli.py",
    "tests/test_cli_bench.py",
    "tests/test_cli_care.py",
    "tests/test_cli_moving.py",
    "tests/doors/test_bounds.py",
    "tests/doors/test_serve.py",
    "tests/doors/test_serve_live.py",
    "tests/doors/test_serve_migration.py",
    "tests/doors/test_serve_processes.py",
    "tests/journeys",  # last: its server stays
)


def main(arguments: list[str]) -> int:
    """Run all parts; 0 if all passed, else what the worst one answered."""
    # Each server and command that a test starts imports the whole of Sayso: compiled once, not every time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if arguments or "SAYSO_TEST_DATABASE_URL" in os.environ:
        return subprocess.call([*PYTEST, *arguments])
    with quick_folder() as home:
        _prepare(home)
        os.environ["SAYSO_TEST_HOME"] = str(home)
        return _beside(BROWSER, SERVERS)


def _prepare(home: Path) -> None:
    """Make a home as a first start does, for the servers that are about something else."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")}
    told["SAYSO_HOME"] = str(home)
    subprocess.run([sys.executable, "-m", "sayso.cli.main", "migrate"], env=told, check=True)


def _beside(*parts: tuple[str, ...]) -> int:
    """These parts, and beside them the rest, which is shown as it goes; the others once they have ended."""
    rest = [f"--ignore={path}" for part in parts for path in part]
    with ExitStack() as stack:
        kept = [stack.enter_context(TemporaryFile()) for _ in parts]
        others = [
            subprocess.Popen([*PYTEST, *part], stdout=into, stderr=subprocess.STDOUT)
            for part, into in zip(parts, kept, strict=True)
        ]
        try:
            shown = subprocess.call([*PYTEST, *rest])
        finally:
            ended = [other.wait() for other in others]  # an interrupt from the keyboard reaches them too
            for said in kept:
                said.seek(0)
                shutil.copyfileobj(said, sys.stdout.buffer)
            sys.stdout.flush()
    return max([shown, *ended], key=abs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
