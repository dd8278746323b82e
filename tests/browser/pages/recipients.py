"""The page behind a personal link, asking and done."""

from __future__ import annotations

from tests.browser.recipients_scene import link
from tests.consoles import Console

PAGES = (
    ("unsubscribe", "{asked}"),
    ("unsubscribe-done", "{done}"),
    ("unsubscribe-unknown", "/u/cut"),
    ("link-unknown", "/l/cut"),
)


def furnish(console: Console, workspace_id: int) -> dict[str, object]:
    """Two who got a campaign; one has stopped."""
    phone = 447_700_900_227
    console.block(workspace_id, phone, "", source="link", reason="They stopped it by the link in a text.")
    return {
        "asked": link(console, workspace_id, 447_700_900_318),
        "done": link(console, workspace_id, phone),
    }
