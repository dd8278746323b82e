"""Hours, caps and countries; and a workspace in which somebody stopped all sending."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.browser.pages import campaigns
from tests.consoles import Console

PAGES = (
    ("sending-settings", "/settings/"),
    ("sending-rules", "/settings/sending/"),
    ("sending-launches", "/settings/launches/"),
    ("sending-go-on", "/settings/go-on/"),
    ("sending-campaigns", "/campaigns/"),
    ("sending-review", "/campaigns/{campaign}/review/"),
)


def furnish(console: Console, workspace_id: int) -> dict[str, int]:
    """A campaign at night, and a standstill."""
    console.category(workspace_id, "promotions")
    query = "UPDATE sayso.workspaces SET opt_out_message = 'Reply STOP to end' WHERE id = %s"
    console.execute(query, workspace_id)
    made = campaigns.campaign(console, workspace_id, "Autumn box")
    counted = (
        ("queued", "", 312),
        ("skipped", "destination_not_allowed", 41),
        ("skipped", "frequency_cap", 17),
    )
    campaigns.tallies(console, workspace_id, made, counted, rehearsal=True)
    morning = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for reason, figure, last in (("quiet_hours", 16_208, 3), ("frequency_cap", 208, 5)):
        console.execute(
            "INSERT INTO sayso.campaign_tallies VALUES (%s, %s, true, 'deferred', %s, %s, %s, %s, %s)",
            workspace_id, made, reason, figure, figure, morning, morning + timedelta(hours=last),
        )  # fmt: skip
    person = console.person((workspace_id, "marketer"), name="Jo Brandt")
    console.execute(
        "INSERT INTO sayso.halts (workspace_id, why, user_id) VALUES (%s, 'Wrong price in “Autumn box”', %s)",
        workspace_id,
        person.id,
    )
    return {"campaign": made}
