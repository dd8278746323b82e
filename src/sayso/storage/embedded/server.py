"""The embedded database as the rest of Sayso sees it: start it, use it, watch it, stop it."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

from sayso.storage.databases import Databases
from sayso.storage.embedded.cluster import SUPERUSER, password_in
from sayso.storage.embedded.errors import EmbeddedError, HomeInUseError
from sayso.storage.embedded.introduction import DATABASE, LOGIN, introduce
from sayso.storage.embedded.keeper_process import KeeperProcess

# A keeper that is killed this often is killed by something that won't stop.
_TRIES = 3
_TRIES_WITHIN_SECONDS = 60.0
_ERRORS = {"HomeInUseError": HomeInUseError, "EmbeddedError": EmbeddedError}


class Embedded:
    """Runs PostgreSQL for one home, as root or as a user, and restarts it when it is killed.

    Whatever happens to this process, the database closes cleanly behind it. ``overrides`` are PostgreSQL
    settings for this run alone, such as ``{"fsync": "off"}`` for tests.
    """

    def __init__(self, home: Path, overrides: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._overrides = dict(overrides or {})
        self._keeper: KeeperProcess | None = None
        self._facts: dict[str, Any] = {}
        self._watcher: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> Databases:
        """Start the database, make it the first time, and return once it takes connections.

        Raises HomeInUseError when another process holds the home, EmbeddedError when the database can't run.
        """
        if self._keeper is not None:
            raise EmbeddedError(
                f"The database in {self.home} was already started by this object. Stop it first."
            )
        _make_home(self.home)
        self.home = self.home.resolve()
        self._stopping.clear()
        try:
            self._keep()
            databases = self._databases()
            introduce(databases)
        except BaseException:
            self.stop()
            raise
        return databases

    def stop(self) -> None:
        """Close the database cleanly and let go of the home; harmless when it isn't running."""
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.release()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join()
            if self._keeper is not None:
                self._keeper.release()  # the watcher may have been replacing it just then
        self._watcher = self._keeper = None
        self._facts = {}

    def alive(self) -> bool:
        """Whether the database takes connections, as far as its keeper has told."""
        if self._watcher is None and self._keeper is not None:
            while news := self._keeper.hear(0):
                self._facts = news
            if self._keeper.ended:
                self._facts = {}
        return self._facts.get("event") == "ready"

    def watch(self, on_down: Callable[[str], None]) -> None:
        """Call ``on_down`` with the reason, once, if the database is gone for good.

        A killed postmaster is restarted by its keeper, a killed keeper by the watching thread, each a bounded
        number of times; neither counts as gone. ``on_down`` runs in that thread. Start watching only after
        the main process has forked what it forks.
        """
        self._watcher = threading.Thread(
            target=self._watch, args=(on_down,), name="database-watch", daemon=True
        )
        self._watcher.start()

    def __enter__(self) -> Databases:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _keep(self) -> None:
        """Start a keeper and wait for its database to take connections."""
        self._keeper = KeeperProcess(self.home, self._overrides)
        while news := self._keeper.hear(None):
            self._facts = news
            if news["event"] == "ready":
                return
            if news["event"] == "failed":
                raise _ERRORS[news["kind"]](news["message"])
        raise EmbeddedError(
            f"The process that keeps the database in {self.home} ended before the database was ready. "
            "What it wrote above says why; if nothing did, it was killed: start Sayso again."
        )

    def _databases(self) -> Databases:
        def address(role: str, password_file: str) -> str:
            password = (self.home / password_file).read_text()
            place = urlencode({"host": self._facts["socket"], "port": 5432}, safe="/")
            return f"postgresql://{role}:{quote(password, safe='')}@/{DATABASE}?{place}"

        password_in(self.home / "sayso.password")
        return Databases(
            owner_url=address(SUPERUSER, "database.password"), url=address(LOGIN, "sayso.password")
        )

    def _watch(self, on_down: Callable[[str], None]) -> None:
        deaths: deque[float] = deque(maxlen=_TRIES)
        keeper = self._keeper
        while keeper is not None and not self._stopping.is_set():
            if news := keeper.hear(1.0):
                self._facts = news
            elif keeper.ended and not self._stopping.is_set():
                reason = self._facts.get("message") or self._keep_again(deaths)
                if reason:
                    self._facts = {}
                    on_down(reason)
                    return
                keeper = self._keeper

    def _keep_again(self, deaths: deque[float]) -> str:
        """Replace a killed keeper; the reason if that isn't possible, else nothing."""
        self._facts = {}
        deaths.append(time.monotonic())
        if len(deaths) == _TRIES and deaths[-1] - deaths[0] < _TRIES_WITHIN_SECONDS:
            return f"The keeper of the database in {self.home} was killed {_TRIES} times within a minute."
        try:
            self._keep()
        except EmbeddedError as error:
            return str(error)
        return ""


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"{home} can't be made ({error.strerror}). "
            "Give it to the user who starts Sayso, or point SAYSO_HOME elsewhere."
        ) from error
