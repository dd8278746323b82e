"""A no outlives whatever is done with the profile that said it (R6.3, R6.4, R8.2, R8.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sayso.actions import unsubscribing
from sayso.actions.actor import house
from sayso.actions.consents import ConsentWanted, record_consent
from sayso.actions.contact_editing import delete_contact
from sayso.actions.contact_merging import Two, merge_contacts
from sayso.actions.contacts import put_contacts
from sayso.actions.erasing import Erased, erase_contact
from sayso.actions.message_wanted import MessageWanted
from sayso.actions.messages import send_message
from sayso.actions.refusal import Refused
from sayso.core.contact_record import ContactWanted
from sayso.engine.erasing import Erasing
from sayso.engine.supervisor import open_works
from sayso.storage import erased
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, Pool, open_pool
from tests.world import World, build

pytestmark = pytest.mark.anyio
HERS, NEW = "+12025550143", "+12025550144"


@dataclass
class Scene:
    """A workspace, and what is done and asked in it."""

    world: World
    app: Pool
    url: str

    async def put(self, wanted: ContactWanted) -> int:
        done = await put_contacts(self.app, house(self.world.workspace), [wanted], datetime.now(UTC))
        assert not isinstance(done, Refused)
        assert done[0].id is not None, done
        return done[0].id

    async def say(self, who: str | None, phone: str, action: str, category: str, days_ago: int) -> None:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        said = ConsentWanted(phone, action, (category,), external_id=who, timestamp=at)
        assert isinstance(
            await record_consent(self.app, house(self.world.workspace), said, datetime.now(UTC)), list
        )

    async def goes_out(self, phone: str, who: str) -> bool:
        wanted = MessageWanted(phone, "Hi", category="promotions", external_id=who)
        found = await send_message(self.app, house(self.world.workspace), wanted, datetime.now(UTC))
        assert not isinstance(found, Refused), found
        return found.status in ("queued", "deferred")


@pytest.fixture
async def scene(database: Databases) -> AsyncIterator[Scene]:
    erased.use("only for tests")
    async with open_pool(database.url, APP) as app:
        yield Scene(build(database), app, database.url)


@pytest.mark.rule("R6.3", "R8.2")
@pytest.mark.parametrize(("noes", "yeses"), [("promotions", "*"), ("*", "promotions"), ("*", "*")])
@pytest.mark.parametrize("phone", [HERS, NEW])
async def test_a_no_of_either_stands_over_a_later_yes_of_the_other(
    scene: Scene, noes: str, yeses: str, phone: str
) -> None:
    first = await scene.put(ContactWanted("first", HERS))
    second = await scene.put(ContactWanted("second", phone))
    await scene.say("first", HERS, "reject", noes, 9)
    await scene.say("second", phone, "accept", yeses, 2)
    assert await scene.goes_out(phone, "second")
    two = Two(first, second, frozenset({"phone"}))
    assert await merge_contacts(scene.app, house(scene.world.workspace), two, datetime.now(UTC)) == first
    assert not await scene.goes_out(phone, "first")


@pytest.mark.rule("R6.3", "R8.2")
async def test_a_no_of_a_profile_without_number_stands_and_an_own_later_yes_too(scene: Scene) -> None:
    first = await scene.put(ContactWanted("first", sms_consent="no"))
    second = await scene.put(ContactWanted("second", HERS))
    third = await scene.put(ContactWanted("third", HERS))
    await scene.say("second", HERS, "reject", "*", 5)
    await scene.say("second", HERS, "accept", "promotions", 2)
    who = house(scene.world.workspace)
    assert await merge_contacts(scene.app, who, Two(second, third), datetime.now(UTC)) == second
    assert await scene.goes_out(HERS, "second")
    assert await merge_contacts(scene.app, who, Two(first, second), datetime.now(UTC)) == first
    assert not await scene.goes_out(HERS, "first")


@pytest.mark.rule("R6.4")
async def test_a_no_goes_with_its_contact_to_another_number_and_a_yes_does_not(scene: Scene) -> None:
    scene.world.rows(
        "INSERT INTO categories (workspace_id, name, legal_basis) VALUES (%s, 'promotions', "
        "'legitimate_interest')",
        scene.world.workspace,
    )
    await scene.put(ContactWanted("first", HERS))
    await scene.say("first", HERS, "reject", "promotions", 2)
    await scene.put(ContactWanted("first", NEW))
    assert not await scene.goes_out(NEW, "first")
    await scene.put(ContactWanted("second", HERS))
    await scene.say("second", HERS, "reject", "*", 2)
    await scene.put(ContactWanted("second", "+12025550145"))
    assert not await scene.goes_out("+12025550145", "second")
    assert scene.world.rows("SELECT sms_consent FROM contacts WHERE external_id = 'second'") == [("no",)]


@pytest.mark.rule("R6.4", "R8.2")
async def test_a_no_of_a_number_holds_for_a_profile_made_later_and_after_a_deletion(scene: Scene) -> None:
    scene.world.rows(
        "INSERT INTO categories (workspace_id, name, legal_basis) VALUES (%s, 'promotions', "
        "'legitimate_interest')",
        scene.world.workspace,
    )
    await scene.put(ContactWanted("first", HERS))
    assert await scene.goes_out(HERS, "first")
    await scene.say(None, HERS, "reject", "promotions", 2)
    await scene.put(ContactWanted("later", HERS))
    assert not await scene.goes_out(HERS, "later")
    gone = await scene.put(ContactWanted("second", NEW))
    await scene.say("second", NEW, "reject", "promotions", 2)
    who = house(scene.world.workspace)
    assert not isinstance(await delete_contact(scene.app, who, gone), Refused)
    await scene.put(ContactWanted("third", NEW))
    assert not await scene.goes_out(NEW, "third")


@pytest.mark.rule("R8.4", "R9.4")
async def test_whoever_was_erased_and_opens_an_old_link_is_blocked_when_they_come_back(scene: Scene) -> None:
    contact = await scene.put(ContactWanted("first", HERS, sms_consent="yes"))
    (row,) = scene.world.rows(
        "INSERT INTO messages (workspace_id, phone, recipient, connection_id, line_id, sender, class, "
        "purpose, category, body, encoding, parts, because) "
        "VALUES (%s, %s, %s, %s, %s, '12025550100', 'advertising', 'campaign', "
        "'promotions', 'Hi', 'GSM-7', 1, '[]') RETURNING id",
        scene.world.workspace, int(HERS), HERS, scene.world.connection, scene.world.line,
    )  # fmt: skip
    message = int(str(row[0]))
    scene.world.rows(
        "INSERT INTO outcomes (workspace_id, message_id, status, rank, at) "
        "VALUES (%s, %s, 'delivered', 90, now())",
        scene.world.workspace, message,
    )  # fmt: skip
    who = house(scene.world.workspace)
    done = await erase_contact(scene.app, who, contact, HERS, everyone=False, now=datetime.now(UTC))
    assert isinstance(done, Erased)
    assert done.kept == 0
    async with open_works(scene.url) as works:
        stage = Erasing(works)
        while await stage.step():
            continue
    assert await unsubscribing.stop(scene.app, message, None, datetime.now(UTC)) is not None
    await scene.put(ContactWanted("again", HERS, sms_consent="yes"))
    assert not await scene.goes_out(HERS, "again")
