"""The system user that PostgreSQL runs as, since it refuses to run as root."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sayso.storage.embedded.errors import EmbeddedError

SYSTEM_USER = "sayso"
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec there must be no import and no dlopen.
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Account:
    """Who PostgreSQL runs as; ``drops`` says whether we are root and have to become it."""

    uid: int
    gid: int
    drops: bool

    def spawn(self, command: list[str], data: Path, **streams: Any) -> subprocess.Popen[bytes]:
        """Start ``command`` inside ``data`` as this user; it gets SIGINT when the calling process dies.

        The directory is entered before the user changes, so nothing above it needs to be open to the user.
        Call from a thread that lives as long as the child should: the kernel watches the thread.
        """
        parent = os.getpid()

        def tie() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:
                os._exit(1)

        who: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drops else {}
        return subprocess.Popen(
            command,
            cwd=data,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            preexec_fn=tie,  # noqa: PLW1509 - the keeper has no threads, so Python is safe here
            umask=0o077,
            **who,
            **streams,
        )

    def give(self, path: Path) -> None:
        """Make ``path`` this user's own."""
        if self.drops:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_for(data: Path) -> Account:
    """Ourselves, or as root: who owns the data already, else the system user ``sayso``, made when missing.

    Raises EmbeddedError when the data belongs to a user that we can't become.
    """
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            raise EmbeddedError(
                f"{data} belongs to user {owner.st_uid}, and this is user {os.geteuid()}. "
                "Start Sayso as that user or as root, or point SAYSO_HOME elsewhere."
            )
        return Account(os.geteuid(), os.getegid(), drops=False)
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, drops=True)
    entry = _system_user()
    return Account(entry.pw_uid, entry.pw_gid, drops=True)


def _system_user() -> pwd.struct_passwd:
    said = "`useradd` is not installed"
    for _ in range(2):  # two Sayso may make the user at the same time; the slower one finds it made
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            pass
        if useradd := shutil.which("useradd", path=os.defpath + ":/usr/sbin:/sbin"):
            made = subprocess.run(
                [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
                capture_output=True,
                text=True,
                check=False,
            )
            said = made.stderr.strip()
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root, and the system user {SYSTEM_USER} can't be made: {said}. "
            "Make that user yourself, start Sayso as an ordinary user, or set SAYSO_DATABASE_URL."
        ) from None
