"""A workspace with contacts, an import that runs, one that is over, one that is being mapped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.browser import proof_scene
from tests.consoles import Console

LIST = (
    "Customer id;Mobile;First name;Shop;SMS consent\r\n"
    "fern-1;+44 7911 123456;Ada;Bath;yes\r\n"
    "fern-2;020 7183 8750;Ben;Bath, north;\r\n"
    "fern-3;nothing;Zoë;;no\r\n"
    "fern-4;07911 123458;Amira;Bristol;yes\r\n"
)
COLUMNS = ["external_id", "phone", "attributes.first_name", "attributes.shop", "sms_consent"]


def furnish(console: Console, workspace: int) -> dict[str, int]:
    """Rows for every page; their ids by name."""
    proof_scene.furnish(console, workspace)
    stopped = person(console, workspace, ("fern-20418", proof_scene.PHONE), "Dana", "Brooks", "yes")
    for place, (first, last) in enumerate((("Ada", "Quist"), ("Zoë", "Marchetti"), ("Amira", "Haddad"))):
        person(console, workspace, (f"fern-{place}", 447911123456 + place), first, last, "unknown")
    sharing = person(console, workspace, ("family", proof_scene.PHONE), "Sam", "Brooks", "no")
    bare = person(console, workspace, ("fern-99", None), "Nobody", "Yet", "unknown")
    begun = datetime.now(UTC) - timedelta(seconds=74)
    size = 61_000_000
    running = listed(
        console, workspace, "club-november.csv", ("running", size, 25_132_000, begun), 412_000, 1_208
    )
    over = listed(console, workspace, "club-october.csv", ("finished", size, size, begun), 1_000_000, 3)
    for line, written, reason in (
        (
            17,
            "fern-17;nothing;Zoë;;no",
            "This is no phone number. It contains no digits.",
        ),
        (
            211,
            "fern-3;07911 123458;Amira;Bristol;yes",
            "An earlier row is about the same contact.",
        ),
        (1208, 'fern-9;+44 7911 123457;"Ben', "A quotation mark opens in this row and does not close."),
    ):
        for import_id in (running, over):
            console.execute(
                "INSERT INTO sayso.contact_import_refusals VALUES (%s, %s, %s, %s, %s)",
                workspace, import_id, line, written,
                json.dumps([{"field": "phone", "code": "x", "message": reason}]),
            )  # fmt: skip
    return {
        "stopped": stopped,
        "bare": bare,
        "sharing": sharing,
        "reading": reading(console, workspace),
        "running": running,
        "over": over,
        "draft": draft(console, workspace),
    }


def person(
    console: Console, workspace: int, key: tuple[str, int | None], first: str, last: str, consent: str
) -> int:
    """A contact."""
    attributes = json.dumps({"first_name": first, "last_name": last, "shop": "Bath store"})
    return int(
        console.execute(
            "INSERT INTO sayso.contacts (workspace_id, external_id, phone, email, country, language, "
            "time_zone, attributes, sms_consent) "
            "VALUES (%s, %s, %s, %s, 'GB', 'en', 'Europe/London', %s, %s) RETURNING id",
            workspace, *key, f"{first.lower()}@mail.example", attributes, consent,
        )[0][0]
    )  # fmt: skip


def listed(
    console: Console,
    workspace: int,
    name: str,
    stands: tuple[str, int, int, datetime],
    rows: int,
    refused: int,
) -> int:
    """An import as far as the engine has come."""
    state, size, at, begun = stands
    made = imported(console, workspace, name, size)
    console.execute(
        "INSERT INTO sayso.contact_import_progress (workspace_id, import_id, state, size, at_byte, "
        "rows_read, created, changed, unchanged, refused, started_at, ended_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, 0, 0, %s, %s, %s)",
        workspace, made, state, size, at, rows, rows - refused, refused, begun,
        None if state == "running" else begun + timedelta(seconds=55),
    )  # fmt: skip
    return made


def draft(console: Console, workspace: int) -> int:
    """A file that waits for its mapping."""
    data = LIST.encode()
    made = imported(console, workspace, "club-december.csv", len(data))
    console.execute(
        "INSERT INTO sayso.contact_import_progress (workspace_id, import_id, size) VALUES (%s, %s, %s)",
        workspace, made, len(data),
    )  # fmt: skip
    console.execute("INSERT INTO sayso.contact_import_chunks VALUES (%s, %s, 0, %s)", workspace, made, data)
    return made


def reading(console: Console, workspace: int) -> int:
    """A spreadsheet that becomes rows."""
    made = imported(console, workspace, "club-january.xlsx", 1_200_000)
    console.execute(
        "INSERT INTO sayso.contact_import_progress (workspace_id, import_id, state, size) "
        "VALUES (%s, %s, 'reading', 1200000)",
        workspace, made,
    )  # fmt: skip
    return made


def imported(console: Console, workspace: int, name: str, size: int) -> int:
    """The row that is written once."""
    return int(
        console.execute(
            "INSERT INTO sayso.contact_imports (workspace_id, file_name, whole_size, mapping, country) "
            "VALUES (%s, %s, %s, NULL, 'GB') RETURNING id",
            workspace, name, size,
        )[0][0]
    )  # fmt: skip
