"""Keywords: the overview with every state, the form new and standing, the tester; templates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.consoles import Console

PAGES = (
    ("keywords", "/keywords/"),
    ("keywords-none-fits", "/keywords/?q=nothing"),
    ("keywords-new", "/keywords/new/"),
    ("keywords-edit", "/keywords/{process}/"),
    ("keywords-pause", "/keywords/{process}/pause/"),
    ("keywords-try", "/keywords/try/"),
    ("templates", "/templates/"),
    ("templates-new", "/templates/new/"),
    ("templates-edit", "/templates/{template}/"),
)
OUT = "You’re out. Little Fern won’t text you again. Text START to come back."
HELP = "Little Fern: offers for new parents, up to 4 texts a month. STOP ends it. hello@littlefern.example"


def furnish(console: Console, workspace_id: int) -> dict[str, int]:
    """Processes of every state on three lines; answers the ids that addresses name."""
    baby = console.line(workspace_id, "11221", "shared_short_code", "baby")
    own = console.line(workspace_id, "447700900118")
    there = console.line(workspace_id, "12025550118")
    console.execute("UPDATE sayso.inbound_numbers SET country = 'US' WHERE number = '12025550118'")

    def template(name: str, body: str) -> int:
        query = (
            "INSERT INTO sayso.templates (workspace_id, name, class)"
            " VALUES (%s, %s, 'transactional') RETURNING id"
        )
        made = int(console.execute(query, workspace_id, name)[0][0])
        console.execute(
            "INSERT INTO sayso.template_texts VALUES (%s, %s, 'en', %s)", workspace_id, made, body
        )
        return made

    def process(line_id: int, kind: str, name: str, state: str, template_id: int | None) -> int:
        query = (
            "INSERT INTO sayso.processes (workspace_id, line_id, type, name, state, template_id)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
        )
        return int(console.execute(query, workspace_id, line_id, kind, name, state, template_id)[0][0])

    said = template("Stop", OUT)
    console.execute(
        "INSERT INTO sayso.template_texts VALUES (%s, %s, 'de', 'Sie sind abgemeldet.')", workspace_id, said
    )
    stop = process(baby, "unsubscribe", "Stop", "started", said)
    helping = process(baby, "help", "Help", "started", template("Help", HELP))
    process(own, "unsubscribe", "Stop (UK)", "paused", template("Stop (UK)", OUT))
    process(own, "help", "Help (UK)", "new", template("Help (UK)", HELP))
    process(there, "unsubscribe", "Stop (United States)", "new", None)
    for word in ("basta", "genug", "tropdetextos"):
        console.execute(
            "INSERT INTO sayso.process_keywords VALUES (%s, %s, %s, %s)", workspace_id, stop, word, word
        )
    now = datetime.now(UTC)
    for process_id, matches, ago in ((stop, 96, 14), (helping, 31, 130)):
        console.execute(
            "INSERT INTO sayso.process_matches VALUES (%s, %s, %s, %s, %s)",
            workspace_id, process_id, now.date(), matches, now - timedelta(minutes=ago),
        )  # fmt: skip
    return {"process": stop, "template": said}
