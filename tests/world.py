"""A small world in a database: two workspaces, a long code, a shared code, processes, contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sayso.core.phones import address_key, lane
from sayso.storage.databases import Databases
from tests.database import as_owner

NOON = datetime.now(UTC).replace(microsecond=0)
AMIRA = 12025550143


@dataclass(frozen=True, slots=True)
class World:
    """The ids of what was made. `line` and `kids` belong to different workspaces."""

    owner_url: str
    workspace: int
    other_workspace: int
    connection: int
    line: int
    baby: int
    kids: int
    stop_process: int
    help_process: int

    def rows(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        """What the owner of the database sees."""
        cursor = as_owner(self.owner_url, "sayso").execute(query, parameters)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []

    def contact(self, phone: int = AMIRA, consent: str = "yes", workspace: int | None = None) -> int:
        (row,) = self.rows(
            "INSERT INTO contacts (workspace_id, phone, sms_consent) VALUES (%s, %s, %s) RETURNING id",
            workspace or self.workspace, phone, consent,
        )  # fmt: skip
        return int(str(row[0]))

    def text(
        self, body: str, *, to: str = "12025550100", sender: str = f"+{AMIRA}", at: datetime = NOON
    ) -> None:
        """A text as a door leaves it behind: in the queue, on its lane."""
        key = address_key(sender, self.connection, "US")
        self.rows(
            "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body,"
            " provider_at, received_at)"
            " VALUES (%s, new_id(), %s, %s, %s, %s, %s, %s, %s)",
            lane(key), self.connection, key, sender, to, body, at, datetime.now(UTC),
        )  # fmt: skip


def build(databases: Databases) -> World:
    """Make the world; the database is migrated and empty."""
    conn = as_owner(databases.owner_url, "sayso")

    def made(query: str, *parameters: object) -> int:
        row = conn.execute(query, parameters).fetchone()  # type: ignore[call-overload]
        assert row is not None
        return int(row[0])

    shops = [
        made("INSERT INTO workspaces (name, country) VALUES (%s, 'US') RETURNING id", name)
        for name in ("Little Fern", "Kids Corner")
    ]
    connection = made(
        "INSERT INTO connections (name, kind, hook_token, parts_per_second, settings)"
        " VALUES ('Simulator', 'simulator', %s, 1000, '{}') RETURNING id",
        "t" * 43,
    )
    number = (
        "INSERT INTO inbound_numbers (connection_id, number, kind, country, help_answer)"
        " VALUES (%s, %s, %s, 'US', %s) RETURNING id"
    )
    long_code = made(number, connection, "12025550100", "long_code", "")
    shared = made(number, connection, "11221", "shared_short_code", "Texts from several shops.")
    line = (
        "INSERT INTO lines (workspace_id, inbound_number_id, provider_keyword)"
        " VALUES (%s, %s, %s) RETURNING id"
    )
    own = made(line, shops[0], long_code, "")
    baby = made(line, shops[0], shared, "baby")
    kids = made(line, shops[1], shared, "kids")

    def process(workspace: int, line_id: int, kind: str, words: str) -> int:
        template = made(
            "INSERT INTO templates (workspace_id, name, class)"
            " VALUES (%s, %s, 'transactional') RETURNING id",
            workspace, kind,
        )  # fmt: skip
        conn.execute("INSERT INTO template_texts VALUES (%s, %s, 'en', %s)", (workspace, template, words))
        return made(
            "INSERT INTO processes (workspace_id, line_id, type, name, template_id, state)"
            " VALUES (%s, %s, %s, %s, %s, 'started') RETURNING id",
            workspace, line_id, kind, kind.title(), template,
        )  # fmt: skip

    stop = process(shops[0], own, "unsubscribe", "You are out.")
    helping = process(shops[0], own, "help", "Little Fern. STOP ends it.")
    process(shops[0], baby, "unsubscribe", "Baby is out.")
    process(shops[1], kids, "unsubscribe", "Kids is out.")
    conn.execute("INSERT INTO process_keywords VALUES (%s, %s, 'genug', 'genug')", (shops[0], stop))
    return World(databases.owner_url, shops[0], shops[1], connection, own, baby, kids, stop, helping)
