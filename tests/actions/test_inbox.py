"""Conversations and replies on a real database: kept by the engine, answered once, audited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from sayso.actions import canned_replies, credit, inbox, replies
from sayso.actions.actor import Actor, house
from sayso.actions.credit import Spending
from sayso.actions.refusal import Refused
from sayso.actions.replies import Replied, ReplyWanted, Standing
from sayso.core.gate import Send, Skip
from sayso.engine.inbound import hear
from sayso.providers.catalogue import provider_answers
from sayso.storage import setup
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, ENGINE, Pool, open_pool
from sayso.storage.prices import Price
from tests.world import AMIRA, World, build

pytestmark = pytest.mark.anyio
AGENT = 7
SAID = "Yes, on 4 December."


@dataclass
class Here:
    """A world with an agent in it, and the pools of engine and console."""

    world: World
    pool: Pool
    engine: Pool
    agent: Actor

    async def heard(self, *bodies: str, to: str = "12025550100", ago: timedelta = timedelta()) -> int:
        """Texts from Amira, decided; the id of the last."""
        for body in bodies:
            self.world.text(body, to=to, at=datetime.now(UTC) - ago)
        async with self.engine.connection() as conn, conn.transaction():
            await hear(conn, list(range(16)), await setup.read(conn, provider_answers), datetime.now(UTC))
        return self.value("SELECT max(id) FROM inbound_messages")

    def value(self, query: str, *parameters: object) -> int:
        return int(str(self.world.rows(query, *parameters)[0][0]))

    def conversation(self) -> tuple[object, ...]:
        """Whether it is open, unanswered texts, who has it, whether ours is last, and how that begins."""
        (row,) = self.world.rows(
            "SELECT open, unanswered, assigned_to, last_is_ours, last_words FROM conversations"
        )
        return row

    def news(self) -> int:
        """What a page made now carries as seen."""
        return self.value("SELECT max(news) FROM conversations")

    async def reply(
        self, conversation: int, body: str = SAID, token: UUID | None = None, **more: object
    ) -> object:
        seen = more.pop("seen", None) or self.news()
        wanted = ReplyWanted(conversation, body, token or uuid4(), seen, **more)  # type: ignore[arg-type]
        return await replies.reply(self.pool, self.agent, wanted, datetime.now(UTC))

    def audited(self) -> list[tuple[object, ...]]:
        return self.world.rows(
            "SELECT action, user_id, before, after FROM audit WHERE object_type = 'conversation' ORDER BY id"
        )


@pytest.fixture
async def here(database: Databases) -> AsyncIterator[Here]:
    world = build(database)
    world.rows("INSERT INTO memberships VALUES (%s, %s, 'agent')", world.workspace, AGENT)
    world.rows("INSERT INTO memberships VALUES (%s, 8, 'analyst')", world.workspace)
    async with open_pool(database.url, APP) as pool, open_pool(database.url, ENGINE) as engine:
        yield Here(world, pool, engine, Actor(world.workspace, user_id=AGENT, role="agent"))


def code(answer: object) -> tuple[str, str]:
    assert isinstance(answer, Refused), answer
    return answer.kind, answer.problems[0].code


@pytest.mark.rule("R12.2", "R4.15")
async def test_texts_of_one_number_on_one_line_are_one_conversation(here: Here) -> None:
    await here.heard("Do you have it in grey?", "Hello?")
    assert here.conversation() == (True, 2, None, False, "Hello?")
    await here.heard("baby and here?", to="11221")
    assert here.value("SELECT count(*) FROM conversations") == 2
    assert here.world.rows(
        "SELECT id = (SELECT min(id) FROM inbound_messages) FROM conversations ORDER BY id"
    ) == [
        (True,),
        (False,),
    ]


@pytest.mark.rule("R12.1")
async def test_stops_open_no_conversation(here: Here) -> None:
    await here.heard("stop", "genug")
    assert here.world.rows("SELECT count(*) FROM conversations") == [(0,)]
    assert here.world.rows("SELECT count(*) FROM inbox") == [(2,)]


@pytest.mark.rule("R12.1")
@pytest.mark.parametrize("said", ["help", "start"])
async def test_what_a_process_takes_is_found_in_the_inbox_and_needs_no_answer(here: Here, said: str) -> None:
    await here.heard(said)
    assert here.conversation() == (True, 0, None, False, said)
    asked = await here.heard("Do you have it in grey?")
    await inbox.close(here.pool, here.agent, asked, here.news())
    await here.heard(said)
    assert here.conversation()[:2] == (False, 1)


@pytest.mark.rule("R9.6")
async def test_a_reply_that_the_credit_does_not_pay_stays_unsent_and_says_so(here: Here) -> None:
    now, operator = datetime.now(UTC), house(here.world.workspace)
    await credit.set_prices(here.pool, operator, "USD", [Price("US", "sms", now, 40_000)], now)
    await credit.top_up(here.pool, operator, Spending(79_999))
    asked = await here.heard("Do you have it in grey?", "And in blue?")
    assert isinstance(await here.reply(asked), Replied)
    assert code(await here.reply(asked)) == ("conflict", "insufficient_credit")
    assert here.world.rows("SELECT price FROM messages") == [(40_000,)]


@pytest.mark.rule("R12.3")
async def test_a_help_after_the_block_is_a_text_after_the_block(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?", "stop", "help")
    assert isinstance(await here.reply(asked), Replied)


@pytest.mark.rule("R12.2")
async def test_a_text_whose_id_is_older_than_what_was_read_is_still_unread(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?")
    seen = here.news()
    # Ids begin with the clock of the door that took the text, and doors and lanes are not in step.
    here.world.text("And in blue?", at=datetime.now(UTC))
    here.world.rows("UPDATE inbound_queue SET id = %s", asked - 1)
    await here.heard()
    assert here.value("SELECT last_inbound_id FROM conversations") == asked
    await here.reply(asked, seen=seen, close=True)
    assert here.conversation()[:2] == (True, 2)


@pytest.mark.rule("R12.2", "R2.4")
async def test_a_reply_leaves_by_the_line_that_was_texted_and_is_audited(here: Here) -> None:
    asked = await here.heard("baby do you have it in grey?", to="11221")
    sent = await here.reply(asked)
    assert isinstance(sent, Replied)
    assert here.world.rows(
        "SELECT m.id, m.line_id, m.sender, m.purpose, m.class, m.body, o.lane FROM messages m "
        "JOIN outbox o ON o.message_id = m.id"
    ) == [(sent.message_id, here.world.baby, "11221", "reply", "transactional", SAID, 1)]
    assert here.conversation() == (True, 0, None, True, SAID)
    assert here.audited() == [("replied", AGENT, None, {"message_id": str(sent.message_id), "close": False})]


@pytest.mark.rule("R12.2")
async def test_a_double_click_and_a_form_sent_again_send_one_reply(here: Here) -> None:
    asked, token = await here.heard("Do you have it in grey?"), uuid4()
    twice = await asyncio.gather(here.reply(asked, token=token), here.reply(asked, token=token))
    again = await here.reply(asked, token=token)
    assert len({one.message_id for one in (*twice, again) if isinstance(one, Replied)}) == 1
    assert here.value("SELECT count(*) FROM messages") == 1
    assert len(here.audited()) == 1
    assert code(await here.reply(asked, "Other words", token)) == ("conflict", "spent")


@pytest.mark.rule("R12.2")
async def test_a_reply_answers_only_what_its_writer_had_seen(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?")
    seen = here.news()
    await here.heard("And in blue?")
    await here.reply(asked, seen=seen, close=True)
    assert here.conversation() == (True, 2, None, True, SAID)
    assert code(await inbox.close(here.pool, here.agent, asked, seen)) == ("conflict", "news")
    await here.reply(asked, close=True)
    assert here.conversation() == (False, 0, None, True, SAID)
    await here.heard("Thank you")
    assert here.conversation() == (True, 1, None, False, "Thank you")


@pytest.mark.rule("R12.2", "R2.4")
async def test_assign_label_close_and_reopen_are_audited_once(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?")
    for _ in range(2):
        await inbox.assign(here.pool, here.agent, asked, AGENT)
        await inbox.add_label(here.pool, here.agent, asked, "  Prams  ")
        await inbox.add_label(here.pool, here.agent, asked, "PRAMS")
    assert here.world.rows("SELECT written FROM conversation_labels") == [("Prams",)]
    for _ in range(2):
        await inbox.close(here.pool, here.agent, asked, here.news())
    assert here.conversation()[:3] == (False, 1, AGENT)
    for _ in range(2):
        await inbox.reopen(here.pool, here.agent, asked)
        await inbox.remove_label(here.pool, here.agent, asked, "prams")
        await inbox.assign(here.pool, here.agent, asked, None)
    assert here.conversation()[:3] == (True, 1, None)
    told = [action for action, *_ in here.audited()]
    assert told == ["assigned", "labelled", "closed", "reopened", "unlabelled", "assigned"]


@pytest.mark.rule("R2.1")
async def test_only_who_may_answer_answers_and_is_assigned(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?")
    for stranger in (8, 99):
        assert code(await inbox.assign(here.pool, here.agent, asked, stranger)) == ("invalid", "unknown")
    here.agent = Actor(here.world.workspace, user_id=8, role="analyst")
    assert code(await here.reply(asked))[0] == "forbidden"
    assert code(await inbox.close(here.pool, here.agent, asked, here.news()))[0] == "forbidden"


@pytest.mark.rule("R2.1")
async def test_another_workspaces_conversation_is_not_there(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?")
    here.agent = Actor(here.world.other_workspace, user_id=AGENT, role="owner")
    assert code(await here.reply(asked))[0] == "not_found"
    assert code(await inbox.assign(here.pool, here.agent, asked, None))[0] == "not_found"
    assert code(await inbox.add_label(here.pool, here.agent, asked, "x"))[0] == "not_found"
    assert here.audited() == []


@pytest.mark.rule("R12.3")
async def test_who_is_blocked_is_answered_once_they_write_again(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?")
    await canned_replies.create_canned(here.pool, here.agent, "Open", "We are open till 18:00.")
    await here.heard("stop")
    assert code(await here.reply(asked)) == ("conflict", "blocked_and_silent")
    standing = await replies.standing(here.pool, here.agent, asked, datetime.now(UTC))
    assert isinstance(standing, Standing)
    assert isinstance(standing.answer, Skip)
    await here.heard("But do you have it in grey?")
    assert code(await here.reply(asked, "Look at fern.com/grey")) == ("conflict", "blocked_no_links")
    assert code(await here.reply(asked, "We are  open till 18:00.")) == ("conflict", "blocked_no_templates")
    assert isinstance(await here.reply(asked), Replied)
    assert here.value("SELECT count(*) FROM messages WHERE purpose = 'reply'") == 1


@pytest.mark.rule("R12.3")
async def test_words_of_canned_replies_and_templates_are_refused_with_any_added(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?", "stop", "But do you have it in grey?")
    await canned_replies.create_canned(here.pool, here.agent, "Open", "We are open till 18:00.")
    (template,) = here.world.rows(
        "INSERT INTO templates (workspace_id, name, class) VALUES (%s, 'Sale', 'advertising') RETURNING id",
        here.world.workspace,
    )
    here.world.rows(
        "INSERT INTO template_texts VALUES (%s, %s, 'en', 'Twenty per cent off all prams this week.')",
        here.world.workspace, template[0],
    )  # fmt: skip
    for said in ("Hi Amira. WE ARE OPEN till 18:00, see you", "Yes. Twenty per cent off all prams this week"):
        assert code(await here.reply(asked, said)) == ("conflict", "blocked_no_templates")
    assert isinstance(await here.reply(asked), Replied)


@pytest.mark.rule("R12.2")
async def test_a_workspace_has_so_many_canned_replies_and_no_more(here: Here) -> None:
    here.world.rows(
        "INSERT INTO canned_replies (workspace_id, name, body) SELECT %s, 'n' || n, 'x' "
        "FROM generate_series(1, 200) n",
        here.world.workspace,
    )
    refused = await canned_replies.create_canned(here.pool, here.agent, "One more", "x")
    assert code(refused) == ("conflict", "too_many")
    assert not isinstance(await canned_replies.create_canned(here.pool, here.agent, "n7", "x"), Refused)


@pytest.mark.rule("R12.2")
async def test_who_waits_for_a_conversation_gives_up_soon_and_the_stored_words_are_read_before(
    here: Here,
) -> None:
    asked = await here.heard("Do you have it in grey?")
    with psycopg.connect(here.world.owner_url, options="-c search_path=sayso") as other:
        other.execute("SELECT 1 FROM conversations FOR UPDATE")
        with pytest.raises(psycopg.errors.QueryCanceled):
            await here.reply(asked)
        other.rollback()
        # Whoever holds the stored words up holds nobody up who wants the conversation.
        other.execute("LOCK TABLE canned_replies")
        replying = asyncio.create_task(here.reply(asked))
        async with asyncio.timeout(30):
            while not here.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        here.world.rows("SELECT 1 FROM conversations FOR UPDATE NOWAIT")
        other.rollback()
        assert isinstance(await replying, Replied)


@pytest.mark.rule("R12.3", "R9.7")
async def test_nobody_is_answered_while_a_text_from_them_comes_in(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?")
    here.world.text("stop", at=datetime.now(UTC))
    assert code(await here.reply(asked)) == ("conflict", "undecided_text")
    await here.heard()
    assert code(await here.reply(asked)) == ("conflict", "blocked_and_silent")


@pytest.mark.rule("R12.3")
async def test_a_day_after_their_last_text_the_blocked_are_left_alone(here: Here) -> None:
    asked = await here.heard("stop", "One more thing", ago=timedelta(hours=24, minutes=1))
    assert code(await here.reply(asked)) == ("conflict", "blocked_and_late")


async def test_a_withdrawn_line_answers_nobody(here: Here) -> None:
    asked = await here.heard("Do you have it in grey?")
    here.world.rows("UPDATE lines SET withdrawn_at = now() WHERE id = %s", here.world.line)
    assert code(await here.reply(asked)) == ("conflict", "withdrawn")


@pytest.mark.parametrize(
    ("body", "why"), [("", "empty"), (" \n", "empty"), ("a\x00b", "empty"), ("x" * 1601, "length")]
)
async def test_what_cannot_be_sent_is_said(here: Here, body: str, why: str) -> None:
    assert code(await here.reply(await here.heard("Hi there"), body)) == ("invalid", why)


@pytest.mark.rule("R12.2")
@pytest.mark.parametrize("body", ["<script>alert(1)</script>", "שלום, מה שלומך?", "🙏" * 400, "x" * 1600])
async def test_any_words_are_sent_as_they_are(here: Here, body: str) -> None:
    assert isinstance(await here.reply(await here.heard(body), body), Replied)
    assert here.world.rows("SELECT body FROM messages") == [(body,)]
    assert here.world.rows("SELECT length(last_words) <= 160 FROM conversations") == [(True,)]


@pytest.mark.rule("R12.2", "R2.4")
async def test_canned_replies_are_made_changed_and_deleted(here: Here) -> None:
    made = await canned_replies.create_canned(here.pool, here.agent, " Open ", "Till 18:00.")
    assert not isinstance(made, Refused)
    assert await canned_replies.create_canned(here.pool, here.agent, "Open", "Till 18:00.") == made
    assert code(await canned_replies.create_canned(here.pool, here.agent, "Open", "Else")) == (
        "conflict",
        "taken",
    )
    assert code(await canned_replies.create_canned(here.pool, here.agent, "", "Else"))[0] == "invalid"
    changed = canned_replies.CannedReply(made.id, "Hours", "Till 19:00.")
    assert await canned_replies.change_canned(here.pool, here.agent, changed, datetime.now(UTC)) == changed
    assert await canned_replies.list_canned(here.pool, here.agent) == [changed]
    assert await canned_replies.delete_canned(here.pool, here.agent, made.id) is None
    assert code(await canned_replies.delete_canned(here.pool, here.agent, made.id))[0] == "not_found"
    told = here.world.rows("SELECT action FROM audit WHERE object_type = 'canned_reply' ORDER BY id")
    assert told == [("created",), ("changed",), ("deleted",)]


@pytest.mark.rule("R12.2")
async def test_who_may_be_texted_is_the_gates_answer_by_category(here: Here) -> None:
    here.world.contact(AMIRA, "yes")
    here.world.rows("INSERT INTO categories (workspace_id, name) VALUES (%s, 'events')", here.world.workspace)
    asked = await here.heard("Do you have it in grey?")
    found = await replies.standing(here.pool, here.agent, asked, datetime.now(UTC))
    assert isinstance(found, Standing)
    assert [(name, isinstance(answer, Send)) for name, answer in found.advertising] == [("events", True)]
