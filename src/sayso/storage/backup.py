"""Backups that were proved by restoring: one file, one moment, compared row for row afterwards."""

import os
import subprocess
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from shutil import copyfileobj
from threading import Thread
from typing import IO

import msgspec
import psycopg
from psycopg.rows import TupleRow

from sayso.storage.client_programs import ClientPrograms, client_programs
from sayso.storage.databases import Databases
from sayso.storage.fingerprints import Fingerprint, fingerprints
from sayso.storage.migrate import RESTORING, steps
from sayso.storage.queries import load

SQL = load("backup")
_MANIFEST, _DUMP = "manifest.json", "database.dump"
_OURS = ["--schema=sayso", "--schema=console"]
KEEP_THE_KEY = (
    "Keep SAYSO_SECRET_KEY (or the file secret.key of SAYSO_HOME) too, in another place than the backup: "
    "without it the restored secrets of your providers can't be opened."
)


class BackupError(Exception):
    """A backup or restore did not happen, or not wholly; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is: of when, of which schema, with which rows; timeline and LSN are its server's."""

    format: int
    sayso: str
    taken_at: datetime
    server_version: int
    lsn: str
    timeline: int
    system_identifier: str
    steps: list[str]
    tables: dict[str, Fingerprint]

    @property
    def rows(self) -> int:
        """How many rows the backup holds in all."""
        return sum(table.rows for table in self.tables.values())


def backup(databases: Databases, file: Path) -> Manifest:
    """Write everything that Sayso and its console hold at this moment into one new file (0600).

    The secret key is not in it: see KEEP_THE_KEY. Reading holds one snapshot from beginning to end, which
    slows the queues of a busy database, so take backups in a quiet hour or from a replica. Raises
    BackupError, ClientProgramsError.
    """
    if file.exists():
        raise BackupError(f"{file} exists already. Choose another name; backups are never overwritten.")
    partial = file.with_name(file.name + ".partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise BackupError(f"{partial} can't be written ({error.strerror}). Choose another place.") from error
    try:
        with os.fdopen(descriptor, "wb") as target:
            manifest = _write(databases, target)
            target.flush()
            os.fsync(target.fileno())
        partial.rename(file)
    except OSError as error:
        told = f"{file} can't be written ({error.strerror}). Make room there, or choose another place."
        raise BackupError(told) from error
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def restore(databases: Databases, file: Path) -> Manifest:
    """Fill an empty database from a backup, compare every table with it, and leave all sending paused.

    Run `migrate` afterwards: it opens the tables to the roles and brings them to this version's schema.
    Sending stays paused until `sayso recover`, because texts may have gone out and opt-outs come in since.
    A restore that was cut short leaves a database that `migrate` refuses; run it again. Raises BackupError,
    ClientProgramsError.
    """
    manifest = read_manifest(file)
    with psycopg.connect(databases.owner_url, autocommit=True) as connection:
        _refuse_occupied(connection)
        programs = client_programs(connection, databases.owner_url)
        _clear(connection)
        _fill(programs, file)
        with connection.transaction():
            _compare(fingerprints(connection), manifest, file)
        with connection.transaction():
            why = f"restored from the backup of {manifest.taken_at:%Y-%m-%d %H:%M} UTC; see `sayso recover`"
            connection.execute(SQL["pause"], {"why": why})
            connection.execute(f"DROP SCHEMA {RESTORING}")
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What the backup in `file` says of itself; raises BackupError where it is none, damaged, or too new."""
    try:
        with zipfile.ZipFile(file) as archive:
            damaged = archive.testzip()
            manifest = msgspec.json.decode(archive.read(_MANIFEST), type=Manifest)
    except OSError as error:
        raise BackupError(f"{file} can't be read ({error.strerror}).") from error
    except (zipfile.BadZipFile, KeyError, msgspec.DecodeError) as error:
        raise BackupError(f"{file} is no backup of Sayso, or is damaged. Take another one.") from error
    if damaged:
        raise BackupError(f"{file} is damaged (in {damaged}). Take another one.")
    unknown = sorted(set(manifest.steps) - {step.name for step in steps()})
    if manifest.format != 1 or unknown:
        raise BackupError(
            f"{file} was made by Sayso {manifest.sayso}, which is newer than this {version('sayso')}. "
            "Restore it with that version."
        )
    return manifest


def _write(databases: Databases, target: IO[bytes]) -> Manifest:
    with psycopg.connect(databases.owner_url, autocommit=True) as connection:
        connection.execute("SET ROLE sayso_owner")  # refused here rather than in pg_dump's words
        connection.execute("RESET ROLE")
        programs = client_programs(connection, databases.owner_url)
        lsn, timeline, system = _one(connection, "position")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Rows are dumped and counted as of the same instant.
        (snapshot,) = _row(connection.execute("SELECT pg_export_snapshot()"))
        with zipfile.ZipFile(target, "w") as archive:
            _dump(programs, snapshot, archive)
            manifest = Manifest(
                format=1,
                sayso=version("sayso"),
                taken_at=datetime.now(UTC),
                server_version=connection.info.server_version,
                lsn=lsn,
                timeline=timeline,
                system_identifier=system,
                steps=[name for (name,) in connection.execute(SQL["steps"])],
                tables=fingerprints(connection),
            )
            archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _dump(programs: ClientPrograms, snapshot: str, archive: zipfile.ZipFile) -> None:
    arguments = ["--format=custom", f"--snapshot={snapshot}", "--role=sayso_owner", *_OURS]
    child = programs.start("pg_dump", arguments, stdout=subprocess.PIPE)
    try:
        with archive.open(_DUMP, "w", force_zip64=True) as member:
            copyfileobj(_pipe(child.stdout), member, 1 << 20)
        _await(child, "The backup was not taken")
    finally:
        # Where its file cannot be written any more, it would wait for somebody to read on.
        child.kill()
        child.wait()


def _refuse_occupied(connection: psycopg.Connection) -> None:
    (made, unfinished) = _row(
        connection.execute("SELECT to_regclass('sayso.inbound_numbers'), to_regnamespace(%s)", [RESTORING])
    )
    if made and not unfinished and _one(connection, "occupied") == (True,):
        raise BackupError(
            f"The database {connection.info.dbname} already holds a Sayso. A backup is only restored into an "
            "empty one: point SAYSO_HOME or SAYSO_DATABASE_URL at a new place."
        )


def _clear(connection: psycopg.Connection) -> None:
    """Empty schemas that belong to the owner; nobody else may use them before `migrate` says so."""
    connection.execute((files("sayso.storage") / "roles.sql").read_text(encoding="utf-8"))
    connection.execute("GRANT sayso_owner TO CURRENT_USER")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {RESTORING}")
    with connection.transaction():
        connection.execute("DROP SCHEMA IF EXISTS sayso, console CASCADE")
        connection.execute("CREATE SCHEMA sayso AUTHORIZATION sayso_owner")
        connection.execute("CREATE SCHEMA console AUTHORIZATION sayso_owner")


def _fill(programs: ClientPrograms, file: Path) -> None:
    """Run the dump as one transaction; whatever goes wrong, psql is ended before it may commit."""
    restoring = ["--file=-", "--no-owner", "--role=sayso_owner", *_OURS]
    dump = programs.script("pg_restore", restoring, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    playing = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"]
    play = programs.start("psql", playing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    feeder = Thread(target=_feed, args=(file, dump))
    feeder.start()
    try:
        try:
            _pour(dump, play)
            _await(dump, "The backup could not be read")
        except BrokenPipeError:
            dump.kill()  # psql ended early, and says why below
        with suppress(BrokenPipeError):
            _pipe(play.stdin).close()
        _await(play, "The backup was not restored")
    finally:
        for child in (play, dump):
            child.kill()
            child.wait()
        feeder.join()


def _feed(file: Path, dump: subprocess.Popen[bytes]) -> None:
    target = _pipe(dump.stdin)
    with suppress(BrokenPipeError), target, zipfile.ZipFile(file) as archive, archive.open(_DUMP) as member:
        copyfileobj(member, target, 1 << 20)


def _pour(dump: subprocess.Popen[bytes], play: subprocess.Popen[bytes]) -> None:
    source, target = _pipe(dump.stdout), _pipe(play.stdin)
    # The settings stand above the first statement. Servers before 17 don't know this one.
    for line in source:
        if line != b"SET transaction_timeout = 0;\n":
            target.write(line)
        if line.startswith((b"CREATE ", b"ALTER ", b"COPY ")):
            break
    copyfileobj(source, target, 1 << 20)
    target.flush()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - each of these was asked for
    return stream


def _await(child: subprocess.Popen[bytes], failure: str) -> None:
    said = _pipe(child.stderr).read().decode("utf-8", "replace").strip()
    if child.wait():
        raise BackupError(f"{failure}. PostgreSQL says: {said}")


def _compare(found: dict[str, Fingerprint], manifest: Manifest, file: Path) -> None:
    differing = sorted(
        name for name in found | manifest.tables if found.get(name) != manifest.tables.get(name)
    )
    if differing:
        raise BackupError(
            f"What was restored differs from {file} in {', '.join(differing)}, so it is not opened for use. "
            "Restore another backup, and report this."
        )


def _one(connection: psycopg.Connection, query: str) -> TupleRow:
    return _row(connection.execute(SQL[query]))


def _row(cursor: psycopg.Cursor[TupleRow]) -> TupleRow:
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - these queries always answer
    return row
