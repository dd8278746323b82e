"""PostgreSQL's own dump and restore programs, pointed at one database."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sayso.storage.embedded.binaries import wheel_programs
from sayso.storage.embedded.errors import EmbeddedError


class ClientProgramsError(Exception):
    """No program here can dump or restore this server's databases; the message says what to install."""


@dataclass(frozen=True, slots=True)
class ClientPrograms:
    """`pg_dump`, `pg_restore` and `psql` that understand the server behind `address`."""

    folder: Path
    address: str

    def start(self, program: str, arguments: list[str], **streams: Any) -> subprocess.Popen[bytes]:
        """Start one of them on this database; its password goes by the environment, unseen by `ps`."""
        parts = conninfo_to_dict(self.address)
        password = parts.pop("password", None)
        return subprocess.Popen(
            [
                str(self.folder / program),
                f"--dbname={make_conninfo('', **parts)}",
                "--no-password",
                *arguments,
            ],
            env=os.environ | ({"PGPASSWORD": str(password)} if password else {}),
            stderr=subprocess.PIPE,
            **streams,
        )

    def script(self, program: str, arguments: list[str], **streams: Any) -> subprocess.Popen[bytes]:
        """Start one of them without any database."""
        return subprocess.Popen([str(self.folder / program), *arguments], stderr=subprocess.PIPE, **streams)


def client_programs(connection: psycopg.Connection, address: str) -> ClientPrograms:
    """The programs for the server of `connection`: ours where they can, else the system's.

    Ours are built without TLS. Raises ClientProgramsError where neither will do.
    """
    needed = connection.info.server_version // 10000
    candidates: list[Path] = []
    if not connection.pgconn.ssl_in_use:
        candidates.extend(_ours())
    if installed := shutil.which("pg_dump"):
        candidates.append(Path(installed).parent)
    for folder in candidates:
        if _major(folder) >= needed:
            return ClientPrograms(folder, address)
    raise ClientProgramsError(
        f"No pg_dump here can read this PostgreSQL {needed}"
        + (" over TLS. " if connection.pgconn.ssl_in_use else ". ")
        + f"Install PostgreSQL's client programs of version {needed} (on Debian: postgresql-client-{needed})."
    )


def _ours() -> list[Path]:
    try:
        return [wheel_programs()]
    except EmbeddedError:
        return []


def _major(folder: Path) -> int:
    try:
        said = subprocess.run(
            [str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else 0
