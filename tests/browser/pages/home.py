"""The dashboard of a workspace that works, and the first steps of one that doesn't yet."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.consoles import Console
from tests.conversing import Shop

PAGES = (
    ("home", "/home/"),
    ("find", "/find/"),
    ("find-number", "/find/?q=07700+900227"),
    ("find-word", "/find/?q=stop"),
    ("find-nothing", "/find/?q=%3F%3F"),
    ("keyboard", "/keyboard/"),
)
STOPS = (("+447700900227", "baby stop pls"), ("+12025550143", "Arrêt"), ("+447700900502", "STOP!!"))


def furnish(console: Console, workspace_id: int) -> dict[str, object]:
    """Two processes, one of which lacks its message; people who stopped, and one who waits."""
    shop = Shop(console, workspace=workspace_id)
    there = console.line(workspace_id, "12025550118")
    console.execute("UPDATE sayso.inbound_numbers SET country = 'US' WHERE number = '12025550118'")
    process = (
        "INSERT INTO sayso.processes (workspace_id, line_id, type, name, state)"
        " VALUES (%s, %s, 'unsubscribe', %s, %s)"
    )
    console.execute(process, workspace_id, shop.line, "Stop", "started")
    console.execute(process, workspace_id, there, "Stop (United States)", "new")
    for sender, said in STOPS:
        shop.texts(said, sender=sender)
    shop.texts("Do you deliver to Potsdam", sender="+491713920044")
    return {"at": datetime.now(UTC)}
