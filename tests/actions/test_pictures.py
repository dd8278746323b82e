"""The room that a workspace's pictures take, and how it is made free (R9.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sayso.actions import message_pictures
from sayso.actions.actor import house, transaction
from sayso.actions.pictures import add_picture, picture_room, remove_picture
from sayso.actions.refusal import Refused
from sayso.core import pictures as core
from sayso.storage.databases import Databases
from sayso.storage.pictures import Kept
from sayso.storage.pool import APP, open_pool
from tests.core.test_pictures import written
from tests.world import build

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R9.2")]


async def test_pictures_have_so_much_room_and_what_nothing_uses_can_be_removed(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, now = build(database), datetime.now(UTC)
    who, later = house(world.workspace), now + timedelta(days=31)
    async with open_pool(database.url, APP) as pool:

        async def bring(colour: str) -> Kept | Refused:
            return await add_picture(pool, who, written("PNG", colour=colour), "", now)

        kept = [await bring(colour) for colour in ("red", "blue", "green")]
        pram, sale, sent = [one.token for one in kept if isinstance(one, Kept)]
        monkeypatch.setattr(core, "ROOM", (await picture_room(pool, who, later)).taken)  # type: ignore[union-attr]
        full = await bring("yellow")
        assert isinstance(full, Refused)
        assert full.problems[0].code == "no_room"
        assert isinstance(await bring("red"), Kept), "the same takes no room twice"
        world.rows(
            "INSERT INTO campaigns (workspace_id, name, media_urls) VALUES (%s, 'Sale', %s)",
            world.workspace, [core.PATH + sale],
        )  # fmt: skip
        async with transaction(pool, who) as conn:
            assert await message_pictures.known(conn, [core.PATH + sent], later)
        room = await picture_room(pool, who, later)
        assert not isinstance(room, Refused)
        assert [one.token for one in room.removable] == [pram]
        for token, when in ((sale, later), (sent, later), (pram, later), (sent, later + timedelta(days=31))):
            refused = await remove_picture(pool, who, token, when)
            assert (refused is not None) is (when == later and token != pram), token
        assert isinstance(await bring("yellow"), Kept)
