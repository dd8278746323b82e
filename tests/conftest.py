"""What every test may ask for. `cluster`: a running PostgreSQL. `database`: a migrated one of one's own."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

from sayso.storage.databases import Databases
from sayso.storage.embedded import Embedded
from sayso.storage.embedded.introduction import introduce
from tests.memory import quick_folder

# How long one example takes on a busy machine is nobody's claim.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

pytest_plugins = ["tests.database", "tests.consoles"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Databases]:
    """A running PostgreSQL: our own, or the one whose superuser's address is in SAYSO_TEST_DATABASE_URL."""
    external = os.environ.get("SAYSO_TEST_DATABASE_URL")
    if external:
        databases = Databases(owner_url=external, url=_login_on(external))
        introduce(databases)
        yield databases
        return
    # Nothing here outlives the run, so it need not wait for the disk, nor take more of it than it must.
    own = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB", "max_connections": "100"}
    with quick_folder() as home, Embedded(home, own) as databases:
        yield databases


def _login_on(owner_url: str) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(owner_url, user="sayso", password="only-for-tests", dbname="sayso")
