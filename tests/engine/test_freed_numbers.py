"""A number that stood in for another, freed and given to somebody else: whom a stop to it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from sayso.engine.inbound import hear
from sayso.engine.receipts import receipts
from sayso.providers.catalogue import provider_answers
from sayso.storage import setup
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, open_pool
from tests.engine.sending_scene import World, engine, until, world

pytestmark = pytest.mark.anyio

AMIRA = 15557770000


@dataclass
class Freed:
    """The Bakery's number at one connection, and the same at another: freed, and the Shop's today."""

    here: World
    connection: int
    number: int
    shop: int
    line: int

    def text(self, body: str, connection: int | None = None) -> None:
        self.here.conn.execute(
            "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body, media, "
            "provider_at, received_at) VALUES (0, sayso.new_id(), %s, %s, '+15557770000', '+15550001111', "
            "%s, '[]', now(), now())",
            (connection or self.connection, AMIRA, body),
        )

    def texted(self, workspace: int, line: int, phone: int = AMIRA) -> None:
        self.here.conn.execute(
            "INSERT INTO last_texted (workspace_id, phone, line_id, message_id, transactional, at) "
            "VALUES (%s, %s, %s, sayso.new_id(), false, now())",
            (workspace, phone, line),
        )

    async def heard(self) -> None:
        async with open_pool(self.here.databases.url, ENGINE) as pool, pool.connection() as conn:
            known = await setup.read(conn, provider_answers)
            await hear(conn, [0], known, datetime.now(UTC))

    async def provider_says(self) -> None:
        """That the number opted out, of a message that nobody knows."""
        self.here.conn.execute(
            "INSERT INTO receipt_queue (id, connection_id, provider_ref, client_reference, status, reason, "
            "opted_out, recipient, received_at) VALUES (sayso.new_id(), %s, 'lost', NULL, 'rejected', "
            "'opted_out', true, '+15557770000', now() - interval '1 day')",
            (self.connection,),
        )
        async with engine(self.here.databases.url, receipts()):
            await until(lambda: self.here.value("SELECT count(*) FROM receipt_queue") == 0)

    def listed(self) -> int:
        return self.here.value("SELECT count(*) FROM unrouted")

    def codes(self) -> list[object]:
        rows = self.here.rows("SELECT inbound_number_id FROM code_blocks WHERE phone = %s ORDER BY 1", AMIRA)
        return [row[0] for row in rows]

    def blocked(self) -> list[object]:
        rows = self.here.rows("SELECT DISTINCT workspace_id FROM blocks WHERE phone = %s ORDER BY 1", AMIRA)
        return [row[0] for row in rows]


def freed(here: World, keyword: str = "") -> Freed:
    other = here.value(
        "INSERT INTO connections (name, kind, hook_token, parts_per_second) "
        "VALUES ('Spare', 'simulator', repeat('s', 32), 1000) RETURNING id"
    )
    number = here.value(
        "INSERT INTO inbound_numbers (connection_id, number, kind, country) "
        "SELECT %s, number, kind, country FROM inbound_numbers WHERE id = %s RETURNING id",
        other,
        here.number,
    )
    here.conn.execute(
        "INSERT INTO stood_in (other_number_id, number_id, freed_at) VALUES (%s, %s, now())",
        (number, here.number),
    )
    shop = here.value("INSERT INTO workspaces (name, country) VALUES ('Shop', 'US') RETURNING id")
    line = here.value(
        "INSERT INTO lines (workspace_id, inbound_number_id, provider_keyword) "
        "VALUES (%s, %s, %s) RETURNING id",
        shop,
        number,
        keyword,
    )
    return Freed(here, other, number, shop, line)


@pytest.mark.rule("R3.3", "R4.9")
async def test_a_bare_stop_to_a_freed_shared_code_blocks_the_code_wherever_it_is_the_same(
    database: Databases,
) -> None:
    """To a telephone it is one code, whichever connection its text comes in by."""
    async with world(database, kind="shared_short_code") as here:
        scene = freed(here, "kids")
        scene.texted(here.workspace, here.line)
        scene.text("STOP")
        await scene.heard()
        assert scene.codes() == [here.number, scene.number]
        assert scene.blocked() == [here.workspace], "the Shop never texted: it honours the code's block"


@pytest.mark.rule("R3.3")
async def test_a_bare_stop_to_the_number_that_was_stood_in_for_blocks_the_freed_code_too(
    database: Databases,
) -> None:
    async with world(database, kind="shared_short_code") as here:
        scene = freed(here, "kids")
        scene.text("STOP", here.connection)
        await scene.heard()
        assert scene.codes() == [here.number, scene.number]


@pytest.mark.rule("R3.2", "R4.9")
async def test_a_stop_to_a_freed_shared_code_may_name_who_texted_from_it_before(database: Databases) -> None:
    async with world(database, kind="shared_short_code") as here:
        scene = freed(here, "kids")
        scene.texted(here.workspace, here.line)
        scene.text("baby stop")
        await scene.heard()
        assert scene.blocked() == [here.workspace]
        assert scene.codes() == []


@pytest.mark.rule("R6.6", "R4.9")
@pytest.mark.parametrize("shop_texted", [True, False])
async def test_a_providers_word_reaches_earlier_holders_of_a_freed_number_as_a_text_does(
    database: Databases, shop_texted: bool
) -> None:
    """Its block stands on the number: whoever has it today, or texted from it before, is stopped by it."""
    async with world(database) as here:
        scene = freed(here)
        scene.texted(here.workspace, here.line)
        if shop_texted:
            scene.texted(scene.shop, scene.line)
        await scene.provider_says()
        assert scene.blocked() == [here.workspace, scene.shop]
        assert scene.listed() == 0


@pytest.mark.rule("R6.6")
async def test_a_providers_word_reaches_who_gave_the_number_back_and_texted_from_it(
    database: Databases,
) -> None:
    async with world(database) as here:
        scene = freed(here)
        here.conn.execute("UPDATE lines SET withdrawn_at = now() WHERE id = %s", (scene.line,))
        third = here.value("INSERT INTO workspaces (name, country) VALUES ('Third', 'US') RETURNING id")
        line = here.value(
            "INSERT INTO lines (workspace_id, inbound_number_id) VALUES (%s, %s) RETURNING id",
            third,
            scene.number,
        )
        scene.texted(scene.shop, scene.line)
        scene.texted(third, line)
        await scene.provider_says()
        assert scene.blocked() == [scene.shop, third], "the Bakery never texted"


@pytest.mark.rule("R6.6")
async def test_a_providers_word_on_a_freed_shared_code_reaches_who_texted_alone(database: Databases) -> None:
    async with world(database, kind="shared_short_code") as here:
        scene = freed(here, "kids")
        scene.texted(here.workspace, here.line)
        await scene.provider_says()
        assert here.rows("SELECT workspace_id, scope, line_id FROM blocks") == [
            (here.workspace, "line", here.line)
        ]


@pytest.mark.rule("R3.2", "R3.3")
async def test_the_name_of_an_earlier_holder_takes_no_stop_from_who_texts_today(database: Databases) -> None:
    """ "stop all" is a stop to everyone, also where somebody who once had the code was ALL."""
    async with world(database, kind="shared_short_code") as here:
        scene = freed(here, "kids")
        here.conn.execute("UPDATE lines SET provider_keyword = 'all' WHERE id = %s", (here.line,))
        scene.texted(scene.shop, scene.line)
        scene.text("STOP ALL")
        await scene.heard()
        assert scene.blocked() == [scene.shop]
        assert scene.codes() == [here.number, scene.number]


@pytest.mark.rule("R3.2", "R3.3")
async def test_words_that_begin_like_a_stranger_s_name_reach_who_texted_last(database: Databases) -> None:
    async with world(database, kind="shared_short_code") as here:
        scene = freed(here, "kids")
        scene.texted(scene.shop, scene.line)
        scene.text("baby is ill, we come later")
        await scene.heard()
        assert scene.listed() == 0
        assert here.rows("SELECT workspace_id FROM inbound_messages") == [(scene.shop,)]


@pytest.mark.rule("R6.6", "R4.9")
async def test_a_providers_word_reaches_who_has_a_number_that_is_stood_in_for_and_who_had_it(
    database: Databases,
) -> None:
    async with world(database) as here:
        scene = freed(here)
        here.conn.execute("DELETE FROM lines WHERE id = %s", (scene.line,))
        here.conn.execute("UPDATE lines SET withdrawn_at = now() WHERE id = %s", (here.line,))
        today = here.value(
            "INSERT INTO lines (workspace_id, inbound_number_id) VALUES (%s, %s) RETURNING id",
            scene.shop,
            here.number,
        )
        scene.texted(here.workspace, here.line)
        scene.texted(scene.shop, today)
        await scene.provider_says()
        assert scene.blocked() == [here.workspace, scene.shop]
        assert scene.listed() == 0
