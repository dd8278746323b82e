"""Prices, credit and its ledger, a launch that is short of it, and what a campaign has cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.browser.pages import campaigns as rows
from tests.consoles import Console

PAGES = (
    ("prices", "/prices/"),
    ("credit", "/credit/"),
    ("credit-alarm", "/credit/alarm/"),
    ("spend-caps", "/credit/caps/"),
    ("credit-quiet-month", "/credit/?month=2026-01"),
    ("credit-short", "/campaigns/{short}/review/"),
    ("credit-report", "/campaigns/{done}/"),
)
OPERATORS_PAGES = (
    ("price-set", "/prices/set/?country=GB"),
    ("credit-top-up", "/credit/top-up/"),
    ("credit-correct", "/credit/correct/"),
)
PRICES = (
    ("GB", "sms", 41_000, "now() - interval '40 days'"),
    ("GB", "sms", 43_500, "now() + interval '20 days'"),
    ("GB", "mms", 180_000, "now() - interval '40 days'"),
    ("FR", "sms", 49_000, "now() - interval '40 days'"),
    ("US", "sms", 7_500, "now() - interval '40 days'"),
    ("CH", "sms", None, "now() - interval '40 days'"),
    ("*", "sms", 90_000, "now() - interval '40 days'"),
)
# Kind, of the campaign that is done, what it adds to credit and to what is set aside; messages, parts, note.
ENTRIES = (
    ("top_up", False, 2_000_000_000, 0, 0, 0, "Invoice 2026-0117"),
    ("reservation", True, 0, 714_671_500, 0, 0, ""),
    ("charge", True, -712_171_500, -712_171_500, 17_135, 17_135, ""),
    ("release", True, 0, -2_500_000, 61, 61, ""),
    ("refund", True, 2_501_000, 0, 61, 61, ""),
    ("charge", False, -5_729_500, -5_729_500, 139, 140, ""),
    ("reservation", False, 0, 14_022_000, 342, 342, ""),
    ("correction", False, -80_000_000, 0, 0, 0, "The top-up of the 3rd was entered twice in part."),
)


def furnish(console: Console, workspace_id: int) -> dict[str, int]:
    """A workspace that pays; answers the ids that addresses name."""
    account = "INSERT INTO sayso.credit_accounts VALUES (%s, 'EUR', true, %s, false)"
    console.execute(account, workspace_id, 250_000_000)
    for country, kind, price, since in PRICES:
        query = f"INSERT INTO sayso.prices VALUES (%s, %s, %s, {since}, %s)"
        console.execute(query, workspace_id, country, kind, price)
    console.category(workspace_id, "promotions")
    console.line(workspace_id, "11221", "shared_short_code", "baby")
    query = "UPDATE sayso.workspaces SET opt_out_message = 'Reply STOP to end' WHERE id = %s"
    console.execute(query, workspace_id)
    rows.people(console, workspace_id)
    week_ago = datetime.now(UTC) - timedelta(days=7)
    made = {
        "done": rows.campaign(console, workspace_id, "Autumn box", state="finished", starts_at=week_ago),
        "short": rows.campaign(console, workspace_id, "Autumn box, early access"),
    }
    rows.tallies(console, workspace_id, made["short"], rows.PLANNED, rehearsal=True)
    rows.tallies(console, workspace_id, made["done"], (("queued", "", 8), ("skipped", "no_number", 1)))
    rows.messages(console, workspace_id, made["done"], 3)
    costs(console, workspace_id, made)
    entries(console, workspace_id, made["done"])
    return made


def costs(console: Console, workspace_id: int, made: dict[str, int]) -> None:
    """What was counted of both, by country."""
    query = "INSERT INTO sayso.campaign_costs VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    for country, messages, parts, each in (("GB", 15_931, 31_862, 41_000), ("FR", 1_204, 2_408, 49_000)):
        said = (country, messages, parts, messages, parts * each)
        console.execute(query, workspace_id, made["short"], True, *said)
    console.execute(query, workspace_id, made["done"], False, "GB", 17_135, 17_135, 17_135, 702_535_000)


def entries(console: Console, workspace_id: int, campaign_id: int) -> None:
    """A ledger of this month."""
    for kind, of_campaign, credit, reserved, messages, parts, note in ENTRIES:
        query = (
            "WITH told AS (INSERT INTO sayso.credit_entries (workspace_id, kind, campaign_id, credit, "
            "reserved, messages, parts, note) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id) "
            "INSERT INTO sayso.credit_fresh SELECT %s, id, %s, %s FROM told"
        )
        of = campaign_id if of_campaign else None
        said = (workspace_id, kind, of, credit, reserved, messages, parts, note)
        console.execute(query, *said, workspace_id, credit, reserved)
