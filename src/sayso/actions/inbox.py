"""Conversations: assigned, labelled, closed and reopened by people (R12.2). Replies: `actions.replies`."""

from __future__ import annotations

from sayso.actions.actor import ROLES, Actor, needs, record, transaction
from sayso.actions.refusal import Refused, conflict, fault, missing
from sayso.core.text import fold
from sayso.storage import audit, conversations, workspaces
from sayso.storage.conversations import Conversation, Label
from sayso.storage.pool import Connection, Pool

LONGEST_LABEL = 40
MOST_LABELS = 20


@needs("inbox:answer")
async def assign(
    pool: Pool, actor: Actor, conversation_id: int, user_id: int | None
) -> Conversation | Refused:
    """Give a conversation to somebody who may answer it, or to nobody."""
    async with transaction(pool, actor) as conn:
        stands = await conversations.get(conn, conversation_id, for_update=True)
        if stands is None:
            return missing("id", "conversation")
        if user_id is not None and not await _may_answer(conn, user_id):
            told = "Nobody of this workspace who may answer is meant by that. Pick somebody from the list."
            return fault("assigned_to", "unknown", told)
        if stands.assigned_to != user_id:
            await conversations.assign(conn, stands, user_id)
            before, after = {"assigned_to": stands.assigned_to}, {"assigned_to": user_id}
            await record(conn, actor, _change("assigned", stands, before, after))
        return stands


@needs("inbox:answer")
async def close(pool: Pool, actor: Actor, conversation_id: int, seen: int) -> Conversation | Refused:
    """Close a conversation, unless there is more news than the actor has `seen`."""
    async with transaction(pool, actor) as conn:
        stands = await conversations.get(conn, conversation_id, for_update=True)
        if stands is None:
            return missing("id", "conversation")
        if stands.news > seen:
            told = "Something new came in before you closed it. Read it first."
            return conflict("seen", "news", told)
        return await _set_open(conn, actor, stands, open_=False)


@needs("inbox:answer")
async def reopen(pool: Pool, actor: Actor, conversation_id: int) -> Conversation | Refused:
    """Open a conversation again; what was unanswered when it was closed is so again."""
    async with transaction(pool, actor) as conn:
        stands = await conversations.get(conn, conversation_id, for_update=True)
        return (
            missing("id", "conversation")
            if stands is None
            else await _set_open(conn, actor, stands, open_=True)
        )


@needs("inbox:answer")
async def add_label(pool: Pool, actor: Actor, conversation_id: int, written: str) -> Conversation | Refused:
    """Put a label on a conversation; one that differs only in case or accents is the same label."""
    written = " ".join(written.split())
    label = Label(fold(written).whole, written)
    if not label.folded or not written.isprintable() or len(written) > LONGEST_LABEL:
        told = f"A label has letters or digits, and at most {LONGEST_LABEL} characters."
        return fault("label", "length", told)
    async with transaction(pool, actor) as conn:
        stands = await conversations.get(conn, conversation_id, for_update=True)
        if stands is None:
            return missing("id", "conversation")
        labels = await conversations.labels(conn, stands)
        if label.folded in {stood.folded for stood in labels}:
            return stands
        if len(labels) >= MOST_LABELS:
            return fault(
                "label", "too_many", f"A conversation has at most {MOST_LABELS} labels. Take one off first."
            )
        await conversations.add_label(conn, stands, label)
        await record(conn, actor, _change("labelled", stands, None, {"label": written}))
        return stands


@needs("inbox:answer")
async def remove_label(pool: Pool, actor: Actor, conversation_id: int, folded: str) -> Conversation | Refused:
    """Take a label off a conversation."""
    async with transaction(pool, actor) as conn:
        stands = await conversations.get(conn, conversation_id, for_update=True)
        if stands is None:
            return missing("id", "conversation")
        for label in await conversations.labels(conn, stands):
            if label.folded == folded:
                await conversations.remove_label(conn, stands, folded)
                await record(conn, actor, _change("unlabelled", stands, {"label": label.written}, None))
        return stands


async def _may_answer(conn: Connection, user_id: int) -> bool:
    found = await workspaces.member_for_update(conn, user_id)
    return found is not None and "inbox:answer" in ROLES[found.role]


async def _set_open(conn: Connection, actor: Actor, stands: Conversation, *, open_: bool) -> Conversation:
    if stands.open is not open_:
        await conversations.set_open(conn, stands, open_=open_)
        verb = "reopened" if open_ else "closed"
        await record(conn, actor, _change(verb, stands, {"open": stands.open}, {"open": open_}))
    return stands


def _change(verb: str, stands: Conversation, before: audit.State, after: audit.State) -> audit.Change:
    return audit.Change(verb, "conversation", str(stands.id), before, after)
