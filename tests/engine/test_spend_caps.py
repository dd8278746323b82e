"""R9.11: what a day may cost, in all and to numbers that begin alike; figures equal the messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from sayso.actions import launching, messages, spend_caps
from sayso.actions.actor import house
from sayso.actions.message_wanted import MessageWanted
from sayso.actions.messages import Asked
from sayso.actions.refusal import Refused
from sayso.actions.spend_caps import Caps
from sayso.core.spending import Cap
from sayso.engine import planning_slice
from sayso.engine.upkeep import upkeep
from sayso.storage import spending
from sayso.storage.databases import Databases
from tests.engine.sending_scene import engine, open_carrier, sends, until
from tests.engine.test_credit import PART, Bank, answers, bank

pytestmark = pytest.mark.anyio
COUNTED = (
    "SELECT coalesce(sum(m.price), 0) FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id"
    " WHERE m.counts_on IS NOT NULL"
    " AND (o.accepted OR coalesce(o.status, 'queued') IN ('queued', 'deferred', 'sending', 'unconfirmed'))"
)


async def capped(here: Bank, wanted: Sequence[Cap]) -> Caps:
    """These caps, set; what is used up of them today."""
    found = await spend_caps.set_caps(here.app, house(here.here.workspace), wanted, datetime.now(UTC))
    assert isinstance(found, Caps), found
    return found


async def used(here: Bank) -> dict[str, int]:
    """What is used up today, by prefix; the same before and after it is rolled up."""
    found = []
    for _ in range(2):
        shown = await spend_caps.show_caps(here.app, house(here.here.workspace), datetime.now(UTC))
        assert isinstance(shown, Caps)
        found.append({one.cap.prefix: one.spent for one in shown.used})
        async with here.pool.connection() as conn:
            await spending.roll_up(conn)
    assert found[0] == found[1]
    return found[0]


def hold(here: Bank) -> tuple[object, ...]:
    (found,) = here.here.rows(
        "SELECT c.state, h.reason FROM campaigns c LEFT JOIN campaign_holds h"
        " ON h.campaign_id = c.id AND h.resumed_at IS NULL ORDER BY c.id DESC LIMIT 1"
    )
    return found


@pytest.mark.rule("R9.11")
async def test_a_campaign_waits_at_the_cap_and_goes_on_where_it_stopped_with_nobody_lost(
    database: Databases,
) -> None:
    async with bank(database) as here:
        here.people(20)
        await capped(here, [Cap("", 12 * PART), Cap("1206", 30 * PART)])
        campaign = await here.rehearsed(here.draft())
        assert await here.launch(campaign) == ""
        await here.walk(limit=7)
        assert here.here.statuses() == {"queued": 12}
        assert hold(here) == ("paused", "spend_cap")
        ((told,),) = here.here.rows("SELECT told FROM campaign_holds")
        assert "all texts together may cost €0.09, and €0.09 of it is used up on" in str(told)
        assert here.here.value("SELECT count(*) FROM alarms WHERE code = 'campaign_held'") == 1
        assert await used(here) == {"": 12 * PART, "1206": 12 * PART}

        # Resumed on the same day, it is held again at once; with more room it goes on.
        actor, now = house(here.here.workspace), datetime.now(UTC)
        await launching.resume(here.app, actor, campaign, now)
        await here.walk(limit=7)
        assert hold(here) == ("paused", "spend_cap")
        assert here.here.statuses() == {"queued": 12}
        await capped(here, [Cap("", 16 * PART), Cap("1206", 30 * PART)])
        await launching.resume(here.app, actor, campaign, now)
        await here.walk(limit=3)
        assert here.here.statuses() == {"queued": 16}
        # The next day has room of its own.
        here.here.conn.execute("UPDATE messages SET counts_on = counts_on - 1")
        here.here.conn.execute("UPDATE spend_days SET day = day - 1")
        here.here.conn.execute("UPDATE spend_fresh SET day = day - 1")
        await launching.resume(here.app, actor, campaign, now)
        await here.walk(limit=7)
        assert here.here.statuses() == {"queued": 20}
        assert hold(here)[0] == "sending"
        assert here.here.value("SELECT count(DISTINCT phone) FROM messages") == 20
        assert await used(here) == {"": 4 * PART, "1206": 4 * PART}
        await here.agree()


@pytest.mark.rule("R9.11")
@pytest.mark.parametrize("part", [5, 4, 1], ids=["within a part", "at the first of a part", "one by one"])
async def test_a_cap_that_a_later_part_of_a_slice_reaches_stops_before_the_first_who_would_pass_it(
    database: Databases, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """The next part is read by then, while the one before is stored: nobody of it is planned."""
    monkeypatch.setattr(planning_slice, "PART", part)
    planned = (
        "SELECT phone, status FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id ORDER BY phone"
    )
    async with bank(database) as here:
        here.people(20)
        everybody = [phone for (phone,) in here.here.rows("SELECT phone FROM contacts ORDER BY phone")]
        await capped(here, [Cap("", 12 * PART)])
        campaign = await here.rehearsed(here.draft())
        assert await here.launch(campaign) == ""
        await here.walk(limit=20)
        assert here.here.rows(planned) == [(phone, None) for phone in everybody[:12]]
        assert hold(here) == ("paused", "spend_cap")
        at = here.here.rows("SELECT after_phone FROM campaign_plans WHERE NOT rehearsal")
        assert at == [(everybody[11],)]
        assert await used(here) == {"": 12 * PART}
        await here.agree()
        # It goes on with the very next, as far as the room reaches, and then to the end.
        await capped(here, [Cap("", 17 * PART)])
        await launching.resume(here.app, house(here.here.workspace), campaign, datetime.now(UTC))
        await here.walk(limit=20)
        assert here.here.rows(planned) == [(phone, None) for phone in everybody[:17]]
        assert hold(here) == ("paused", "spend_cap")
        await capped(here, [Cap("", 100 * PART)])
        await launching.resume(here.app, house(here.here.workspace), campaign, datetime.now(UTC))
        await here.walk(limit=20)
        assert here.here.rows(planned) == [(phone, None) for phone in everybody]
        assert hold(here) == ("sending", None)
        await here.agree()


@pytest.mark.rule("R9.11")
async def test_a_days_figure_equals_its_messages_whatever_became_of_them(database: Databases) -> None:
    """Refusals and cancelled texts count no more; what a provider took does, whatever became of it."""
    async with bank(database) as here, open_carrier() as carrier:
        carrier.answers = answers
        await capped(here, [Cap("", 1_000 * PART)])
        here.people(20)
        assert await here.launch(await here.rehearsed(here.draft())) == ""
        await here.walk()
        assert await used(here) == {"": 20 * PART}
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.here.left() == (0, 0, 0))
        assert here.here.statuses() == {"sent": 16, "rejected": 2, "unconfirmed": 2}
        assert await used(here) == {"": 18 * PART} == {"": here.here.value(COUNTED)}

        second = await here.rehearsed(here.draft())
        assert await here.launch(second) == ""
        await here.walk(slices=2)
        assert await used(here) == {"": here.here.value(COUNTED)}
        await launching.cancel(here.app, house(here.here.workspace), second, datetime.now(UTC))
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.here.left() == (0, 0, 0))
        assert await used(here) == {"": 18 * PART} == {"": here.here.value(COUNTED)}
        # A cap that is set later counts the whole day.
        await capped(here, [Cap("1206555001", 5 * PART), Cap("1206", 50 * PART)])
        assert await used(here) == {"1206": 18 * PART, "1206555001": 9 * PART}


@pytest.mark.rule("R9.11")
async def test_a_message_that_would_pass_a_cap_is_refused_with_the_cap_the_figure_and_when_it_ends(
    database: Databases,
) -> None:
    async with bank(database) as here:
        here.people(3)
        actor, now = house(here.here.workspace), datetime.now(UTC)
        await capped(here, [Cap("1206555", 2 * PART), Cap("44", 0)])

        async def send(number: int) -> Asked:
            wanted = MessageWanted(f"+{12_065_550_000 + number}", body="Sale.", category="promotions")
            asked = await messages.send_message(here.app, actor, wanted, now)
            assert isinstance(asked, Asked), asked
            return asked

        sent = [await send(number) for number in range(3)]
        assert [(one.status, one.reason) for one in sent[1:]] == [("queued", ""), ("skipped", "spend_cap")]
        assert sent[2].sentence.startswith(
            "It costs €0.0075 and would pass the cap of the day: texts to numbers that begin with +1206555 "
            "may cost €0.02, and €0.02 of it is used up on "
        )
        assert sent[2].because[0].rule == "R9.11"
        # What nobody knows the price of cannot be held against a cap.
        here.here.conn.execute("UPDATE prices SET price = NULL")
        unknown = await send(1)
        assert (unknown.reason, unknown.sentence[:27]) == ("spend_cap", "Nobody knows what it costs,")
        # What is deferred counts on the day on which it leaves.
        shown = await spend_caps.show_caps(here.app, actor, now + timedelta(days=1))
        assert isinstance(shown, Caps)
        assert [one.spent for one in shown.used] == [0, 0]


@pytest.mark.rule("R9.11")
async def test_somebody_is_told_at_four_fifths_of_a_cap_and_where_it_is_used_up(database: Databases) -> None:
    async with bank(database) as here:
        here.people(10)
        await capped(here, [Cap("", 10 * PART), Cap("1", 100 * PART), Cap("44", 0)])
        assert await here.launch(await here.rehearsed(here.draft())) == ""
        await here.walk(limit=4, slices=2)
        alarms = "SELECT subject, sentence, times FROM alarms WHERE code = 'spend_cap'"
        async with engine(database.url, upkeep()):
            await until(lambda: len(here.here.rows(alarms)) == 1)
            ((subject, sentence, times),) = here.here.rows(alarms)
            assert (subject, times) == (f"spend_cap:{here.here.workspace}:", 1)
            assert "cost €0.06 of the €0.08 that its spend cap allows on" in str(sentence)
        # Used up, it says so; with more room it is silent.
        here.people(10, first=10)
        await here.walk()
        assert here.here.statuses() == {"queued": 10}
        async with engine(database.url, upkeep()):
            await until(lambda: "held back" in str(here.here.rows(alarms)[0][1]))
        await capped(here, [Cap("", 100 * PART)])
        async with engine(database.url, upkeep()):
            await until(lambda: here.here.rows(alarms) == [])


@pytest.mark.rule("R9.11")
async def test_caps_are_of_whole_prefixes_and_two_people_do_not_overwrite_each_other(
    database: Databases,
) -> None:
    async with bank(database) as here:
        actor, now = house(here.here.workspace), datetime.now(UTC)
        for wanted, code in (
            ([Cap("44x", 1)], "form"),
            ([Cap("", 1), Cap("", 2)], "twice"),
            ([Cap("44", -1)], "range"),
            ([Cap(str(one), 1) for one in range(1, 102)], "too_many"),
        ):
            refused = await spend_caps.set_caps(here.app, actor, wanted, now)
            assert isinstance(refused, Refused)
            assert refused.problems[0].code == code
        await capped(here, [Cap("44", 5)])
        refused = await spend_caps.set_caps(here.app, actor, [Cap("44", 6)], now, seen="an older stamp")
        assert isinstance(refused, Refused)
        assert refused.problems[0].code == "changed_meanwhile"
        here.here.conn.execute("DELETE FROM credit_accounts")
        refused = await spend_caps.set_caps(here.app, actor, [], now)
        assert isinstance(refused, Refused)
        assert refused.problems[0].code == "no_prices"
