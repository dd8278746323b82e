"""Backups are tested by restoring them: every row, every sequence, every right."""

import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from sayso.cli.demo_client import Client
from sayso.storage.backup import BackupError, backup, read_manifest, restore
from sayso.storage.databases import Databases
from sayso.storage.migrate import MigrationError, migrate
from tests.consoles import Console
from tests.storage.embedded_stage import until

_CONSOLE = """
import sys
from pathlib import Path
from sayso import console
values = console.Values(database_url=sys.argv[1], secret_key="x" * 64, public_url="http://127.0.0.1:8080")
console.configure(values)
console.migrate(sys.argv[1])
"""

_HELD = """
SELECT count(*)::int FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted
"""


@pytest.fixture(scope="module")
def filled(cluster: Databases, template: str) -> Iterator[Databases]:
    """A database with rows of every awkward kind, the console's own included; tests only read it."""
    name = f"filled_{os.getpid()}"
    with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        _fill(cluster.named(name))
        yield cluster.named(name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _fill(database: Databases) -> None:
    made = subprocess.run(
        [sys.executable, "-c", _CONSOLE, database.owner_url], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    world = Console(database, 0, "", Client(""))
    for name in ("Little Fern", "Žluťoučký kůň \\ \t 🦊"):
        workspace = world.workspace(name)
        world.line(workspace, str(447700900000 + workspace))
        for n in range(10):
            world.block(workspace, 447700900100 + n, said="šťóp\n\\.")
    world.execute("UPDATE sayso.connections SET secrets = %s", bytes(range(256)))
    world.execute(
        "INSERT INTO sayso.audit (workspace_id, action, object_type, object_id) "
        "SELECT w.id, 'made', 'thing', n::text FROM sayso.workspaces w, generate_series(1, 500) n"
    )


@pytest.fixture
def empty(cluster: Databases) -> Iterator[Databases]:
    """A database with nothing in it at all."""
    name = f"empty_{os.getpid()}"
    with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield cluster.named(name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_restored_database_has_every_row_sequence_and_right(
    filled: Databases, empty: Databases, tmp_path: Path
) -> None:
    before = everything(filled)
    manifest = backup(filled, tmp_path / "sayso.backup")
    assert restore(empty, tmp_path / "sayso.backup") == manifest
    migrate(empty.owner_url, login_role=empty.login)
    after = everything(empty)
    pauses = after["rows"].pop("sayso.pauses")
    before["rows"].pop("sayso.pauses")
    assert after == before
    assert manifest.rows > 1000
    assert manifest.tables["console.django_migrations"].rows > 10
    assert ["restored from the backup of" in row for row in pauses] == [True]


def test_the_roles_see_their_rows_only_after_migrate(
    filled: Databases, empty: Databases, tmp_path: Path
) -> None:
    backup(filled, tmp_path / "sayso.backup")
    restore(empty, tmp_path / "sayso.backup")

    def counted() -> object:
        with psycopg.connect(empty.url, options="-c role=sayso_engine") as engine:
            return engine.execute("SELECT count(*) FROM sayso.workspaces").fetchone()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        counted()
    migrate(empty.owner_url, login_role=empty.login)
    assert counted() == (2,)


def test_an_owner_who_is_no_superuser_can_back_up_and_restore(
    cluster: Databases, filled: Databases, tmp_path: Path
) -> None:
    with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
        owner, name = f"landlord_{os.getpid()}", f"rented_{os.getpid()}"
        admin.execute(f"CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD 'only-for-tests'")
        admin.execute(f"GRANT sayso_owner, sayso_app, sayso_engine, sayso_door TO {owner} WITH ADMIN OPTION")
        admin.execute(f"CREATE DATABASE {name} OWNER {owner}")
        try:

            def as_owner(databases: Databases) -> Databases:
                address = psycopg.conninfo.make_conninfo(
                    databases.owner_url, user=owner, password="only-for-tests"
                )
                return Databases(owner_url=address, url=databases.url)

            rented = as_owner(cluster.named(name))
            backup(as_owner(filled), tmp_path / "sayso.backup")
            restore(rented, tmp_path / "sayso.backup")
            migrate(rented.owner_url, login_role=rented.login)
            before, after = everything(filled), everything(rented)
            assert before["rows"].pop("sayso.pauses") != after["rows"].pop("sayso.pauses")
            assert after == before
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            with psycopg.connect(filled.owner_url, autocommit=True) as there:
                there.execute(f"DROP OWNED BY {owner}")
            admin.execute(f"DROP OWNED BY {owner}")
            admin.execute(f"DROP ROLE {owner}")


def test_a_database_that_holds_a_sayso_is_never_restored_over(filled: Databases, tmp_path: Path) -> None:
    backup(filled, tmp_path / "sayso.backup")
    before = everything(filled)
    with pytest.raises(BackupError, match="already holds a Sayso"):
        restore(filled, tmp_path / "sayso.backup")
    assert everything(filled) == before


def test_a_migrated_database_without_any_workspace_counts_as_empty(
    database: Databases, tmp_path: Path
) -> None:
    backup(database, tmp_path / "sayso.backup")
    restore(database, tmp_path / "sayso.backup")
    migrate(database.owner_url, login_role=database.login)


def test_a_restore_that_was_killed_is_refused_by_migrate_and_can_be_repeated(
    filled: Databases, empty: Databases, tmp_path: Path
) -> None:
    backup(filled, tmp_path / "sayso.backup")
    story = (
        "import sys; from pathlib import Path; from sayso.storage.backup import restore\n"
        "from sayso.storage.databases import Databases\n"
        "restore(Databases.external(sys.argv[1]), Path(sys.argv[2]))"
    )
    with psycopg.connect(empty.owner_url, autocommit=True) as watcher:
        # The restore comes no further than its first index, so that it is killed in its midst.
        watcher.execute("SELECT pg_advisory_lock(1)")
        watcher.execute(
            "CREATE FUNCTION public.hold() RETURNS event_trigger LANGUAGE plpgsql "
            "AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); END $$; "
            "CREATE EVENT TRIGGER hold ON ddl_command_start WHEN TAG IN ('CREATE INDEX') "
            "EXECUTE FUNCTION public.hold()"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", story, empty.owner_url, str(tmp_path / "sayso.backup")]
        )
        until(lambda: watcher.execute(_HELD).fetchone() == (1,))
        child.kill()
        child.wait()
        watcher.execute("SELECT pg_advisory_unlock(1)")
        until(
            lambda: (
                watcher.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                ).fetchone()
                == (1,)
            )
        )
        watcher.execute("DROP EVENT TRIGGER hold; DROP FUNCTION public.hold")
    with pytest.raises(MigrationError, match="cut short"):
        migrate(empty.owner_url, login_role=empty.login)
    restore(empty, tmp_path / "sayso.backup")
    migrate(empty.owner_url, login_role=empty.login)


def test_a_backup_is_private_and_never_overwrites(database: Databases, tmp_path: Path) -> None:
    file = tmp_path / "sayso.backup"
    backup(database, file)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupError, match="exists already"):
        backup(database, file)
    with pytest.raises(BackupError, match="can't be written"):
        backup(database, tmp_path / "nowhere" / "sayso.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["sayso.backup"]


def test_a_backup_that_finds_no_room_says_so_and_leaves_nothing(database: Databases, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(BackupError, match="Make room"):
            backup(database, tmp_path / "sayso.backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("harm", ["cut", "flip", "other", "newer"])
def test_a_file_that_is_no_sound_backup_is_refused_before_anything_is_touched(
    database: Databases, empty: Databases, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "sayso.backup"
    backup(database, file)
    whole = file.read_bytes()
    if harm == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif harm == "flip":
        middle = len(whole) // 2
        file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    elif harm == "other":
        file.write_text("Dear diary")
    else:
        told = json.loads(zipfile.ZipFile(file).read("manifest.json"))
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("manifest.json", json.dumps(told | {"steps": [*told["steps"], "9999_later"]}))
    expected = {"newer": "which is newer", "flip": "damaged"}.get(harm, "no backup of Sayso")
    with pytest.raises(BackupError, match=expected):
        restore(empty, file)
    with psycopg.connect(empty.owner_url) as connection:
        assert connection.execute("SELECT to_regnamespace('sayso')").fetchone() == (None,)


@pytest.mark.parametrize("harm", ["dump cut short", "rows differ", "server refuses"])
def test_a_restore_that_fails_opens_nothing(
    filled: Databases, empty: Databases, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "sayso.backup"
    backup(filled, file)
    with zipfile.ZipFile(file) as archive:
        dump, told = archive.read("database.dump"), json.loads(archive.read("manifest.json"))
    if harm == "dump cut short":
        dump = dump[: len(dump) * 3 // 4]
    if harm == "rows differ":
        told["tables"]["sayso.blocks"]["rows"] += 1
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("database.dump", dump)
        archive.writestr("manifest.json", json.dumps(told))
    with psycopg.connect(empty.owner_url, autocommit=True) as admin:
        if harm == "server refuses":
            admin.execute(
                "CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql "
                "AS $$ BEGIN RAISE 'the disk is full'; END $$; "
                "CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE INDEX') "
                "EXECUTE FUNCTION public.refuse()"
            )
        expected = {
            "dump cut short": "could not be read",
            "rows differ": "differs from .* in sayso.blocks",
            "server refuses": "the disk is full",
        }[harm]
        with pytest.raises(BackupError, match=expected):
            restore(empty, file)
        if harm != "rows differ":
            tables = admin.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'sayso'").fetchone()
            assert tables == (0,)
    with pytest.raises(MigrationError, match="cut short"):
        migrate(empty.owner_url, login_role=empty.login)


def test_a_manifest_tells_of_when_and_where_it_is(database: Databases, tmp_path: Path) -> None:
    told = backup(database, tmp_path / "sayso.backup")
    assert read_manifest(tmp_path / "sayso.backup") == told
    assert told.timeline >= 1
    assert told.lsn.count("/") == 1


def everything(databases: Databases) -> dict[str, dict[str, object]]:
    """All rows, sequences, columns, policies and rights, read by ways of our own."""
    with psycopg.connect(databases.owner_url) as connection:
        ask: Callable[[str], list[tuple[object, ...]]] = lambda query: connection.execute(query).fetchall()  # noqa: E731
        tables = ask(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('sayso', 'console')"
        )
        return {
            "rows": {
                str(table): sorted(row for (row,) in ask(f"SELECT t::text FROM {table} t"))
                for (table,) in sorted(tables)
            },
            "sequences": dict(
                ask(
                    "SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences "
                    "WHERE schemaname IN ('sayso', 'console')"
                )
            ),
            "policies": {"all": sorted(map(str, ask("SELECT * FROM pg_policies")))},
            "rights": {
                "all": sorted(
                    map(
                        str,
                        ask(
                            "SELECT grantee, table_schema, table_name, privilege_type "
                            "FROM information_schema.role_table_grants "
                            "WHERE table_schema IN ('sayso', 'console') AND grantee LIKE 'sayso%'"
                        ),
                    )
                )
            },
            "owners": {
                "all": ask(
                    "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('sayso', 'console')"
                )
            },
        }
