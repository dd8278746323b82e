"""Whom a rehearsal tells by name: kept in the transaction of its slice, as they were decided (R9.6)."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.core.campaigns import Planned
from sayso.core.rehearsed import NO_NUMBER, behind, room
from sayso.storage import rehearsed, walking
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection
from sayso.storage.rehearsed import Person

WITHOUT_NUMBER = ("skipped", "no_number")


async def keep(conn: Connection, plan: Plan, planned: Sequence[Planned], without_number: int) -> None:
    """Keep the first of each reason, before the slice is counted; of a launch nobody: its messages tell."""
    if not plan.rehearsal:
        return
    counted = await rehearsed.counted(conn, plan)
    people = [
        Person(
            one.to.recipient.contact_id,
            one.status,
            one.reason,
            one.because[-1].fact,
            one.due if one.status == "deferred" else None,
        )
        for one in behind(planned, counted)
    ]
    if without_number:
        nobody = await walking.unnumbered(conn, plan, room(counted, WITHOUT_NUMBER))
        people += [Person(contact_id, *WITHOUT_NUMBER, NO_NUMBER, None) for contact_id in nobody]
    if people:
        await rehearsed.keep(conn, plan, people)
