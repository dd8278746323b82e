"""The database that this Sayso works with: somebody else's, our own started, or our own already running."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from sayso.settings import Settings
from sayso.storage import health
from sayso.storage.databases import Databases
from sayso.storage.embedded import Embedded, HomeInUseError


@dataclass(frozen=True, slots=True)
class Opened:
    """The database's addresses, and the embedded server where this process runs it."""

    databases: Databases
    embedded: Embedded | None = None


@contextmanager
def opened(settings: Settings, *, attach: bool = True) -> Iterator[Opened]:
    """Have the database ready for as long as the block runs.

    An embedded one is started, and closed afterwards; with `attach`, one that another Sayso of this home
    runs already is used instead. Raises EmbeddedError or
    UnreachableError where it can't be had.
    """
    if settings.database_url:
        found = Databases.external(settings.database_url, settings.database_owner_url or None)
        health.refuse_unreachable(found.url)
        yield Opened(found)
        return
    with ExitStack() as stack:
        embedded = Embedded(settings.home)
        try:
            databases = embedded.start()
        except HomeInUseError:
            running = running_in(settings.home) if attach else None
            if running is None:
                raise
            yield Opened(running)
            return
        stack.callback(embedded.stop)
        yield Opened(databases, embedded)


def running_in(home: Path) -> Databases | None:
    """The addresses of the database that runs in this home now; None where none is ready."""
    try:
        lines = (home / "database" / "postmaster.pid").read_text("utf-8").splitlines()
        passwords = [
            (home / name).read_text("ascii").strip() for name in ("database.password", "sayso.password")
        ]
    except OSError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    # The server itself says where its socket lies; ours need not be the environment that it was started in.
    place = urlencode({"host": lines[4], "port": 5432}, safe="/")
    owner, login = (quote(password, safe="") for password in passwords)
    return Databases(
        owner_url=f"postgresql://postgres:{owner}@/sayso?{place}",
        url=f"postgresql://sayso:{login}@/sayso?{place}",
    )
