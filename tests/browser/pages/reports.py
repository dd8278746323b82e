"""A dashboard with a month behind it, and the report of a campaign to 18,412 people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.browser.pages import campaigns as rows
from tests.browser.pages import home
from tests.consoles import Console

PAGES = (
    ("dashboard", "/home/"),
    ("dashboard-today", "/home/?days=1"),
    ("dashboard-none", "/home/?from=2020-01-01&to=2020-01-07"),
    ("report", "/campaigns/{report}/"),
)
# Each with how much goes there, and the price of a part in millionths.
COUNTRIES = (
    ("GB", 96, 41_000), ("DE", 42, 75_000), ("FR", 22, 49_000), ("AT", 9, 68_000), ("US", 14, 7_900),
)  # fmt: skip
KINDS = (
    ("campaign", "left", 3), ("campaign", "charged", 3), ("campaign", "delivered", 3), ("api", "left", 1),
    ("api", "charged", 1), ("", "received", 0), ("", "opted_out", 0),
)  # fmt: skip
BECAME = (
    ("delivered", "", 16_702), ("failed", "bad_number", 212), ("expired", "", 148),
    ("rejected", "carrier_filtered", 61), ("unconfirmed", "crashed", 12),
    ("enqueue_failed", "blocked_by_keyword", 402), ("skipped", "consent_unknown", 688),
    ("skipped", "duplicate_number", 121), ("skipped", "number_invalid", 41),
)  # fmt: skip
# What happened each minute: kind, how many, from which minute to which.
MINUTES = (
    ("left", 88, 0, 180), ("delivered", 85, 4, 190), ("left", 20, 2_280, 2_340),
    ("delivered", 9, 2_290, 2_350), ("replied", 1, 5, 394),
)  # fmt: skip


def furnish(console: Console, workspace_id: int) -> dict[str, object]:
    """Thirty days of figures, as upkeep rolls them up, and a campaign of a fortnight ago."""
    home.furnish(console, workspace_id)
    console.execute(
        "INSERT INTO sayso.credit_accounts VALUES (%s, 'EUR') ON CONFLICT DO NOTHING", workspace_id
    )
    for country, share, price in COUNTRIES:
        for purpose, kind, part in KINDS:
            console.execute(
                "INSERT INTO sayso.usage SELECT %s, g.grain, g.slot, %s, %s, %s, f.many, f.parts, f.many,"
                " f.parts * %s::int FROM sayso.workspaces w CROSS JOIN generate_series(1, 29) n"
                " CROSS JOIN LATERAL (SELECT now() - n * interval '1 day' AS at) t"
                " CROSS JOIN LATERAL (VALUES (60, date_bin('1 hour', t.at, '2026-01-01')),"
                " (1440, date_trunc('day', t.at, w.time_zone))) AS g(grain, slot)"
                " CROSS JOIN LATERAL (SELECT m.many, round(m.many * 1.1)::bigint AS parts FROM (SELECT"
                " greatest(%s::int * %s::int * (5 + (n * 37) %% 23), %s::int * (n %% 5) / 12)::bigint AS many"
                ") m) f WHERE w.id = %s",
                workspace_id, kind, country, purpose, price, share, part, share, workspace_id,
            )  # fmt: skip
    launched = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=14)
    made = rows.campaign(
        console,
        workspace_id,
        "Autumn box, first look",
        category="promotions",
        state="finished",
        starts_at=launched,
    )
    rows.tallies(console, workspace_id, made, rows.PLANNED)
    for status, reason, figure in BECAME:
        query = "INSERT INTO sayso.campaign_standings VALUES (%s, %s, %s, %s, %s, %s)"
        console.execute(query, workspace_id, made, status, reason, figure, figure)
    for kind, every, begins, ends in MINUTES:
        console.execute(
            "INSERT INTO sayso.campaign_minutes SELECT %s, %s, %s + n * interval '1 minute', %s, %s, %s"
            " FROM generate_series(%s::int, %s::int) n",
            workspace_id, made, launched, kind, every, every, begins, ends - 1,
        )  # fmt: skip
    return {"report": made, "at": launched}
