"""Brings a database to this version's schema; twice in a row changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

import psycopg
from psycopg import sql

# Any number will do, as long as every Sayso uses the same one.
LOCK = 0x5A_15_0
ROLES = ("sayso_owner", "sayso_app", "sayso_engine", "sayso_door")
MONTHS_AHEAD = 4
# A schema that stands as long as a restore is under way (storage/backup.py).
RESTORING = "sayso_restoring"
NOTED = "migrated by edition "


class MigrationError(Exception):
    """The database cannot be brought to this version; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered file of `storage/schema/`."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """A short hash that tells whether an applied file was edited afterwards."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def migrate(owner_url: str, *, login_role: str | None = None, now: datetime | None = None) -> list[str]:
    """Make roles, apply the steps not yet applied, make partitions ahead; return the names applied.

    `owner_url` is a superuser, or a role that may create roles and schemas. `login_role` is made a member
    of the app, engine and door roles (the one everybody else connects as). Runs under an advisory lock,
    one transaction a step. Raises MigrationError where an applied step was edited or the server is too old.
    """
    with psycopg.connect(owner_url, autocommit=True) as conn:
        _refuse_old_server(conn)
        conn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        _refuse_half_restored(conn)
        _make_roles(conn, login_role)
        applied = _apply(conn)
        conn.execute("SET ROLE sayso_owner")
        conn.execute(
            "SELECT sayso.make_partitions((%s::date - interval '1 month')::date, %s)",
            (now or datetime.now(UTC), MONTHS_AHEAD + 1),
        )
        return applied


def note_console(owner_url: str, edition: str) -> None:
    """Keep which edition of the console has migrated its tables; only once all of it is done."""
    with psycopg.connect(owner_url, autocommit=True) as conn:
        conn.execute("SET ROLE sayso_owner")
        # On the schema itself: whoever drops it, or fills it from a backup, takes this along.
        conn.execute(sql.SQL("COMMENT ON SCHEMA console IS {}").format(sql.Literal(NOTED + edition)))


def has_console(owner_url: str, edition: str) -> bool:
    """Whether this edition of the console was the last to migrate its tables, and came to its end."""
    with psycopg.connect(owner_url, autocommit=True) as conn:
        found = conn.execute(
            "SELECT obj_description(to_regnamespace('console')::oid, 'pg_namespace')"
        ).fetchone()
        return found == (NOTED + edition,)


def latest() -> str:
    """The name of the newest step that this version knows."""
    return steps()[-1].name


def steps() -> list[Step]:
    """The numbered steps, in order."""
    folder = files("sayso.storage") / "schema"
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name
    )
    return [Step(entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8")) for entry in found]


def _refuse_old_server(conn: psycopg.Connection) -> None:
    if conn.info.server_version < 150000:
        raise MigrationError(
            f"this is PostgreSQL {conn.info.server_version // 10000}; Sayso needs 15 or newer. "
            "Point SAYSO_DATABASE_URL at a newer server, or leave it out to use the embedded one."
        )


def _refuse_half_restored(conn: psycopg.Connection) -> None:
    found = conn.execute("SELECT to_regnamespace(%s) IS NOT NULL", (RESTORING,)).fetchone()
    if found == (True,):
        raise MigrationError(
            "a backup was being restored into this database and that was cut short, so it may hold half "
            "of it. "
            "Run `sayso restore` again."
        )


def _make_roles(conn: psycopg.Connection, login_role: str | None) -> None:
    conn.execute((files("sayso.storage") / "roles.sql").read_text(encoding="utf-8"))
    conn.execute("GRANT sayso_owner TO CURRENT_USER")
    if login_role:
        conn.execute(
            sql.SQL("GRANT sayso_app, sayso_engine, sayso_door TO {}").format(sql.Identifier(login_role))
        )
    else:
        conn.execute("GRANT sayso_app, sayso_engine, sayso_door TO CURRENT_USER")
    for schema, usage in (("sayso", "sayso_app, sayso_engine, sayso_door"), ("console", "sayso_app")):
        name = sql.Identifier(schema)
        conn.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION sayso_owner").format(name))
        conn.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(name, sql.SQL(usage)))
    # Django makes its own tables, as the owner; the console uses them as the app.
    for kind, grants in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        conn.execute(
            sql.SQL(
                "ALTER DEFAULT PRIVILEGES FOR ROLE sayso_owner IN SCHEMA console GRANT {} ON {} TO sayso_app"
            ).format(sql.SQL(grants), sql.SQL(kind))
        )


def _apply(conn: psycopg.Connection) -> list[str]:
    conn.execute("SET ROLE sayso_owner")
    conn.execute(
        "CREATE TABLE IF NOT EXISTS sayso.migrations (name text PRIMARY KEY, checksum text NOT NULL, "
        "applied_at timestamptz NOT NULL DEFAULT now())"
    )
    conn.execute("GRANT SELECT ON sayso.migrations TO sayso_app, sayso_engine, sayso_door")
    known: dict[str, str] = dict(conn.execute("SELECT name, checksum FROM sayso.migrations").fetchall())
    applied = []
    for step in steps():
        if step.name in known:
            _refuse_edited(step, known[step.name])
            continue
        with conn.transaction():
            conn.execute(step.text)
            conn.execute(
                "INSERT INTO sayso.migrations (name, checksum) VALUES (%s, %s)", (step.name, step.checksum)
            )
        applied.append(step.name)
    conn.execute("RESET ROLE")
    return applied


def _refuse_edited(step: Step, known: str) -> None:
    if step.checksum != known:
        raise MigrationError(
            f"schema step {step.name} was applied in another wording. This program and this database do not "
            "belong together: run the version of Sayso that made it, or restore a backup into a new database."
        )
