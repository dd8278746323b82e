"""Refused rows as a file: however many there are, no slice waits for the next, and none is a page's."""

from __future__ import annotations

import pytest

from sayso.actions import export_files
from sayso.actions.actor import house
from sayso.actions.imports import REFUSED_AT_ONCE, refused_rows
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, open_pool
from tests.engine.sending_scene import world

pytestmark = pytest.mark.anyio


@pytest.mark.rule("R8.2")
async def test_refused_rows_are_handed_out_slice_by_slice(database: Databases) -> None:
    """What is gone before its slice is asked for is not in the file: nothing was read ahead."""
    async with world(database) as here, open_pool(database.url, APP) as pool:
        made = "contact_imports (workspace_id, file_name, whole_size) VALUES (%s, 'list.csv', 1)"
        found = here.value(f"INSERT INTO {made} RETURNING id", here.workspace)
        here.conn.execute(
            "INSERT INTO contact_import_progress (workspace_id, import_id, state)"
            " VALUES (%s, %s, 'finished')",
            (here.workspace, found),
        )
        here.conn.execute(
            "INSERT INTO contact_import_refusals SELECT %s, %s, n, '=fern', '[{\"message\": \"No number.\"}]'"
            " FROM generate_series(1, %s) AS n",
            (here.workspace, found, REFUSED_AT_ONCE + 5),
        )
        pieces = export_files.as_csv(refused_rows(pool, house(here.workspace), found))
        mark, heading = [await anext(pieces) for _ in range(2)]
        assert (mark, heading) == (b"\xef\xbb\xbf", b'"line","reason","row"\r\n')
        here.conn.execute("DELETE FROM contact_import_refusals WHERE line > 2")
        assert [piece async for piece in pieces] == [
            b'"1","No number.","\'=fern"\r\n"2","No number.","\'=fern"\r\n'
        ]
