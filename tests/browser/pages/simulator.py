"""Home and the telephones, with something on them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from sayso.core.fiction import telephones
from tests.consoles import Console

PAGES = (("simulator", "/simulator/"),)
STOP = [
    {"rule": "R3.2", "fact": "The provider keyword “baby” leads to this line."},
    {"rule": "R4.7", "fact": "First word is “stop”, an opt-out word everywhere."},
    {"rule": "R14.2", "fact": "The United Kingdom allows a confirmation."},
]
REVIEW = [
    {"rule": "R4.7", "fact": "“aufhören” is an opt-out word in German."},
    {"rule": "R4.9", "fact": "“nicht” before it may turn it into the opposite."},
]


def furnish(console: Console, workspace_id: int) -> dict[str, Any]:
    """A line on the simulator, a started and an incomplete process, and three talks."""
    line = console.line(workspace_id, "447700900118")
    connection = console.execute(
        "SELECT connection_id FROM sayso.inbound_numbers n JOIN sayso.lines l "
        "ON l.inbound_number_id = n.id WHERE l.id = %s",
        line,
    )[0][0]
    for kind, name, state in (("unsubscribe", "Stop", "started"), ("help", "Help", "new")):
        console.execute(
            "INSERT INTO sayso.processes (workspace_id, line_id, type, name, state) "
            "VALUES (%s, %s, %s, %s, %s)",
            workspace_id,
            line,
            kind,
            name,
            state,
        )
    ada, bruno, chloe = telephones(workspace_id, "GB")
    scene = Scene(console, workspace_id, line, connection)
    scene.message(
        ada.key, "Hi Ada, prams are 20% off until Sunday: frn.li/Qe72x\nReply STOP to end", "delivered"
    )
    text = scene.text(ada.key, "STOP", "unsubscribe", "stop", STOP)
    console.block(workspace_id, ada.key, "STOP", inbound_id=text, since=datetime.now(UTC))
    scene.message(
        ada.key,
        "You’re out. Little Fern won’t text you again. Text START to come back.",
        "delivered",
        inbound_id=text,
        purpose="confirmation",
    )
    scene.message(
        bruno.key,
        "Hallo Bruno, Kinderwagen 20% günstiger bis Sonntag: frn.li/Rk09b\nSTOP beendet",
        "delivered",
    )
    scene.text(bruno.key, "nicht aufhören, super Angebot!", "review", None, REVIEW)
    scene.message(chloe.key, "Bonjour Chloé, poussettes à -20% : frn.li/Zp41m\nSTOP au 36105", "failed")
    scene.text(
        chloe.key,
        "Où est mon colis ? Voici l’étiquette",
        "inbox",
        None,
        [],
        '[{"url": "https://mms.example/label.jpg", "content_type": "image/jpeg"}]',
    )
    console.carrier.put(f"/telephones/{quote(chloe.number)}", {"receipts": "failed"})
    console.carrier.put(f"/telephones/{quote(bruno.number)}", {"delay_ms": 3000})
    return {}


class Scene:
    """Writes what the engine would have written, and tells the carrier what it would have been sent."""

    def __init__(self, console: Console, workspace_id: int, line: int, connection: int) -> None:
        self.console, self.workspace_id, self.line, self.connection = console, workspace_id, line, connection

    def text(
        self,
        phone: int,
        body: str,
        outcome: str,
        keyword: str | None,
        because: list[Any],
        media: str | None = None,
    ) -> int:
        """A text that was decided."""
        now = datetime.now(UTC)
        made = self.console.execute(
            "INSERT INTO sayso.inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body, "
            "media, provider_at, received_at, outcome, keyword, because) "
            "VALUES (%s, sayso.new_id(), %s, %s, %s, '447700900118', %s, %s, %s, %s, %s, %s, %s) "
            "RETURNING id",
            self.workspace_id,
            self.line,
            phone,
            f"+{phone}",
            body,
            media,
            now,
            now - timedelta(milliseconds=31),
            outcome,
            keyword,
            json.dumps(because),
        )[0][0]
        if outcome == "unsubscribe":
            self.console.execute(
                "INSERT INTO sayso.inbox (workspace_id, inbound_id, phone, line_id) VALUES (%s, %s, %s, %s)",
                *(self.workspace_id, made, phone, self.line),
            )
        if outcome == "inbox":
            self.console.execute(
                "INSERT INTO sayso.conversations (workspace_id, phone, line_id, id, written, unanswered, "
                "last_id, last_inbound_id, wrote_at, last_is_ours, last_words) "
                "VALUES (%s, %s, %s, %s, %s, 1, %s, %s, %s, false, %s) ON CONFLICT DO NOTHING",
                *(self.workspace_id, phone, self.line, made, f"+{phone}", made, made, now, body),
            )
        return int(made)

    def message(
        self,
        phone: int,
        body: str,
        status: str,
        *,
        inbound_id: int | None = None,
        purpose: str = "api",
        arrives: bool = True,
    ) -> int:
        """A message that was sent, on its telephone too."""
        made = int(
            self.console.execute(
                "INSERT INTO sayso.messages (workspace_id, phone, recipient, connection_id, line_id, sender, "
                "class, purpose, inbound_id, body, encoding, parts) "
                "VALUES (%s, %s, %s, %s, %s, '+447700900118', 'transactional', %s, %s, %s, 'GSM-7', 1) "
                "RETURNING id",
                self.workspace_id,
                phone,
                f"+{phone}",
                self.connection,
                self.line,
                purpose,
                inbound_id,
                body,
            )[0][0]
        )
        self.console.execute(
            "INSERT INTO sayso.outcomes (workspace_id, message_id, status, rank, at) "
            "VALUES (%s, %s, %s, 133, now())",
            self.workspace_id,
            made,
            status,
        )
        if not arrives:
            return made
        self.console.carrier.post(
            "/messages",
            {
                "from": "+447700900118",
                "to": f"+{phone}",
                "body": body,
                "client_reference": str(made),
            },
        )
        return made
