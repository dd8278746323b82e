"""Links of a campaign: shortened for each recipient, led on at once, and counted without end or excess."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sayso.actions.links import free_link_name
from sayso.actions.refusal import Refused
from sayso.core.campaign_text import Links as PlannedLinks
from sayso.core.tracked_links import found, key_of
from sayso.engine.clicks import KEPT, SETTLE, Clicks
from sayso.engine.planning import plan_slice
from sayso.engine.supervisor import open_works
from sayso.pages.links import Links
from sayso.storage.databases import Databases
from sayso.storage.links import claim
from sayso.storage.pool import APP, ENGINE, open_pool
from tests.core.test_clicks import IMESSAGE, IPHONE
from tests.engine.sending_scene import World, until, world

pytestmark = pytest.mark.anyio
SECRET = "the secret key of this test, long enough"
LINKS = PlannedLinks(b"k" * 32, "https://sms.example.com", key_of(SECRET))
BODY = "Sale: https://shop.example/a, www.shop.example/b or https://shop.example/{{ phone }}"


@dataclass
class Scene:
    """A campaign to two people, planned; the door to its links, and the stage that judges what it heard."""

    here: World
    campaign: int
    bodies: list[str]
    door: Links
    stage: Clicks

    def tokens(self, person: int) -> list[str]:
        """The tokens of the links that somebody got."""
        return re.findall(r"/l/([\w-]{18})", self.bodies[person])

    async def open(self, token: str, agent: str = IPHONE, method: str = "GET", **more: str) -> Any:
        """What the door answers: status and headers."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
        scope = {"type": "http", "method": method, "path": f"/l/{token}", "query_string": b"a=b"}
        scope["headers"] = [(b"user-agent", agent.encode("latin-1")), *headers]
        await self.door(scope, None, send)  # type: ignore[arg-type]
        return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}

    async def judge(self) -> None:
        """Let what was heard be old enough, and judge it."""
        await self.door.store()
        self.here.conn.execute("UPDATE click_queue SET at = at - %s", (SETTLE,))
        while await self.stage.step():
            pass

    def counted(self) -> list[tuple[object, ...]]:
        return self.here.rows("SELECT link, kind, sum(times)::int FROM clicks GROUP BY 1, 2 ORDER BY 1, 2")


@asynccontextmanager
async def scene(databases: Databases, host: str = "") -> AsyncIterator[Scene]:
    async with (
        world(databases) as here,
        open_pool(databases.url, APP, size=2) as app,
        open_works(databases.url) as works,
    ):
        here.conn.execute("UPDATE workspaces SET link_host = %s", (host,))
        here.conn.execute(
            "INSERT INTO contacts (workspace_id, phone, sms_consent) SELECT %s, 12065550100 + n, 'yes'"
            " FROM generate_series(0, 1) n",
            (here.workspace,),
        )
        campaign = _planned(here)
        async with open_pool(databases.url, ENGINE, size=1) as pool, pool.connection() as conn:
            await plan_slice(conn, LINKS, 100, datetime.now(UTC))
        bodies = [str(row[0]) for row in here.rows("SELECT body FROM messages ORDER BY phone")]
        door = Links(app, SECRET, lambda: datetime.now(UTC), LINKS.public_url)
        stage = Clicks(works)
        try:
            yield Scene(here, campaign, bodies, door, stage)
        finally:
            await stage.close()


def _planned(here: World) -> int:
    campaign = here.value(
        "INSERT INTO campaigns (workspace_id, name, state, audience, category, body, starts_at)"
        " VALUES (%s, 'Sale', 'planning', 'everybody', 'promotions', %s, now()) RETURNING id",
        here.workspace,
        BODY,
    )
    here.conn.execute(
        "INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at)"
        " VALUES (%s, %s, false, now())",
        (here.workspace, campaign),
    )
    for place, link in enumerate(found(BODY)):
        here.conn.execute(
            "INSERT INTO campaign_links VALUES (%s, %s, %s, %s, %s)",
            (here.workspace, campaign, place, link.written, link.target),
        )
    return campaign


@pytest.mark.rule("R9.4")
async def test_each_gets_short_links_of_their_own_that_lead_where_the_text_led(database: Databases) -> None:
    async with scene(database, "go.shop.example") as here:
        first, second = here.bodies
        assert first != second
        token, other = here.tokens(0)
        assert first == (
            f"Sale: https://go.shop.example/l/{token}, https://go.shop.example/l/{other}"
            " or https://shop.example/+12065550100"
        )
        assert here.here.rows("SELECT DISTINCT parts FROM messages") == [(1,)]
        status, headers = await here.open(token)
        assert (status, headers["location"]) == (302, "https://shop.example/a")
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert (await here.open(here.tokens(1)[1]))[1]["location"] == "https://www.shop.example/b"
        # Another letter, a link that the campaign has not, another way to ask.
        wrong = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
        assert (await here.open(wrong))[0] == 404
        assert (await here.open(token[:-1]))[0] == 404
        assert (await here.open(token, method="POST"))[0] == 405
        here.here.conn.execute("DELETE FROM campaign_links WHERE link = 1")
        assert (await here.open(other))[0] == 404


@pytest.mark.rule("R9.4")
async def test_a_link_does_not_lead_on_under_the_name_of_another_workspace(database: Databases) -> None:
    async with scene(database, "go.shop.example") as here:
        here.here.conn.execute(
            "INSERT INTO workspaces (name, country, link_host) VALUES ('Other', 'US', 'go.other.example')"
        )
        await here.door.learn()
        token = here.tokens(0)[0]
        for host in ("go.shop.example", "go.shop.example:443", "sms.example.com", "old.shop.example", ""):
            assert (await here.open(token, host=host))[0] == 302, host
        for host in ("go.other.example", "GO.other.example:8443", "go.other.example."):
            assert (await here.open(token, host=host))[0] == 404, host
        # The server's own name vouches for nobody, whoever has it.
        here.here.conn.execute("UPDATE workspaces SET link_host = 'sms.example.com' WHERE name = 'Other'")
        await here.door.learn()
        assert (await here.open(token, host="sms.example.com"))[0] == 302


@pytest.mark.rule("R9.4", "R2.4")
async def test_a_name_is_freed_once_nothing_begins_with_it_and_old_links_never_lead_under_anothers(
    database: Databases,
) -> None:
    async with scene(database, "go.shop.example") as here, open_pool(database.url, ENGINE, size=1) as pool:
        shop, rows, change = here.here.workspace, here.here.rows, here.here.conn.execute
        change("INSERT INTO link_names VALUES ('go.shop.example', %s)", (shop,))
        other = here.here.value("INSERT INTO workspaces (name, country) VALUES ('Other', 'US') RETURNING id")

        async def why(workspace: int, name: str = "go.shop.example") -> str:
            refused = await free_link_name(pool, workspace, name)
            assert isinstance(refused, Refused)
            return refused.problems[0].code

        async def claimed() -> bool:
            async with open_pool(database.url, APP, size=1) as door, door.connection() as conn:
                await conn.execute("SELECT set_config('sayso.workspace_id', %s, true)", (str(other),))
                return await claim(conn, "go.shop.example")

        assert await why(shop) == "in_use"
        change("UPDATE workspaces SET link_host = '' WHERE id = %s", (shop,))
        assert await why(shop) == "waits"
        change("DELETE FROM outbox")
        assert (await why(other), await why(shop, "go.else.example")) == ("not_kept", "not_kept")
        assert not await claimed()
        assert await free_link_name(pool, shop, " GO.shop.example ") == "go.shop.example"
        told = rows("SELECT workspace_id, action, before, after FROM audit WHERE object_type = 'workspace'")
        assert told == [(shop, "freed", {"link_name": "go.shop.example"}, None)]
        await here.door.learn()
        token = here.tokens(0)[0]
        assert (await here.open(token, host="go.shop.example"))[0] == 302, "nobody else has it yet"
        assert await claimed()
        change("UPDATE workspaces SET link_host = 'go.shop.example' WHERE id = %s", (other,))
        await here.door.learn()
        assert (await here.open(token, host="go.shop.example"))[0] == 404
        assert (await here.open(token))[0] == 302, "under the server's own name it leads on"


@pytest.mark.rule("R9.4")
async def test_a_name_that_a_slice_is_just_writing_with_is_not_freed(database: Databases) -> None:
    async with world(database) as here, open_pool(database.url, ENGINE, size=2) as pool:
        shop, change = here.workspace, here.conn.execute
        change("INSERT INTO link_names VALUES ('go.shop.example', %s)", (shop,))
        change("UPDATE workspaces SET link_host = 'go.shop.example'")
        change(
            "INSERT INTO contacts (workspace_id, phone, sms_consent) VALUES (%s, 12065550100, 'yes')", (shop,)
        )
        _planned(here)
        async with pool.connection() as conn:
            assert await plan_slice(conn, LINKS, 100, datetime.now(UTC)) == 1
            # A change of the name waits for no slice; who frees the name does.
            change("SET lock_timeout = '5s'")
            change("SELECT FROM workspaces WHERE id = %s FOR NO KEY UPDATE", (shop,))
            change("UPDATE workspaces SET link_host = ''")
            freeing = asyncio.create_task(free_link_name(pool, shop, "go.shop.example"))
            waits = (
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            await until(lambda: freeing.done() or here.value(waits) == 1)
            assert not freeing.done()
        refused = await freeing
        assert isinstance(refused, Refused)
        assert refused.problems[0].code == "waits"
        assert here.value("SELECT count(*) FROM link_names") == 1


@pytest.mark.rule("R9.4")
async def test_people_and_machines_are_told_apart_and_a_person_raises_an_event(database: Databases) -> None:
    async with scene(database) as here:
        (first, second), (of_another, _) = here.tokens(0), here.tokens(1)
        await here.open(first, IMESSAGE)
        await here.open(first, method="HEAD")
        await here.open(first, sec_purpose="prefetch")
        await here.open(of_another)
        await here.judge()
        await here.open(first)
        await here.open(first)
        await here.judge()
        assert here.counted() == [(0, "machine", 3), (0, "person", 3)]
        await here.open(first)
        await here.open(second)
        await here.judge()
        assert here.counted() == [(0, "machine", 4), (0, "person", 3), (1, "machine", 1)]
        ((because,),) = here.here.rows("SELECT because FROM clicks WHERE link = 1")
        assert because[0]["fact"] == "2 links of one text were opened within a second."
        events = here.here.rows("SELECT name, phone, properties ->> 'address' FROM events ORDER BY id")
        assert events == [
            ("link.clicked", 12065550101, "https://shop.example/a"),
            ("link.clicked", 12065550100, "https://shop.example/a"),
        ]


@pytest.mark.rule("R9.4")
async def test_a_link_that_is_hammered_fills_no_database(database: Databases) -> None:
    async with scene(database) as here:
        (token, _) = here.tokens(0)
        for n in range(300):
            await here.open(token, f"{IPHONE} {n}\0ü")
        await here.door.store()
        queued = here.here.rows("SELECT count(*)::int, sum(times)::int FROM click_queue")
        assert queued == [(5, 300)]
        for _ in range(KEPT // 5):
            for n in range(5):
                await here.open(token, f"{IPHONE} {n}")
            await here.judge()
        assert here.here.value("SELECT count(*) FROM clicks") == KEPT
        (surplus,) = here.here.rows("SELECT people::int, machines::int FROM click_surplus")
        kept = here.here.value("SELECT sum(times) FROM clicks")
        assert sum(map(int, surplus)) + kept == 300 + KEPT
        assert here.here.value("SELECT count(*) FROM click_queue") == 0


async def test_what_cannot_be_stored_now_is_stored_later(database: Databases) -> None:
    async with scene(database) as here:
        (token, _) = here.tokens(0)
        await here.open(token)
        here.here.conn.execute("ALTER TABLE click_queue RENAME TO away")
        await here.door.store()
        here.here.conn.execute("ALTER TABLE away RENAME TO click_queue")
        assert (await here.open(token))[0] == 302
        await here.door.store()
        ((times, at),) = here.here.rows("SELECT times, at FROM click_queue")
        assert times == 2
        assert isinstance(at, datetime) and datetime.now(UTC) - at < timedelta(minutes=1)
