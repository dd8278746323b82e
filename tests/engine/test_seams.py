"""Where features meet: a test and its recipient, an estimate and its campaign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sayso.actions.actor import house, transaction
from sayso.actions.campaign_limits import Reach, permitted
from sayso.actions.campaign_tests import TestWanted, send_test
from sayso.actions.campaign_trials import put_trial
from sayso.actions.campaigns import copy_campaign, draft_of, rehearse, show_campaign, track
from sayso.actions.refusal import Refused
from sayso.core.campaign_text import Links
from sayso.core.trials import Trial, Variant
from sayso.storage import trials
from sayso.storage.databases import Databases
from tests.engine.test_credit import FIRST, PART, Bank, bank

pytestmark = pytest.mark.anyio
LINKS = Links(b"k" * 32, "https://sms.example.com", b"c" * 32)
ADDRESS = "https://shop.example.com/a/very/long/address/of/a/sale?from=texts"


async def tracked(here: Bank, campaign: int) -> None:
    """Keep where its links lead, as a save does."""
    found = await show_campaign(here.app, house(here.here.workspace), campaign)
    assert not isinstance(found, Refused)
    async with transaction(here.app, house(here.here.workspace)) as conn:
        await track(conn, campaign, draft_of(found))


@pytest.mark.rule("R9.5")
async def test_a_test_is_what_a_recipient_gets_and_costs_what_theirs_costs(database: Databases) -> None:
    async with bank(database) as here:
        campaign = here.draft(f"Look: {ADDRESS}")
        here.here.conn.execute("UPDATE campaigns SET media_urls = '{https://img.example.com/a.png}'")
        await tracked(here, campaign)
        wanted = TestWanted([f"+{FIRST}"])
        actor, now = house(here.here.workspace), datetime.now(UTC)
        done = await send_test(here.app, actor, campaign, wanted, LINKS, now)
        assert not isinstance(done, Refused), done
        (row,) = here.here.rows(
            "SELECT body, media_urls, parts, price, test_of, campaign_id FROM messages WHERE purpose = 'test'"
        )
        body, media, parts, price, test_of, counted = row
        assert ADDRESS not in str(body)
        assert "https://sms.example.com/l/" in str(body)
        assert (test_of, counted) == (campaign, None)
        assert (media, parts) == (["https://img.example.com/a.png"], 1)
        assert price is None  # no price of a picture is known
        here.here.conn.execute("UPDATE campaigns SET media_urls = '{}'")
        again = await send_test(here.app, actor, campaign, wanted, LINKS, now)
        assert not isinstance(again, Refused), again
        assert here.here.value("SELECT price FROM messages WHERE id = %s", again[0].id) == PART
        assert await here.agree() == (0, PART)


@pytest.mark.rule("R9.6")
async def test_a_trial_costs_no_more_than_its_rehearsal_said_whichever_text_wins(database: Databases) -> None:
    """Most wait for the winner, and it may be the longer one; the control group costs nothing."""
    async with bank(database) as here:
        here.people(60)
        campaign = here.draft()
        texts = (Variant(1, "Sale.", 50), Variant(2, "Sale. " * 40, 50))
        put = await put_trial(
            here.app, house(here.here.workspace), campaign, Trial(30, 20, "clicks", 1, texts)
        )
        assert not isinstance(put, Refused), put
        await here.rehearsed(campaign)
        told = here.here.value("SELECT sum(price) FROM campaign_costs WHERE rehearsal")
        control = here.here.value(
            "SELECT messages FROM campaign_tallies WHERE rehearsal AND reason = 'control_group'"
        )
        assert await here.launch(campaign) == ""
        await here.walk()
        now = datetime.now(UTC) + timedelta(hours=2)
        async with here.pool.connection() as conn:
            due = await trials.due(conn, now)
            assert due is not None
            await trials.decide(conn, due, 2, "B had the most clicks.", now)
        await here.walk()
        tallies = (
            "SELECT status, reason, sum(messages) FROM campaign_tallies WHERE {} rehearsal GROUP BY 1, 2"
        )
        assert here.here.rows(tallies.format("NOT")) == here.here.rows(tallies.format(""))
        assert control > 0
        planned = here.here.value("SELECT sum(price) FROM campaign_costs WHERE NOT rehearsal")
        assert 0 < planned <= told
        assert (await here.agree())[1] == planned


@pytest.mark.rule("R9.6")
async def test_a_rehearsal_is_judged_by_the_moment_that_the_launch_is_meant_for(database: Databases) -> None:
    """In the small hours of Seattle everybody waits for the morning; at its noon nobody does."""
    async with bank(database) as here:
        here.people(3)
        here.here.conn.execute(
            "INSERT INTO sending_rules (workspace_id, practises) VALUES (%s, true)", (here.here.workspace,)
        )
        campaign, actor, now = here.draft(), house(here.here.workspace), datetime.now(UTC)
        counted = "SELECT status, reason, messages FROM campaign_tallies WHERE rehearsal"
        tomorrow = (now + timedelta(days=1)).replace(minute=0)
        for hour, told in ((10, ("deferred", "quiet_hours", 3)), (20, ("queued", "", 3))):
            asked = await rehearse(here.app, actor, campaign, now, None, tomorrow.replace(hour=hour))
            assert not isinstance(asked, Refused), asked
            await here.walk()
            assert here.here.rows(counted) == [told]


@pytest.mark.rule("R9.6")
async def test_a_rehearsal_keeps_who_would_not_get_it_and_why_until_the_next_or_the_launch(
    database: Databases,
) -> None:
    async with bank(database) as here:
        here.people(2)
        here.people(2, "no", first=10)
        query = "INSERT INTO contacts (workspace_id, external_id) VALUES (%s, 'numberless')"
        here.here.conn.execute(query, (here.here.workspace,))
        campaign = await here.rehearsed(here.draft())
        told = "SELECT c.phone, r.status, r.reason, r.told FROM rehearsed_people r JOIN contacts c"
        told += " ON c.id = r.contact_id ORDER BY r.id"
        found = here.here.rows(told)
        assert [row[:3] for row in found] == [
            (FIRST + 10, "skipped", "consent_no"),
            (FIRST + 11, "skipped", "consent_no"),
            (None, "skipped", "no_number"),
        ]
        assert "no" in str(found[0][3])
        assert "no number" in str(found[2][3])
        await here.rehearsed(campaign)
        assert len(here.here.rows(told)) == 3
        assert await here.launch(campaign) == ""
        await here.walk()
        assert here.here.rows(told) == []


@pytest.mark.rule("R9.1")
async def test_a_copy_takes_texts_pictures_and_throttle_along_and_no_moment(database: Databases) -> None:
    async with bank(database) as here:
        campaign, actor, now = here.draft(f"Look: {ADDRESS}"), house(here.here.workspace), datetime.now(UTC)
        here.here.conn.execute(
            "UPDATE campaigns SET media_urls = '{https://img.example.com/a.png}', without_mms = 'skip',"
            " category = '', fallback_body = 'No picture', plain_letters = true"
        )
        texts = (Variant(1, "Sale.", 50), Variant(2, f"Now: {ADDRESS}", 50))
        await put_trial(here.app, actor, campaign, Trial(30, 20, "clicks", 1, texts, winner=None))
        here.here.conn.execute("UPDATE campaign_trials SET winner = 2")
        here.here.conn.execute(
            "INSERT INTO campaign_paces VALUES (%s, %s, false, '2026-11-01 09:00', 10)",
            (here.here.workspace, campaign),
        )
        made = await copy_campaign(here.app, actor, campaign, "Copy", now)
        assert not isinstance(made, Refused), made
        assert (made.media_urls, made.without_mms) == (["https://img.example.com/a.png"], "skip")
        assert (made.fallback_body, made.plain_letters, made.link_tracking) == ("No picture", True, True)
        of_copy = "WHERE campaign_id = %s"
        assert here.here.rows(f"SELECT written FROM campaign_links {of_copy}", made.id) == [(ADDRESS,)]
        assert here.here.rows(f"SELECT tested, winner FROM campaign_trials {of_copy}", made.id) == [
            (30, None)
        ]
        pace = f"SELECT rehearsal, local_clock, most FROM campaign_paces {of_copy}"
        assert here.here.rows(pace, made.id) == [(True, None, 10)]


@pytest.mark.rule("R2.5")
async def test_the_limit_that_a_launch_is_checked_by_is_the_one_that_it_keeps(database: Databases) -> None:
    """Nobody changes it between the two: it is read once, and stands until the launch does."""
    async with bank(database) as here:
        here.people(3)
        campaign, actor = await here.rehearsed(here.draft()), house(here.here.workspace)
        here.here.conn.execute("UPDATE workspaces SET approve_above = 5")
        here.here.conn.execute("SET lock_timeout = '50ms'")
        async with transaction(here.app, actor) as conn:
            assert await permitted(conn, actor, campaign) == Reach(5)
            with pytest.raises(psycopg.errors.LockNotAvailable):
                here.here.conn.execute("UPDATE workspaces SET approve_above = 1")
        assert await here.launch(campaign) == ""
        assert here.here.value("SELECT may_reach FROM campaigns") == 5
        here.here.conn.execute("UPDATE workspaces SET approve_above = 1")
        assert "approval_wanted" in await here.launch(await here.rehearsed(here.draft()))
