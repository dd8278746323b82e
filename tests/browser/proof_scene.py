"""A workspace with a past: a line, its process, a month of texts, a number that stopped."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta

from tests.consoles import Console

PHONE = 447700900227
_apart = itertools.count(7)  # messages of one moment, in whatever workspace, have ids of their own
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
    sent(console, workspace, line)
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


STOPPED = datetime(2026, 11, 21, 14, 18, 9, tzinfo=UTC)
KEYWORD_BLOCK = "Phone number is blacklisted by an opt-out keyword."
# When it was asked for, what it was, its words, why it might leave, and what became of it, by seconds later.
SENT: tuple[tuple[datetime, tuple[str, str, str], str, str, tuple[tuple[int, str, str], ...]], ...] = (
    (
        STOPPED - timedelta(days=1),
        ("advertising", "campaign", "promotions"),
        "Prams are 20% off until Sunday: frn.li/a8Kq2\nReply STOP to end",
        "They agreed to promotions.",
        ((1, "sent", ""), (4, "delivered", "")),
    ),
    (
        STOPPED + timedelta(seconds=1),
        ("transactional", "confirmation", ""),
        "You’re out. Little Fern won’t text you again. Text START to come back.",
        "A stop is confirmed once.",
        ((1, "sent", ""), (3, "delivered", "")),
    ),
    (
        STOPPED + timedelta(days=1),
        ("advertising", "api", "promotions"),
        "Last chance: prams at 30% off",
        KEYWORD_BLOCK,
        ((0, "enqueue_failed", KEYWORD_BLOCK),),
    ),
    (
        STOPPED + timedelta(days=2),
        ("transactional", "api", ""),
        "Your parcel comes on Tuesday between 9 and 12.",
        "Transactional: no block of this line or of every message reaches it.",
        ((1, "sent", ""),),
    ),
)


def sent(console: Console, workspace: int, line: int) -> None:
    """What the number was sent and not sent, and what it wrote about that."""
    for at, kind, body, fact, became in SENT:
        message(console, (workspace, line), (at, *kind, body, fact), became)
    text(
        console,
        (workspace, line),
        (PHONE, "why do you still text me??"),
        STOPPED + timedelta(days=2, hours=1),
    )


def message(
    console: Console,
    where: tuple[int, int],
    said: tuple[datetime, str, str, str, str, str],
    became: tuple[tuple[int, str, str], ...],
) -> int:
    """A message with its history; its id."""
    (workspace, line), (at, class_, purpose, category, body, fact) = where, said
    query = (
        "INSERT INTO sayso.messages (workspace_id, id, phone, recipient, connection_id, line_id, sender, "
        "class, purpose, category, body, encoding, parts, because) "
        "VALUES (%s, sayso.id_at(%s) + %s, %s, %s, 1, %s, '11221', %s, %s, %s, %s, 'GSM-7', 1, %s) "
        "RETURNING id"
    )
    because = json.dumps([{"rule": "R9.7", "fact": fact}])
    values = (workspace, at, next(_apart), PHONE, f"+{PHONE}", line, class_, purpose, category, body, because)
    made = int(console.execute(query, *values)[0][0])
    for later, status, detail in became:
        event = (
            "INSERT INTO sayso.message_events (workspace_id, message_id, status, detail, at)"
            " VALUES (%s, %s, %s, %s, %s)"
        )
        console.execute(event, workspace, made, status, detail, at + timedelta(seconds=later))
    later, status, _ = became[-1]
    outcome = "INSERT INTO sayso.outcomes VALUES (%s, %s, %s, '', 100, %s)"
    console.execute(outcome, workspace, made, status, at + timedelta(seconds=later))
    return made


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
