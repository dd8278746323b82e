"""A thousand contacts cost a handful of statements, whatever is in them."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, ClassVar

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from sayso.actions.actor import house
from sayso.actions.contacts import put_contacts
from sayso.actions.workspaces import create_workspace
from sayso.core.contact_record import ContactWanted
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, ENGINE, open_pool, url_as

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOST_STATEMENTS = 12


class Counting(psycopg.AsyncCursor[Any]):
    """A cursor that counts what it is asked."""

    statements: ClassVar[Counter[str]] = Counter()

    async def execute(self, query: Any, *args: Any, **more: Any) -> Any:
        Counting.statements[str(query)[:60]] += 1
        return await super().execute(query, *args, **more)


@pytest.mark.rule("R6.4")
async def test_a_thousand_contacts_take_a_bounded_number_of_statements(database: Databases) -> None:
    kwargs = {"cursor_factory": Counting}
    async with (
        open_pool(database.url, ENGINE) as engine_pool,
        AsyncConnectionPool(url_as(database.url, APP), kwargs=kwargs, min_size=1, open=False) as pool,
    ):
        workspace_id = await create_workspace(engine_pool, "Bakery", "US")
        assert isinstance(workspace_id, int)
        actor = house(workspace_id)
        for consent in ("yes", "no"):
            wanted = [
                ContactWanted(str(place), phone=f"+1202555{place:04}", sms_consent=consent)
                for place in range(1_000)
            ]
            Counting.statements.clear()
            done = await put_contacts(pool, actor, wanted, NOW)
            assert isinstance(done, list)
            assert {one.problems for one in done} == {()}
            assert Counting.statements.total() <= MOST_STATEMENTS, Counting.statements
