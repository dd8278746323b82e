"""Canned replies: words that agents use again, edited by those who answer (R12.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.message_wanted import LONGEST_BODY
from sayso.actions.refusal import Refused, conflict, invalid, missing
from sayso.core.problems import Problem
from sayso.storage import audit, canned_replies
from sayso.storage.canned_replies import CannedReply
from sayso.storage.pool import Pool

LONGEST_NAME = 60


@needs("messages:read")
async def list_canned(pool: Pool, actor: Actor) -> list[CannedReply]:
    """All canned replies of the workspace, by name."""
    async with transaction(pool, actor) as conn:
        return await canned_replies.every(conn)


@needs("inbox:answer")
async def create_canned(pool: Pool, actor: Actor, name: str, body: str) -> CannedReply | Refused:
    """Store a canned reply; the same again finds the one that is there."""
    name, problems = name.strip(), _faults(name.strip(), body)
    if problems:
        return invalid(*problems)
    async with transaction(pool, actor) as conn:
        stands = await canned_replies.by_name(conn, name)
        if stands is None and await canned_replies.how_many(conn) >= canned_replies.MOST:
            return _full()
        made = await canned_replies.create(conn, name, body)
        if made is None:
            stands = await canned_replies.by_name(conn, name)
            return stands if stands is not None and stands.body == body else _taken(name)
        stored = CannedReply(made, name, body)
        await record(conn, actor, audit.Change("created", "canned_reply", str(made), None, state(stored)))
        return stored


@needs("inbox:answer")
async def change_canned(
    pool: Pool, actor: Actor, wanted: CannedReply, now: datetime, seen: str = ""
) -> CannedReply | Refused:
    """Store a canned reply anew.

    `seen` is the stamp of what the edit was made from: refused where that changed meanwhile.
    """
    wanted = replace(wanted, name=wanted.name.strip())
    problems = _faults(wanted.name, wanted.body)
    if problems:
        return invalid(*problems)
    async with transaction(pool, actor) as conn:
        stands = await canned_replies.get_for_update(conn, wanted.id)
        if stands is None:
            return missing("id", "canned reply")
        refused = overtaken("this canned reply", stands, wanted, seen)
        if refused:
            return refused
        namesake = await canned_replies.by_name(conn, wanted.name)
        if namesake is not None and namesake.id != wanted.id:
            return _taken(wanted.name)
        if stands != wanted:
            await canned_replies.change(conn, wanted, now)
            change = audit.Change("changed", "canned_reply", str(wanted.id), state(stands), state(wanted))
            await record(conn, actor, change)
        return wanted


@needs("inbox:answer")
async def delete_canned(pool: Pool, actor: Actor, canned_id: int) -> Refused | None:
    """Delete a canned reply; what was sent with it stays as it is."""
    async with transaction(pool, actor) as conn:
        stands = await canned_replies.get_for_update(conn, canned_id)
        if stands is None:
            return missing("id", "canned reply")
        await canned_replies.delete(conn, canned_id)
        await record(
            conn, actor, audit.Change("deleted", "canned_reply", str(canned_id), state(stands), None)
        )
        return None


def _faults(name: str, body: str) -> list[Problem]:
    problems = []
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        told = f"A canned reply needs a name of at most {LONGEST_NAME} characters, to find it by."
        problems.append(Problem("name", "length", told))
    if not body.strip() or len(body) > LONGEST_BODY or "\x00" in body:
        told = f"A canned reply has at least one visible character and at most {LONGEST_BODY}."
        problems.append(Problem("body", "length", told))
    return problems


def _taken(name: str) -> Refused:
    return conflict("name", "taken", f"There is another canned reply named “{name}”. Pick another name.")


def _full() -> Refused:
    told = (
        f"A workspace has at most {canned_replies.MOST} canned replies. Delete one that nobody needs first."
    )
    return conflict("name", "too_many", told)
