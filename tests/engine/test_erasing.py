"""A person is erased: their words go out of every ledger, and their no still holds (R8.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sayso.actions.actor import house
from sayso.actions.contact_merging import Two, merge_contacts
from sayso.actions.contacts import put_contacts
from sayso.actions.erasing import Erased, erase_contact
from sayso.actions.explanation import Question, explain
from sayso.actions.refusal import Refused
from sayso.actions.unsubscribing import stop
from sayso.core.contact_record import ContactWanted
from sayso.core.gate import Skip
from sayso.engine.erasing import Erasing
from sayso.engine.inbound import hear
from sayso.engine.supervisor import open_works
from sayso.providers.catalogue import provider_answers
from sayso.storage import erased, setup
from sayso.storage.databases import Databases
from sayso.storage.faults import is_outage
from sayso.storage.pool import APP, ENGINE, Pool, open_pool
from tests.world import AMIRA, World, build

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R8.4")]
NUMBER = f"+{AMIRA}"
ADA = ContactWanted("customer-4711", NUMBER, "amira@example.com", attributes={"name": "Amira Osei"})


@dataclass
class Scene:
    """A workspace in which Amira said stop, and everything that says her number."""

    world: World
    app: Pool
    database: Databases
    contact: int

    @property
    def actor(self):  # type: ignore[no-untyped-def] # as the house makes it
        return house(self.world.workspace)

    async def listen(self) -> None:
        async with (
            open_pool(self.database.url, ENGINE) as pool,
            pool.connection() as conn,
            conn.transaction(),
        ):
            await hear(conn, list(range(16)), await setup.read(conn, provider_answers), datetime.now(UTC))

    async def answer(self) -> object:
        asked = Question(NUMBER, "advertising", "promotions")
        found = await explain(self.app, self.actor, asked, datetime.now(UTC))
        assert not isinstance(found, Refused)
        return found.strictest.answer

    async def put(self, wanted: ContactWanted = ADA) -> int:
        done = await put_contacts(self.app, self.actor, [wanted], datetime.now(UTC))
        assert not isinstance(done, Refused)
        assert done[0].id is not None, done
        return done[0].id

    async def trace(self) -> None:
        """A text to her that advertised, was opened, and that a plan ended at; and her number of before."""
        here = self.world.workspace
        (campaign,) = self.world.rows(
            "INSERT INTO campaigns (workspace_id, name) VALUES (%s, 'Sale') RETURNING id", here
        )[0]
        (message,) = self.world.rows(
            "INSERT INTO messages (workspace_id, contact_id, phone, recipient, connection_id, line_id,"
            " sender, class, purpose, category, campaign_id, body, media_urls, encoding, parts, because)"
            " SELECT workspace_id, id, phone, '+' || phone, 1, 1, '1', 'advertising', 'campaign', 'sale', %s,"
            " 'Dear Amira', '{https://img.example.com/amira.png}', 'GSM-7', 1, '[]' FROM contacts"
            " RETURNING id",
            campaign,
        )[0]
        for query in (
            "INSERT INTO outcomes (workspace_id, message_id, status, rank, at)"
            " VALUES (%s, %s, 'sent', 50, now())",
            f"INSERT INTO advertised VALUES (%s, {AMIRA}, %s, now())",
            "INSERT INTO clicks (workspace_id, campaign_id, link, message_id, contact_id, phone, kind, times,"
            " at, agent, because)"
            " SELECT %s, 1, 0, %s, id, phone, 'person', 1, now(), 'Osei', '[]' FROM contacts",
            "INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at, after_phone,"
            " finished_at) VALUES (%s, (SELECT campaign_id FROM messages WHERE id = %s), false,"
            f" now(), {AMIRA}, now())",
            "INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at, finished_at)"
            " VALUES (%s, (SELECT campaign_id FROM messages WHERE id = %s), true, now(), now())",
            "INSERT INTO rehearsed_people (workspace_id, campaign_id, contact_id, status, reason, told)"
            " SELECT %s, (SELECT campaign_id FROM messages WHERE id = %s), id, 'skipped', 'consent_no',"
            " 'Amira said no.' FROM contacts",
        ):
            self.world.rows(query, here, message)
        self.world.rows(f"INSERT INTO changed_numbers SELECT workspace_id, id, {AMIRA} FROM contacts")

    async def work(self, later: timedelta = timedelta()) -> None:
        async with open_works(self.database.url, clock=lambda: datetime.now(UTC) + later) as works:
            stage = Erasing(works)
            while await stage.step():
                continue

    def told_of(self) -> list[str]:
        """Every table of the workspace in which her number, address, name or words can still be read."""
        tables = self.world.rows(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'sayso' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
        )
        hers = "(12025550143|amira|osei|customer-4711|my mother)"
        return [
            str(table)
            for (table,) in tables
            if self.world.rows(f"SELECT 1 FROM {table} t WHERE t::text ~* '{hers}' LIMIT 1")
        ]


@pytest.fixture
async def scene(database: Databases) -> AsyncIterator[Scene]:
    world = build(database)
    erased.use("only for tests")
    async with open_pool(database.url, APP) as app:
        made = Scene(world, app, database, 0)
        made.contact = await made.put()
        for words in ("stop", "I ask for my mother"):
            world.text(words)
            await made.listen()
        world.rows(
            "INSERT INTO callbacks (id, connection_id, kind, headers, body) SELECT id, 1, 'inbound', 'h', "
            "convert_to('from=%%2B12025550143', 'UTF8') FROM inbound_messages"
        )
        world.rows(
            "INSERT INTO callbacks (connection_id, kind, headers, body) VALUES (1, 'receipts', 'h', %s)",
            b'{"to": "+12025550143"}',
        )
        await made.trace()
        yield made


async def test_no_word_is_left_and_the_no_still_holds(scene: Scene) -> None:
    before = await scene.answer()
    assert isinstance(before, Skip)
    ledger = scene.world.rows("SELECT id, action, category, source, timestamp FROM consents ORDER BY id")
    wrong = await erase_contact(
        scene.app, scene.actor, scene.contact, "somebody", everyone=False, now=datetime.now(UTC)
    )
    assert isinstance(wrong, Refused)
    done = await erase_contact(
        scene.app, scene.actor, scene.contact, "+1 202 555 0143", everyone=False, now=datetime.now(UTC)
    )
    assert isinstance(done, Erased), done
    assert done.kept
    await scene.work()
    # The confirmation of the stop has not left yet: it must still find its words.
    assert scene.told_of() == ["erasures", "messages"]
    scene.world.rows(
        "INSERT INTO outcomes (workspace_id, message_id, status, rank, at) SELECT workspace_id, id, "
        "'delivered', 90, now() FROM messages ON CONFLICT (message_id) DO UPDATE SET status = 'delivered'"
    )
    await scene.work(timedelta(minutes=6))
    assert scene.told_of() == []
    after = scene.world.rows("SELECT id, action, category, source, timestamp FROM consents ORDER BY id")
    assert after == ledger
    assert isinstance(await scene.answer(), Skip)
    # The number comes back, and a yes of a list comes with it.
    again = await scene.put(ContactWanted("new-1", NUMBER, sms_consent="yes"))
    assert isinstance(await scene.answer(), Skip)
    # Who comes back by their own word is blocked no more.
    scene.world.text("START", at=datetime.now(UTC) + timedelta(minutes=1))
    await scene.listen()
    assert scene.world.rows("SELECT count(*) FROM blocks WHERE lifted_at IS NULL") == [(0,)]
    assert not isinstance(await scene.answer(), Skip)
    assert again != scene.contact
    # The link in a text of before is pressed: it stops them, although nothing was kept any more.
    scene.world.rows("DELETE FROM erased_numbers")
    ((old,),) = scene.world.rows("SELECT id FROM messages WHERE purpose = 'campaign'")
    assert await stop(scene.app, int(str(old)), None, datetime.now(UTC)) is not None
    assert isinstance(await scene.answer(), Skip)


async def test_whoever_shares_the_number_is_named_first(scene: Scene) -> None:
    other = await scene.put(ContactWanted("customer-4712", NUMBER))
    asked = (scene.app, scene.actor, other, NUMBER)
    refused = await erase_contact(*asked, everyone=False, now=datetime.now(UTC))
    assert isinstance(refused, Refused)
    assert "2 contacts share this number" in refused.problems[0].message
    done = await erase_contact(*asked, everyone=True, now=datetime.now(UTC))
    assert isinstance(done, Erased)
    assert done.profiles == 2
    assert scene.world.rows("SELECT count(*) FROM contacts WHERE phone = %s", AMIRA) == [(0,)]


async def test_under_another_key_nothing_is_let_through(scene: Scene) -> None:
    done = await erase_contact(
        scene.app, scene.actor, scene.contact, NUMBER, everyone=False, now=datetime.now(UTC)
    )
    assert isinstance(done, Erased)
    erased.use("another key")
    with pytest.raises(erased.ErasureKeyError, match="Put that key back"):
        await scene.answer()
    # Nobody's row is at fault: no campaign leaves people out for it, and texts are decided, not set aside.
    assert is_outage(erased.ErasureKeyError())
    scene.world.text("Are you there?")
    await scene.listen()
    assert scene.world.rows("SELECT count(*) FROM unrouted") == [(0,)]
    another = scene.world.contact(12025550144)
    refused = await erase_contact(
        scene.app, scene.actor, another, "+12025550144", everyone=False, now=datetime.now(UTC)
    )
    assert isinstance(refused, Refused), "numbers of one workspace would be kept under two keys"
    erased.use("only for tests")
    assert isinstance(await scene.answer(), Skip)


async def test_what_was_kept_under_a_lost_key_is_given_up_where_somebody_says_so(scene: Scene) -> None:
    done = await erase_contact(
        scene.app, scene.actor, scene.contact, NUMBER, everyone=False, now=datetime.now(UTC)
    )
    assert isinstance(done, Erased)
    async with open_pool(scene.database.url, ENGINE) as pool:
        for key, given_up in (("only for tests", 0), ("another key", 1)):
            erased.use(key)
            async with pool.connection() as conn:
                assert await erased.forget(conn) == given_up
    await scene.answer()
    assert scene.world.rows("SELECT after->>'numbers' FROM audit WHERE action = 'forgotten'") == [("1",)]


MOVED = 12025550155
LATER = ContactWanted("somebody-else", NUMBER, "zoe@example.com")


async def test_texts_at_a_number_of_before_go_too_and_whoever_has_it_now_keeps_theirs(scene: Scene) -> None:
    """She moves to another number, a profile of hers goes into hers, and Zoe gets the old number."""
    twin = await scene.put(ContactWanted("amira-twin", "+12025550156"))
    scene.world.text("my mother asks from here", sender="+12025550156")
    await scene.listen()
    moved = ContactWanted("customer-4711", f"+{MOVED}")
    assert await scene.put(moved) == scene.contact
    two = Two(scene.contact, twin)
    assert await merge_contacts(scene.app, scene.actor, two, datetime.now(UTC)) == scene.contact
    zoe = await scene.put(LATER)
    scene.world.text("I am Zoe", at=datetime.now(UTC))
    await scene.listen()
    scene.world.rows("UPDATE outcomes SET status = 'delivered', rank = 90")
    scene.world.rows(
        "INSERT INTO outcomes (workspace_id, message_id, status, rank, at) SELECT workspace_id, id, "
        "'delivered', 90, now() FROM messages ON CONFLICT DO NOTHING"
    )
    done = await erase_contact(
        scene.app, scene.actor, scene.contact, f"+{MOVED}", everyone=False, now=datetime.now(UTC)
    )
    assert isinstance(done, Erased), done
    assert scene.world.rows("SELECT count(*) FROM former_numbers") == [(0,)]
    await scene.work()
    await scene.work(timedelta(minutes=6))
    hers = "(amira|osei|customer-4711|my mother|12025550155|12025550156|ask for)"
    left = [
        table
        for (table,) in scene.world.rows(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'sayso'::regnamespace"
            " AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
        )
        if scene.world.rows(f"SELECT 1 FROM {table} t WHERE t::text ~* '{hers}' LIMIT 1")
    ]
    assert left == []
    assert scene.world.rows("SELECT body FROM inbound_messages WHERE phone > 0") == [("I am Zoe",)]
    talk = scene.world.rows(
        "SELECT c.last_words, m.body FROM conversations c JOIN inbound_messages m USING (id)"
    )
    assert talk == [("I am Zoe", "I am Zoe")]
    assert scene.world.rows("SELECT id FROM contacts") == [(zoe,)]
    # The number said stop once, and whoever has it now has not taken that back.
    assert isinstance(await scene.answer(), Skip)


async def test_of_a_number_that_two_shared_goes_what_carries_their_profile_alone(scene: Scene) -> None:
    await scene.put(LATER)
    scene.world.rows("UPDATE inbound_messages SET contact_id = NULL WHERE outcome = 'unsubscribe'")
    await scene.put(ContactWanted("customer-4711", f"+{MOVED}"))
    done = await erase_contact(
        scene.app, scene.actor, scene.contact, f"+{MOVED}", everyone=False, now=datetime.now(UTC)
    )
    assert isinstance(done, Erased), done
    await scene.work()
    assert scene.world.rows("SELECT body FROM inbound_messages ORDER BY id") == [("stop",), ("",)]
    assert isinstance(await scene.answer(), Skip)


COVERED = {
    "advertised", "blocks", "changed_numbers", "clicks", "consent_states", "consents", "contacts",
    "conversation_labels", "conversation_replies", "conversations", "erasures", "events", "former_numbers",
    "inbound_messages", "inbox", "last_texted", "list_members", "messages", "rehearsed_people",
}  # fmt: skip
"""Of these erasure takes away what tells a person; the test above reads them, or says so of their rows."""
LEFT_ALONE = {
    "campaign_plans": "where a walk stands, which it leaves within seconds; what is over is set to nothing",
    "code_blocks": "a bare STOP on a shared code: the operator's, of no workspace",
    "inbound_queue": "a text that nobody has decided yet: it is new",
}
"""By words, not by a column: `callbacks` and `audit` are read through; `unrouted` and `quarantine`
are the operator's, of no workspace; credit entries and costs name campaigns and nobody."""


async def test_every_table_that_points_at_a_person_is_erased_or_named_with_a_reason(
    database: Databases,
) -> None:
    """A new column for a number, a contact or who wrote fails here until somebody has thought of it."""
    with psycopg.connect(database.owner_url) as conn:
        found = conn.execute(
            "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'sayso'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"
            " AND a.attname ~ '(phone|contact)'"
        ).fetchall()
    assert {name for (name,) in found} == COVERED | set(LEFT_ALONE)
