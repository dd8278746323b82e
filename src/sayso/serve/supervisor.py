"""`sayso serve`: brings up the database, the doors, the engine and the carrier, and keeps them up.

This process forks nothing that inherits its state and does no work of its own, so that little can fail in it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack

import structlog

from sayso.observe import logs
from sayso.serve.child import command
from sayso.serve.database import Opened, opened
from sayso.serve.environment import environ_of, without_settings
from sayso.serve.migration import in_words, migrate_without_console
from sayso.serve.ports import refuse_if_taken
from sayso.serve.processes import Child
from sayso.serve.readiness import is_ready
from sayso.serve.wake import Wake, signals
from sayso.settings import Settings, SettingsError, written
from sayso.storage.embedded.lock import held

log = structlog.get_logger(__name__)

READY_SECONDS = 60.0


def run(settings: Settings, *, doors_only: bool = False, ready: Callable[[], None] = lambda: None) -> int:
    """Serve until SIGTERM or SIGINT; the exit code. `ready` is called once, when the doors answer.

    `doors_only` leaves the engine to other processes (`sayso work`). Raises SettingsError, EmbeddedError.
    """
    logs.configure(settings.log, process="serve", level=settings.log_level)
    refuse_if_taken("SAYSO_BIND", settings.bind)
    if not doors_only:
        refuse_if_taken("SAYSO_CARRIER_BIND", settings.carrier_bind)
    with ExitStack() as stack:
        wake = stack.enter_context(signals())
        if settings.database_url:
            settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            stack.enter_context(held(settings.home, os.getpid()))
        database = stack.enter_context(opened(settings, attach=False))
        environ = environ_of(settings, database)
        _migrate(environ, database)
        children = _children(settings, environ, doors_only=doors_only)
        supervisor = Supervisor(settings, children, database, wake)
        return supervisor.run(ready)


class Supervisor:
    """Watches the children and the database until it is asked to end."""

    def __init__(self, settings: Settings, children: list[Child], database: Opened, wake: Wake) -> None:
        self._settings = settings
        self._children = children
        self._database = database
        self._wake = wake
        self._lost = ""

    def run(self, ready: Callable[[], None]) -> int:
        """Start everything, tell when it is ready, keep it up, end it in order; the exit code."""
        for child in self._children:
            child.start()
        if self._database.embedded:
            self._database.embedded.watch(self._note_loss)
        try:
            if self._await_ready():
                ready()
            self._keep_up()
        finally:
            self._end()
        if self._lost:
            log.error("the database is gone for good", because=self._lost)
        return 1 if self._lost else 0

    def _await_ready(self) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while not self._wake.asked and not self._lost:
            if is_ready(self._settings.bind):
                return True
            if time.monotonic() > deadline:
                log.error(f"the doors are not ready after {READY_SECONDS:g} s; the lines above say why")
                return False
            self._look(most=0.05)
        return False

    def _keep_up(self) -> None:
        while not self._wake.asked and not self._lost:
            self._look(most=5.0)

    def _look(self, most: float) -> None:
        # A child's end wakes us, so the time is only a net.
        self._wake.wait(min(most, *(child.look() for child in self._children)))

    def _end(self) -> None:
        log.info("ending: doors, engine, carrier, database")
        # The doors first: nothing new comes in. Then the engine finishes what it holds, with its carrier.
        for child in self._children:
            child.ask_to_end()
            child.await_end()

    def _note_loss(self, why: str) -> None:
        self._lost = why
        self._wake.poke()


def _migrate(environ: Mapping[str, str], database: Opened) -> None:
    applied = migrate_without_console(database.databases)
    if applied is not None:
        log.info(in_words(applied))
        return
    # A process of its own: it needs Django, and this one shall stay small.
    owner = {"SAYSO_DATABASE_OWNER_URL": database.databases.owner_url}
    done = subprocess.run(
        [sys.executable, "-m", "sayso.cli.main", "migrate"],
        env={**environ, **owner},
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if said := done.stdout.strip():
        log.info(said)
    if done.returncode:
        raise SettingsError(
            "SAYSO_DATABASE_URL",
            "names a database that can't be brought to this version",
            "The lines above say why.",
        )


def _children(settings: Settings, environ: Mapping[str, str], *, doors_only: bool) -> list[Child]:
    web = Child("the web server", command("sayso.serve.web"), environ, drain_seconds=20)
    if doors_only:
        return [web]
    engine = Child(
        "the engine",
        command("sayso.cli.main", "work", "--carrier-url", settings.carrier_url),
        environ,
        drain_seconds=40,
    )
    carrier = Child(
        "the simulated carrier",
        command(
            "sayso.carrier.main",
            *("--home", str(settings.home)),
            *("--bind", written(settings.carrier_bind)),
            *("--sayso", settings.local_url),
            *("--log", environ["SAYSO_LOG"], "--level", settings.log_level),
        ),
        without_settings(environ),
        drain_seconds=5,
    )
    return [web, engine, carrier]
