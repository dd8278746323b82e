"""One database cluster on disk: made, configured, started, stopped."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sayso.storage.embedded.account import Account
from sayso.storage.embedded.errors import EmbeddedError
from sayso.storage.embedded.occupants import FAST_SHUTDOWN_SECONDS, vacate

SUPERUSER = "postgres"
_UNFINISHED = "initdb.unfinished"
_GIGABYTE = 1024**3
_GRAVE = ("ERROR", "FATAL", "PANIC")

# Measured on two cores: batching pays for the fsync, so nothing here buys speed with safety.
_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "60",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "wal_compression": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_naptime": "10s",
    "autovacuum_vacuum_cost_delay": "0",
    # Tiny and read-only /dev/shm are common in containers, and posix memory panics there.
    "dynamic_shared_memory_type": "mmap",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%u.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    # DETAIL and CONTEXT would write people's numbers and texts into the log.
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster under ``home/database``, run as ``account`` with the programs in ``programs``."""

    home: Path
    account: Account
    programs: Path

    @property
    def data(self) -> Path:
        """The data directory; everything in it is PostgreSQL's."""
        return self.home / "database"

    @property
    def log(self) -> Path:
        """What the server said before its own log under ``database/log`` was open."""
        return self.home / "database-start.log"

    def prepare(self, version: str) -> None:
        """Make the cluster unless it is there; one whose making was cut short is made anew.

        ``version`` is the major version of the programs. Raises EmbeddedError if the data is of another.
        """
        if (self.home / _UNFINISHED).exists():
            if self.data.exists():
                vacate(self.data)
                shutil.rmtree(self.data)
            (self.home / _UNFINISHED).unlink()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != version:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {found}, and this Sayso brings PostgreSQL {version}. "
                "Make a backup with the former Sayso, and restore it with this one into an empty SAYSO_HOME."
            )

    def launch(self, socket_directory: Path, overrides: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start the server; it accepts connections once ``is_ready``."""
        vacate(self.data, socket_directory / ".s.PGSQL.5432.lock")
        self._write_settings()
        options = {"unix_socket_directories": str(socket_directory), **overrides}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.log.unlink(missing_ok=True)
        self.log.touch(mode=0o600)
        with self.log.open("wb") as log:
            return self.account.spawn(
                [str(self.programs / "postgres"), "-D", "/proc/self/cwd", *arguments],
                self.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def is_ready(self, server: subprocess.Popen[bytes]) -> bool:
        """Whether ``server`` has finished recovery and takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready"

    def said(self) -> str:
        """What the server said went wrong while it started, with the file that says more."""
        lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        if not any("redirecting log output" in line for line in lines):
            return "\n".join(lines[-5:])
        # From then on it speaks there, and says here no more than that.
        try:
            newest = max((self.data / "log").iterdir(), key=lambda file: file.stat().st_mtime)
            said = newest.read_text("utf-8", "replace").strip().splitlines()
        except (OSError, ValueError):
            return "\n".join(lines[-5:])
        bad = [line for line in said if any(f"{level}:" in line for level in _GRAVE)]
        return "\n".join([*(bad or said)[-5:], f"({newest} says more.)"])

    def _initialise(self) -> None:
        password = password_in(self.home / "database.password")
        if self.data.exists() and any(self.data.iterdir()):
            raise EmbeddedError(
                f"{self.data} holds files but no database. Move them away, or point SAYSO_HOME elsewhere."
            )
        (self.home / _UNFINISHED).touch(mode=0o600)
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.account.give(self.data)
        self._initdb(password)
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                "\n# Written anew at each start. To differ, use ALTER SYSTEM.\ninclude 'sayso.conf'\n"
            )
        (self.home / _UNFINISHED).unlink()

    def _initdb(self, password: str) -> None:
        reading, writing = os.pipe()
        try:
            if self.account.drops:
                os.fchown(reading, self.account.uid, self.account.gid)  # opened again by path, as that user
            os.write(writing, password.encode())
            os.close(writing)
            child = self.account.spawn(
                [str(self.programs / "initdb"), *_initdb_arguments(reading)],
                self.data,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(reading,),
            )
            said, _ = child.communicate()
        finally:
            os.close(reading)
        if child.returncode:
            raise EmbeddedError(
                f"PostgreSQL could not make a database in {self.data}: {_last_line(said)}. "
                "Mend that and start Sayso again; the half-made database is then made anew."
            )

    def _write_settings(self) -> None:
        """Put our settings beside PostgreSQL's own; ALTER SYSTEM still wins over them."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        buffers = "256MB" if memory >= 8 * _GIGABYTE else "128MB"
        text = "".join(
            f"{name} = '{value}'\n" for name, value in (_SETTINGS | {"shared_buffers": buffers}).items()
        )
        path = self.data / "sayso.conf.new"
        path.unlink(missing_ok=True)
        # The directory is the system user's: as root we follow no link that it may have laid.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        self.account.give(path)
        path.rename(self.data / "sayso.conf")


def password_in(path: Path) -> str:
    """The password kept in ``path``, made at random the first time (0600)."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        if kept := path.read_text().strip():
            return kept
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)  # a kill came before the write
    password = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
        file.flush()
        os.fsync(descriptor)
    return password


def shut_down(server: subprocess.Popen[bytes]) -> None:
    """Close the server: cleanly, then quickly, then by force."""
    for number, seconds in (
        (signal.SIGINT, FAST_SHUTDOWN_SECONDS),
        (signal.SIGQUIT, 10.0),
        (signal.SIGKILL, 10.0),
    ):
        if server.poll() is not None:
            return
        server.send_signal(number)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def _initdb_arguments(password_descriptor: int) -> list[str]:
    return [
        "-D",
        "/proc/self/cwd",
        f"--username={SUPERUSER}",
        f"--pwfile=/proc/self/fd/{password_descriptor}",
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "-c",
        "dynamic_shared_memory_type=mmap",  # initdb's own server panics without it where /dev/shm is tiny
    ]


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return next(
        (line for line in reversed(lines) if "error" in line.lower() or "fatal" in line.lower()), ""
    ) or (lines[-1] if lines else "it was ended from outside")
