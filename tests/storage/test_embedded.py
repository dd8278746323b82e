"""The embedded database, as root and as an ordinary user, with everything killed that can be."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sayso.storage.embedded.occupants import is_running, occupants
from tests.storage.embedded_stage import (
    Writer,
    answers,
    everybody,
    home_of,
    kill,
    launch,
    started,
    until,
)


@pytest.fixture(scope="module", params=everybody())
def user(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def home(user: str) -> Iterator[Path]:
    """One home for all tests that leave a sound database behind."""
    with home_of(user) as path:
        yield path


def test_the_database_runs_under_a_closed_home_and_opens_nothing(home: Path, user: str) -> None:
    with started(home, user) as sayso, psycopg.connect(sayso.facts["url"]) as connection:
        mine = connection.execute(
            "SELECT current_user, rolsuper, rolinherit FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        sockets = Path(connection.info.host)
        assert mine == ("sayso", False, False)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert not [path for path in (home, home.parent) if stat.S_IMODE(path.stat().st_mode) & 0o077]
        assert not [path for path in home.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert not sockets.exists()


def test_no_password_is_no_entry(home: Path, user: str) -> None:
    with started(home, user) as sayso, psycopg.connect(sayso.facts["url"]) as connection:
        for role in ("postgres", "sayso"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(host=connection.info.host, user=role, dbname="sayso")


def test_a_second_start_names_the_process_that_holds_the_home(home: Path, user: str) -> None:
    with started(home, user) as first, started(home, user) as second:
        assert second.facts == {
            "kind": "HomeInUseError",
            "error": f"{home} is in use by process {first.process.pid}. "
            "Stop it, or point SAYSO_HOME elsewhere.",
        }
        assert answers(first.facts["url"])


def test_nothing_acknowledged_is_lost_when_sayso_is_killed(home: Path, user: str) -> None:
    with started(home, user) as sayso:
        writer = Writer(sayso.facts["owner_url"])
        postmaster = sayso.postmaster()
        sayso.kill()
        until(lambda: not is_running(postmaster))
    with started(home, user) as again:
        assert writer.lost(again.facts["owner_url"]) == set()


def test_nothing_acknowledged_is_lost_when_the_keeper_is_killed(home: Path, user: str) -> None:
    with started(home, user) as sayso:
        writer = Writer(sayso.facts["owner_url"])
        kill(sayso.keeper())
        sayso.kill()
    with started(home, user) as again:
        assert writer.lost(again.facts["owner_url"]) == set()


def test_a_killed_postmaster_comes_back_by_itself_with_all_that_was_acknowledged(
    home: Path, user: str
) -> None:
    with started(home, user) as sayso:
        writer = Writer(sayso.facts["owner_url"])
        killed = sayso.postmaster()
        kill(killed)
        until(lambda: answers(sayso.facts["url"]))
        assert sayso.postmaster() != killed
        assert writer.lost(sayso.facts["owner_url"]) == set()


def test_what_a_terminal_or_systemd_sends_to_all_does_not_close_the_database_early(
    home: Path, user: str
) -> None:
    with started(home, user) as sayso:
        keeper, postmaster = sayso.keeper(), sayso.postmaster()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(keeper, number)
        assert len({os.getsid(pid) for pid in (keeper, postmaster, sayso.process.pid)}) == 3
        with psycopg.connect(sayso.facts["url"]):
            assert (sayso.keeper(), sayso.postmaster()) == (keeper, postmaster)
        sayso.end()
        assert not is_running(keeper)
        assert not is_running(postmaster)


def test_an_orphaned_worker_does_not_hold_the_home(home: Path, user: str) -> None:
    with started(home, user, "worker") as sayso:
        sayso.kill()
    with started(home, user) as again:
        assert answers(again.facts["url"])
        assert is_running(sayso.facts["worker"])
        kill(sayso.facts["worker"])


def test_a_pid_file_whose_number_was_given_to_a_stranger_does_not_hinder(home: Path, user: str) -> None:
    with started(home, user) as sayso:
        kill(sayso.keeper())  # PostgreSQL closes, and we put the file of a dead machine in its place
        file = home / "database" / "postmaster.pid"
        text = file.read_text()
        sayso.kill()
    until(lambda: not occupants(home / "database"))
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, cwd="/")
    file.write_text("\n".join([str(stranger.pid), *text.split("\n")[1:]]))
    os.chown(file, (home / "database").stat().st_uid, -1)
    with started(home, user) as again:
        assert answers(again.facts["url"])
    stranger.communicate(b"\n")


KILLED = ("everything", "nothing else", "the keeper")
# Making a cluster takes seconds, and who makes it changes nothing about what is killed beside.
KILLINGS = [(user, also) for n, user in enumerate(everybody()) for also in (KILLED if n == 0 else KILLED[:1])]


@pytest.mark.parametrize(("user", "also"), KILLINGS)
def test_a_killed_initdb_is_healed_by_the_next_start(user: str, also: str) -> None:
    with home_of(user) as home:
        process = launch(home, user)
        initdb = _await_initdb(home)
        keeper = _parent(initdb)
        if also == "everything":
            process.kill()
        if also != "nothing else":
            kill(keeper)
        kill(initdb)
        said, _ = process.communicate()
        assert (home / "initdb.unfinished").exists()
        assert (also == "everything") or "start Sayso again" in said
        with started(home, user) as again:
            assert answers(again.facts["url"])
        assert not (home / "initdb.unfinished").exists()


def test_a_data_path_of_two_hundred_characters_works(user: str) -> None:
    with home_of(user, under="/".join(["d" * 49] * 4)) as home, started(home, user) as sayso:
        assert answers(sayso.facts["url"])


def _await_initdb(home: Path) -> int:
    found: list[int] = []

    def look() -> bool:
        for pid in occupants(home / "database"):
            try:
                if Path(f"/proc/{pid}/exe").readlink().name == "initdb":
                    found.append(pid)
            except OSError:
                continue
        return bool(found)

    until(look)
    return found[0]


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
