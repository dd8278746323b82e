"""A number that changed hands, from each way it is told to each way back (R6.8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import UNSET

from sayso.actions.actor import house
from sayso.actions.changed_hands import Report, Said, decide_whose, end_consents, list_asked
from sayso.actions.consents import ConsentWanted, record_consent
from sayso.actions.contact_editing import delete_contact
from sayso.actions.contacts import put_contacts
from sayso.actions.erasing import Erased, erase_contact
from sayso.actions.explanation import Question, explain
from sayso.actions.message_wanted import MessageWanted
from sayso.actions.messages import send_message
from sayso.actions.opt_out_lists import Taken
from sayso.actions.refusal import Refused
from sayso.core.contact_record import ContactWanted, Evidence
from sayso.core.gate_answers import Skip
from sayso.engine.gone import Gones
from sayso.engine.inbound import hear
from sayso.engine.supervisor import open_works
from sayso.providers.catalogue import provider_answers
from sayso.storage import erased, hands, setup
from sayso.storage.databases import Databases
from sayso.storage.hands import Asked
from sayso.storage.messages import Message
from sayso.storage.pool import APP, ENGINE, Pool, open_pool, workspace
from tests.world import AMIRA, World, build

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R6.8")]
HERS = f"+{AMIRA}"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Scene:
    """A workspace with Amira, who said yes a week ago."""

    world: World
    app: Pool
    url: str

    @property
    def me(self) -> int:
        return self.world.workspace

    async def put(self, consent: str = "yes", who: str = "amira", evidence: Evidence | None = None) -> int:
        wanted = ContactWanted(who, HERS, sms_consent=consent, evidence=evidence)
        done = await put_contacts(self.app, house(self.me), [wanted], datetime.now(UTC))
        assert not isinstance(done, Refused)
        assert done[0].id is not None
        return done[0].id

    async def accept(self, days_ago: float, method: str = "form", wording: str = "Yes") -> str:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        said = ConsentWanted(HERS, "accept", timestamp=at, method=method, wording=wording)
        told = await record_consent(self.app, house(self.me), said, datetime.now(UTC))
        assert not isinstance(told, Refused)
        return told[0].outcome

    async def gone(self, days_ago: float = 1, phone: str = HERS, **said: str) -> Taken:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        told = await end_consents(
            self.app, house(self.me), [Report(1, phone, at)], Said(**said), datetime.now(UTC)
        )
        assert not isinstance(told, Refused)
        return told

    async def advert(self, who: str | None = "amira") -> Message:
        wanted = MessageWanted(HERS, "Hi", category="promotions", external_id=who)
        found = await send_message(self.app, house(self.me), wanted, datetime.now(UTC))
        assert not isinstance(found, Refused)
        return found

    async def goes_out(self, who: str | None = "amira") -> bool:
        return (await self.advert(who)).status == "queued"

    async def hear(self, body: str, at: datetime | None = None) -> None:
        self.world.text(body, at=at or datetime.now(UTC))
        async with open_pool(self.url, ENGINE) as pool, pool.connection() as conn, conn.transaction():
            await hear(conn, list(range(16)), await setup.read(conn, provider_answers), datetime.now(UTC))


@pytest.fixture
async def scene(database: Databases) -> AsyncIterator[Scene]:
    erased.use("only for tests")
    async with open_pool(database.url, APP) as app:
        made = Scene(build(database), app, database.url)
        await made.put("unknown")
        assert await made.accept(7) == "accepted"
        await made.put("yes")
        assert await made.goes_out()
        yield made


async def test_a_list_without_a_date_ends_no_consent_and_a_report_as_it_happens_does(scene: Scene) -> None:
    actor, now = house(scene.me), datetime.now(UTC)
    rows = [Report(1, HERS), Report(2, "+447911123456", now - timedelta(days=30))]
    told = await end_consents(scene.app, actor, rows, Said("deactivated", "old.csv"), now)
    assert not isinstance(told, Refused)
    assert (told.new, [line for line, _ in told.refused]) == (1, [1])
    assert "Say of which day the list is" in told.refused[0][1]
    assert await scene.goes_out()
    dated = [Report(1, HERS, now - timedelta(days=30))]
    assert not isinstance(
        await end_consents(scene.app, actor, dated, Said("deactivated", "old.csv"), now), Refused
    )
    assert await scene.goes_out()
    told = await end_consents(scene.app, actor, [Report(1, HERS)], Said("deactivated"), now)
    assert not isinstance(told, Refused)
    assert told.new == 1
    assert not await scene.goes_out()


@pytest.mark.parametrize("by", ["consents", "contacts", "contacts by name"])
async def test_a_yes_that_is_reported_while_consent_ends_waits_and_sees_the_end(
    scene: Scene, by: str
) -> None:
    """Told alone it would outlive the end by a millisecond; it waits for START as if it had come later."""
    now = datetime.now(UTC)
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    gone = hands.Gone(int(HERS[1:]), now, "api", "reassigned", "Somebody else has it.")
    async with workspace(scene.app, scene.me) as ending:
        assert await hands.end(ending, [gone], now) == 1
        later = now + timedelta(milliseconds=1)
        wanted = ContactWanted("amira", HERS if by == "contacts" else UNSET, sms_consent="yes")
        telling = asyncio.create_task(
            record_consent(scene.app, house(scene.me), ConsentWanted(HERS, "accept"), later)
            if by == "consents"
            else put_contacts(scene.app, house(scene.me), [wanted], later)
        )
        async with asyncio.timeout(30):
            while scene.world.rows(waits) == [(0,)]:  # noqa: ASYNC110 - the condition lives in the database
                await asyncio.sleep(0.02)
        assert not telling.done()
    assert not isinstance(await telling, Refused)
    last = scene.world.rows("SELECT action FROM consents ORDER BY id DESC LIMIT 1")
    assert last == [("pending",)]
    assert scene.world.rows("SELECT sms_consent FROM contacts") == [("unknown",)]
    assert not await scene.goes_out()


async def test_consent_ends_with_proof_without_a_block_and_every_look_says_so(scene: Scene) -> None:
    assert (await scene.gone(way="deactivated", list_name="carrier.csv")).new == 1
    held = await scene.advert()
    assert (held.status, held.reason) == ("skipped", "consent_ended")
    told = await explain(scene.app, house(scene.me), Question(HERS, category="promotions"), datetime.now(UTC))
    assert not isinstance(told, Refused)
    answer = told.strictest.answer
    assert isinstance(answer, Skip)
    assert (answer.because[-1].rule, answer.because[-1].source) == ("R6.8", "import")
    assert scene.world.rows("SELECT FROM blocks") == []
    assert scene.world.rows("SELECT sms_consent FROM contacts") == [("unknown",)]
    proof = (
        "SELECT action, category, source, method, wording, evidence ->> 'list' FROM consents ORDER BY id DESC"
    )
    assert scene.world.rows(proof)[0] == (
        "ended", "*", "import", "deactivated", "The number is in use no more.", "carrier.csv",
    )  # fmt: skip
    assert scene.world.rows("SELECT object_id FROM audit WHERE action = 'ended'") == [("carrier.csv",)]


async def test_the_same_report_again_or_an_older_one_changes_nothing(scene: Scene) -> None:
    await scene.gone(2)
    assert await scene.accept(1) == "accepted"
    assert (await scene.gone(3)).new == 0
    assert await scene.goes_out()
    assert (await scene.gone(0.5)).new == 1
    assert not await scene.goes_out()


async def test_nothing_that_was_said_before_brings_it_back(scene: Scene) -> None:
    """A late report of an old yes, the old list once more, another profile, a START that came late."""
    await scene.gone(1)
    assert await scene.accept(2) == "nothing"
    await scene.put("yes")
    await scene.put("yes", "other")
    await scene.hear("start", at=datetime.now(UTC) - timedelta(days=1, hours=1))
    assert not await scene.goes_out()
    assert not await scene.goes_out("other")
    assert not await scene.goes_out(None)
    old = Evidence(method="form", timestamp=datetime.now(UTC) - timedelta(days=3), wording="Yes")
    await scene.put("yes", evidence=old)
    assert not await scene.goes_out()


async def test_start_or_a_form_of_whoever_has_it_now_begins_anew(scene: Scene) -> None:
    await scene.gone(1)
    await scene.hear("start")
    assert await scene.goes_out()
    assert await scene.goes_out(None)
    await scene.gone(0)
    assert not await scene.goes_out()
    assert await scene.accept(-0.0001, wording="") == "pending"
    assert not await scene.goes_out()


async def test_deleting_or_erasing_the_profile_brings_nothing_back(scene: Scene) -> None:
    """Attack: take the profile away and bring it in again with its yes."""
    await scene.gone(1)
    await delete_contact(scene.app, house(scene.me), await scene.put("unknown"))
    whose = await scene.put("yes")
    assert not await scene.goes_out()
    done = await erase_contact(scene.app, house(scene.me), whose, HERS, everyone=True, now=datetime.now(UTC))
    assert isinstance(done, Erased)
    assert done.kept > 0
    await scene.put("yes")
    assert not await scene.goes_out()
    await scene.hear("start")
    assert await scene.goes_out()


async def test_a_question_that_nobody_answered_outlives_the_erasure_as_an_end(scene: Scene) -> None:
    await scene.hear("wrong number")
    whose = await scene.put("yes")
    await erase_contact(scene.app, house(scene.me), whose, HERS, everyone=True, now=datetime.now(UTC))
    await scene.put("unknown")
    assert (await scene.advert()).reason == "consent_ended"
    await scene.put("yes")
    assert not await scene.goes_out()


@pytest.mark.parametrize(("decision", "out"), [("same", True), ("changed", False)])
async def test_a_wrong_number_holds_advertising_until_a_person_decides(
    scene: Scene, decision: str, out: bool
) -> None:
    await scene.hear("Sorry, wrong number")
    assert (await scene.advert()).reason == "in_review"
    assert scene.world.rows("SELECT open, unanswered FROM conversations") == [(True, 1)]
    actor, now = house(scene.me), datetime.now(UTC)
    (asked,) = (await list_asked(scene.app, actor, Asked(0, LONG_AGO), 10),)
    assert not isinstance(asked, Refused)
    assert [one.phone for one in asked] == [AMIRA]
    other = house(scene.world.other_workspace)
    assert isinstance(await decide_whose(scene.app, other, AMIRA, decision, now), Refused)
    assert not isinstance(await decide_whose(scene.app, actor, AMIRA, decision, now), Refused)
    assert (await scene.goes_out()) is out
    assert isinstance(await decide_whose(scene.app, actor, AMIRA, decision, now), Refused)
    assert await list_asked(scene.app, actor, Asked(0, LONG_AGO), 10) == []
    await scene.hear("wrong number!")
    assert not await scene.goes_out()


async def test_an_older_list_leaves_a_question_that_was_asked_since(scene: Scene) -> None:
    await scene.hear("wrong number")
    assert (await scene.gone(1)).new == 1
    await scene.hear("start")
    assert (await scene.advert()).reason == "in_review"
    assert (await scene.gone(0)).new == 1
    assert await list_asked(scene.app, house(scene.me), Asked(0, LONG_AGO), 10) == []


async def test_a_stop_stands_whatever_changed_hands_around_it(scene: Scene) -> None:
    await scene.hear("stop")
    await scene.gone(0)
    assert (await scene.advert()).reason == "blocked_by_keyword"
    assert scene.world.rows("SELECT sms_consent FROM contacts") == [("no",)]


async def test_test_keys_and_strangers_end_nothing(scene: Scene) -> None:
    tester = replace(house(scene.me), key_id=1, test_mode=True)
    reader = replace(house(scene.me), scopes=frozenset({"consents:read"}))
    for actor in (tester, reader):
        told = await end_consents(scene.app, actor, [Report(1, HERS)], Said(), datetime.now(UTC))
        assert isinstance(told, Refused)
        assert isinstance(await decide_whose(scene.app, actor, AMIRA, "changed", datetime.now(UTC)), Refused)
    other = house(scene.world.other_workspace)
    await end_consents(scene.app, other, [Report(1, HERS)], Said(), datetime.now(UTC))
    assert await scene.goes_out()


async def test_faulty_rows_are_told_by_line_and_cost_their_neighbours_nothing(scene: Scene) -> None:
    ahead = datetime.now(UTC) + timedelta(days=1)
    rows = [Report(1, "nobody"), Report(2, HERS), Report(3, "+12025550144", ahead), Report(4, HERS)]
    told = await end_consents(scene.app, house(scene.me), rows, Said(), datetime.now(UTC))
    assert isinstance(told, Taken)
    assert (told.new, [line for line, _ in told.refused]) == (1, [1, 3])


Failed = Callable[[float, str], None]


@pytest.fixture
def failed(scene: Scene) -> Failed:
    """A message of so many days ago and what became of it, at a provider that is none of ours."""
    (other,) = scene.world.rows(
        "INSERT INTO connections (name, kind, hook_token, parts_per_second, settings)"
        " VALUES ('T', 'twilio', repeat('u', 43), 10, '{}') RETURNING id"
    )

    def done(days_ago: float, became: str, connection: object = other[0]) -> None:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        status = "failed" if became != "delivered" else became
        (message,) = scene.world.rows(
            "INSERT INTO messages (workspace_id, id, phone, recipient, connection_id, line_id, sender, class,"
            " purpose, body, encoding, parts, because)"
            " VALUES (%s, id_at(%s) + 1, %s, %s, %s, %s, '1', 'advertising', 'api', 'Hi', 'GSM-7', 1, '[]')"
            " RETURNING id",
            scene.me, at, AMIRA, HERS, connection, scene.world.line,
        )  # fmt: skip
        scene.world.rows(
            "INSERT INTO outcomes (workspace_id, message_id, status, reason, rank, at)"
            " VALUES (%s, %s, %s, %s, 132, %s)",
            scene.me, message[0], status, "" if status == "delivered" else became, at,
        )  # fmt: skip

    return done


async def judged(scene: Scene) -> None:
    async with open_works(scene.url) as works:
        gones = Gones(works)
        gones.note([(scene.me, AMIRA, "bad_number"), (scene.me, AMIRA, "expired")])
        await gones.judge()


async def test_failures_for_good_on_three_days_end_consent(scene: Scene, failed: Failed) -> None:
    for days_ago in (5, 3, 3.001):
        failed(days_ago, "bad_number")
    await judged(scene)
    assert await scene.goes_out()
    failed(1, "unroutable")
    await judged(scene)
    assert (await scene.advert()).reason == "consent_ended"
    assert scene.world.rows("SELECT source, evidence ->> 'days' FROM consents WHERE action = 'ended'") == [
        ("failures", "3")
    ]


@pytest.mark.parametrize(
    "story",
    [
        [(5, "bad_number"), (4, "delivered"), (3, "bad_number"), (1, "bad_number")],
        [(5, "temp_unreachable"), (3, "bad_number"), (1, "bad_number")],
        [(40, "bad_number"), (3, "bad_number"), (1, "bad_number")],
    ],
    ids=["delivered_between", "one_for_a_while", "one_long_ago"],
)
async def test_fewer_signs_end_nothing(scene: Scene, failed: Failed, story: list[tuple[float, str]]) -> None:
    for days_ago, became in story:
        failed(days_ago, became)
    await judged(scene)
    assert await scene.goes_out()


async def test_simulated_failures_say_nothing_of_a_live_number(scene: Scene, failed: Failed) -> None:
    """Attack: a test key has the simulator fail three times for somebody's number."""
    for days_ago in (5, 3, 1):
        failed(days_ago, "bad_number", scene.world.connection)  # type: ignore[call-arg]
    await judged(scene)
    assert await scene.goes_out()


async def test_whoever_writes_to_us_is_there(scene: Scene, failed: Failed) -> None:
    for days_ago in (5, 3, 1):
        failed(days_ago, "bad_number")
    await scene.hear("Is the shop open?")
    await judged(scene)
    assert await scene.goes_out()
