"""A list or a segment that is removed in the moment in which a campaign is made on it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from sayso.actions.actor import house
from sayso.actions.lists import delete_list
from sayso.actions.refusal import Refused
from sayso.actions.segments import delete_segment
from sayso.storage import campaigns, lists, segments
from sayso.storage import pool as pools
from sayso.storage.campaigns import CampaignDraft
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, open_pool
from tests.engine.sending_scene import until, world

pytestmark = pytest.mark.anyio
WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.mark.rule("R8.3")
@pytest.mark.parametrize("kind", ["list", "segment"])
async def test_what_a_campaign_is_just_made_on_is_kept_with_a_sentence(
    database: Databases, kind: str
) -> None:
    now = datetime.now(UTC)
    async with world(database) as here, open_pool(database.url, APP, size=3) as pool:
        table = {"list": "lists (workspace_id, name) VALUES (%s, 'x')"}.get(
            kind, "segments (workspace_id, name, conditions) VALUES (%s, 'x', '{\"all\": []}')"
        )
        wanted = here.value(f"INSERT INTO {table} RETURNING id", here.workspace)
        draft = CampaignDraft(
            "Sale", kind, None, "", "", reply_service=True, opt_out_message="", per_profile=False
        )
        actor = house(here.workspace)
        async with asyncio.TaskGroup() as tasks, pools.workspace(pool, here.workspace) as conn:
            hold = lists.hold if kind == "list" else segments.hold
            assert await hold(conn, wanted)
            await campaigns.create(conn, _on(draft, kind, wanted), now)
            delete = delete_list if kind == "list" else delete_segment
            removing = tasks.create_task(delete(pool, actor, wanted))
            await until(lambda: bool(here.rows(WAITING)))
        answer = removing.result()
        assert isinstance(answer, Refused)
        assert (answer.kind, answer.problems[0].code) == ("conflict", "in_use")


def _on(draft: CampaignDraft, kind: str, wanted: int) -> CampaignDraft:
    list_id, segment_id = (wanted, None) if kind == "list" else (None, wanted)
    return CampaignDraft(draft.name, draft.audience, list_id, "", "", True, "", False, segment_id=segment_id)
