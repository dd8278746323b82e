"""Where the server's socket lies: short, private, the same for one home each time."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from sayso.storage.embedded.account import Account
from sayso.storage.embedded.errors import EmbeddedError

# A socket's address holds 107 bytes, so it can't live in a home of any length.
_LONGEST = 107 - len("/.s.PGSQL.5432.lock")


def make_socket_directory(data: Path, account: Account) -> Path:
    """Make, or find again, the 0700 directory for the socket of the server on ``data``.

    Raises EmbeddedError when something that isn't ours stands in its place.
    """
    name = f"sayso-{account.uid}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
    path = _root(name) / name
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        account.give(path)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        raise EmbeddedError(
            f"{path} is not a directory of user {account.uid}, so the database's socket can't be put there. "
            "Look who made it, remove it, and start Sayso again."
        )
    path.chmod(0o700)
    return path


def _root(name: str) -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [
        *([Path("/run")] if os.geteuid() == 0 else []),
        *([Path(runtime)] if runtime else []),
        Path(tempfile.gettempdir()),
        Path("/tmp"),  # noqa: S108 - only a directory that lstat shows to be ours and 0700 is used
    ]
    for root in candidates:
        if len(os.fsencode(root / name)) <= _LONGEST and os.access(root, os.W_OK | os.X_OK):
            return root
    raise EmbeddedError(
        f"None of {', '.join(map(str, candidates))} takes the database's socket. "
        "Point XDG_RUNTIME_DIR at a directory that you may write."
    )
