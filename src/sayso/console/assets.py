"""Brings the stylesheet that npm fetches to where the console serves it.

Run: `python -m sayso.console.assets`. A second run with the same lock downloads nothing.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "node_modules"
VENDOR = Path(__file__).parent / "static" / "vendor"
WANTED = {"@tabler/core/dist/css/tabler.min.css": "tabler.min.css"}


def build() -> bool:
    """Fetch by the lock and copy what pages need; answer whether anything was fetched."""
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    fetched_for = MODULES / ".sayso-lock"
    fetched = not (fetched_for.is_file() and fetched_for.read_text() == lock)
    if fetched:
        _fetch()
        fetched_for.write_text(lock)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in WANTED.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    return fetched


def _fetch() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(
            "npm is not installed, and the console's stylesheet comes with it. Install Node 20 or newer."
        )
    done = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit("npm ci failed; what it said stands above. Nothing was changed.")


if __name__ == "__main__":
    sys.stdout.write("fetched\n" if build() else "already there\n")
