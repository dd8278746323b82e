"""Templates and their texts by language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("templates")


@dataclass(frozen=True, slots=True)
class Template:
    """A template without its texts; `message_class` is advertising or transactional.

    `process_id`: the process whose own words it keeps, None: it is anybody's.
    """

    id: int
    name: str
    message_class: str
    mailing_id: int
    approved_at: datetime | None
    created_at: datetime
    process_id: int | None


@dataclass(frozen=True, slots=True)
class TemplateText:
    """What a template says in one language."""

    template_id: int
    language: str
    body: str


async def create(conn: Connection, name: str, message_class: str) -> int:
    """Store a template without texts; its id."""
    made = await number(conn, SQL["create"], {"name": name, "class": message_class})
    assert made is not None  # noqa: S101 - an INSERT without a condition returns its row
    return made


async def get(conn: Connection, template_id: int, *, for_update: bool = False) -> Template | None:
    """One template; locked where a change follows."""
    query = SQL["for_update" if for_update else "get"]
    return await one(conn, Template, query, {"template_id": template_id})


async def every(conn: Connection, after: int, limit: int) -> list[Template]:
    """A page of templates by id."""
    return await many(conn, Template, SQL["every"], {"after": after, "limit": limit})


async def update(conn: Connection, template_id: int, name: str, message_class: str) -> None:
    """Store a template's name and class; its approval ends."""
    await run(conn, SQL["update"], {"template_id": template_id, "name": name, "class": message_class})


async def approve(conn: Connection, template_id: int, now: datetime) -> None:
    """Approve a template as what its class says."""
    await run(conn, SQL["approve"], {"template_id": template_id, "now": now})


async def texts(conn: Connection, template_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The bodies by language of each template; one without texts has no entry."""
    rows = await many(conn, TemplateText, SQL["texts"], {"template_ids": sorted(template_ids)})
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.template_id, {})[row.language] = row.body
    return found


async def replace_texts(conn: Connection, template_id: int, bodies: Mapping[str, str]) -> None:
    """Make a template's texts exactly these."""
    languages = sorted(bodies)
    said = {
        "template_id": template_id,
        "languages": languages,
        "bodies": [bodies[name] for name in languages],
    }
    await run(conn, SQL["remove_texts"], {"template_id": template_id, "languages": languages})
    await run(conn, SQL["set_texts"], said)


async def of_process(conn: Connection, process_id: int) -> Template | None:
    """The template that keeps a process's own words, locked; None where it has none."""
    return await one(conn, Template, SQL["of_process"], {"process_id": process_id})


async def give(conn: Connection, template_id: int, process_id: int) -> None:
    """Make a template that process's own."""
    await run(conn, SQL["give"], {"template_id": template_id, "process_id": process_id})


async def release(conn: Connection, process_id: int) -> None:
    """Leave a process's own words to anybody."""
    await run(conn, SQL["release"], {"process_id": process_id})
