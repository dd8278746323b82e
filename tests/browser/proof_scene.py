"""A workspace with a past: a line, its process, a month of texts, a number that stopped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.consoles import Console

PHONE = 447700900227
SAID = "BABY genug, please take me off this list"
TEXTS = (
    "jetzt ist es aber genug",
    "Genug!!",
    "ich habe genug von euch",
    "Do you have the Hazel pram in grey?",
    "genug",
    "Thanks, it arrived today 🎉",
    "das ist genug für mich, danke",
    "stop",
    "When do you open on Sunday?",
)


def furnish(console: Console, workspace: int) -> dict[str, int]:
    """Rows for every page; their ids by name."""
    line = console.line(workspace, "11221", "shared_short_code", "baby")
    process = int(
        console.execute(
            "INSERT INTO sayso.processes (workspace_id, line_id, type, name, state) "
            "VALUES (%s, %s, 'unsubscribe', 'Stop', 'started') RETURNING id",
            workspace,
            line,
        )[0][0]
    )
    console.execute(
        "INSERT INTO sayso.process_keywords VALUES (%s, %s, 'genug', 'genug')", workspace, process
    )
    for name in ("events", "promotions"):
        console.category(workspace, name)
    now = datetime.now(UTC)
    for place, body in enumerate(TEXTS):
        text(console, (workspace, line), (447700900400 + place, body), now - timedelta(days=1 + 2 * place))
    proof(console, workspace, line)
    return {"line": line, "process": process}


def proof(console: Console, workspace: int, line: int) -> None:
    """A number that stopped, came back and stopped again, with its ledger."""
    first, again = datetime(2026, 9, 2, 15, 40, 51, tzinfo=UTC), datetime(2026, 11, 21, 14, 18, 9, tzinfo=UTC)
    did_it = text(console, (workspace, line), (PHONE, SAID), again, "unsubscribe")
    reason = f"the text “{SAID}” to 11221 / baby"
    console.block(
        workspace, PHONE, "stop", since=first, reason="the text “stop” to 11221 / baby",
        lifted_at=first + timedelta(days=9), lifted_by="sms_reply",
    )  # fmt: skip
    console.block(workspace, PHONE, SAID, since=again, inbound_id=did_it, reason=reason)
    words = (
        ("reject", first, "sms_reply", "stop", None),
        ("accept", first + timedelta(days=9), "sms_reply", "START", None),
        ("accept", first + timedelta(days=20), "api", "", "Text me offers and news. I can stop at any time."),
        ("reject", again, "sms_reply", SAID, None),
    )
    for action, at, source, message, wording in words:
        for category in ("events", "promotions"):
            console.execute(
                "INSERT INTO sayso.consents (workspace_id, phone, action, category, source, identification, "
                "message, method, wording, timestamp, imported_timestamp) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                workspace, PHONE, action, category, source, f"+{PHONE}", message,
                "Bath store sign-up" if wording else None, wording, at, at + timedelta(seconds=1),
            )  # fmt: skip


def text(
    console: Console, where: tuple[int, int], said: tuple[int, str], at: datetime, outcome: str = "inbox"
) -> int:
    """A text as the engine keeps it; its id."""
    (workspace, line), (phone, body) = where, said
    facts = ("The text names 11221 / baby.", "“genug” begins the text. It is an opt-out word.")
    because = json.dumps([{"rule": "R4.12", "fact": fact} for fact in facts])
    query = (
        "INSERT INTO sayso.inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body, "
        "provider_at, received_at, outcome, because) "
        "VALUES (%s, sayso.id_at(%s) + %s, %s, %s, %s, '11221', %s, %s, %s, %s, %s) RETURNING id"
    )
    values = (workspace, at, phone % 1000, line, phone, f"+{phone}", body, at, at, outcome, because)
    return int(console.execute(query, *values)[0][0])
