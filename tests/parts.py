"""The whole suite in two halves side by side, each with a database and ports of its own.

Run: `make test`. With arguments, or on one outside server, it is one pytest with those arguments.
A test waits about as long as it works: one after the other, they leave half of two cores unused.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from tempfile import TemporaryFile

PYTEST = (sys.executable, "-m", "pytest")
# About half of the time; all the rest is the other half.
LONG = ("tests/browser", "tests/faults", "tests/journeys/test_demo.py")


def main(arguments: list[str]) -> int:
    """Run both halves; 0 if both passed, else what the worse one answered."""
    # Each server and command that a test starts imports the whole of Sayso: compiled once, not every time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if arguments or "SAYSO_TEST_DATABASE_URL" in os.environ:
        return subprocess.call([*PYTEST, *arguments])
    rest = [f"--ignore={part}" for part in LONG]
    with TemporaryFile() as kept:
        beside = subprocess.Popen([*PYTEST, *LONG], stdout=kept, stderr=subprocess.STDOUT)
        try:
            shown = subprocess.call([*PYTEST, *rest])
        finally:
            other = beside.wait()  # an interrupt from the keyboard reaches it too
            kept.seek(0)
            shutil.copyfileobj(kept, sys.stdout.buffer)
            sys.stdout.flush()
    return max(shown, other, key=abs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
