"""Campaigns of every state, lists, and what becomes of a launch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from tests.browser.pages import Said
from tests.consoles import Console

PAGES = (
    ("campaigns", "/campaigns/"),
    ("campaigns-reporting", "/campaigns/reporting/"),
    ("campaign-texts", "/campaigns/{tried}/texts/"),
    ("campaign-tried", "/campaigns/{tried}/review/"),
    ("campaign-held", "/campaigns/{held}/"),
    ("campaign-capped", "/campaigns/{capped}/"),
    ("campaign-cancelled", "/campaigns/{cancelled}/"),
    ("campaign-launch-wrong", "/campaigns/{whole}/review/"),
    ("campaign-texts-wrong", "/campaigns/{tried}/texts/"),
    ("campaign-compose-wrong", "/campaigns/{draft}/edit/"),
    ("list-new-wrong", "/lists/new/"),
    ("campaigns-none-fits", "/campaigns/?q=nothing"),
    ("campaign-new", "/campaigns/new/"),
    ("campaign-compose", "/campaigns/{draft}/edit/"),
    ("campaign-pictured", "/campaigns/{pictured}/edit/"),
    ("campaign-review", "/campaigns/{whole}/review/"),
    ("campaign-behind", "/campaigns/{whole}/rehearsal/people/"),
    ("campaign-behind-none", "/campaigns/{draft}/rehearsal/people/"),
    ("campaign-counting", "/campaigns/{counting}/review/"),
    ("campaign-wanting", "/campaigns/{draft}/review/"),
    ("campaign-scheduled", "/campaigns/{scheduled}/"),
    ("campaign-sending", "/campaigns/{sending}/"),
    ("campaign-paused", "/campaigns/{paused}/"),
    ("campaign-report", "/campaigns/{done}/"),
    ("campaign-pause", "/campaigns/{sending}/pause/"),
    ("campaign-resume", "/campaigns/{paused}/resume/"),
    ("campaign-cancel", "/campaigns/{paused}/cancel/"),
    ("campaign-delete", "/campaigns/{draft}/delete/"),
    ("lists", "/lists/"),
    ("lists-new", "/lists/new/"),
    ("list", "/lists/{list}/"),
    ("list-delete", "/lists/{list}/delete/"),
)
# What is said on a page before it is looked at: fields and what they are given, then the button.
SAID: dict[str, Said] = {
    "campaign-launch-wrong": ({"#launch [value=at]": "", "#id_most": "0"}, "#launch .btn-primary"),
    "campaign-texts-wrong": ({"#id_share_1": "70", "#id_body_2": "", "#id_tested": "0"}, "[name=save]"),
    "campaign-compose-wrong": (
        {"#id_name": "", "#id_body": "Hi {{ first_name }"},
        "footer.stay .btn-primary",
    ),
    "list-new-wrong": ({}, "main .btn-primary"),
}
BODY = 'Hi {{ first_name | default: "there" }}, the autumn box is here – prams 20% off until Sunday.'
LINKED = (
    f"{BODY} https://littlefern.example/autumn littlefern.example/stores/bath or "
    "https://littlefern.example/club/{{ external_id }}"
)
PEOPLE = (
    (447700900318, "Amira", "Haddad", "C-1041"),
    (33639981244, "Léa", "Marchand", "C-2210"),
    (447700900641, "Jonas", "Weber", "C-0007"),
    (447700900733, "", "", None),
)
STOPPED = (
    "Paused by itself: 21 of 500 stopped because of it, more than 3%. Look at who gets it; then resume it "
    "or cancel it."
)
CAPPED = (
    "The next text waits at a spend cap. It costs €0.09 and would pass the cap of the day: all texts "
    "together may cost €500.00, and €499.96 of it is used up on 27 November 2026. It begins anew at midnight "
    "in Europe/London. Everybody before it was planned, and nobody is skipped: resume it when the cap begins "
    "anew; or raise the cap under Credit and resume it now; or cancel it."
)
# What was planned, and how the messages stand; of 18,412 people.
PLANNED = (
    ("queued", "", 17_135),
    ("skipped", "consent_unknown", 688),
    ("enqueue_failed", "blocked_by_keyword", 402),
    ("skipped", "duplicate_number", 121),
    ("skipped", "number_invalid", 41),
    ("skipped", "no_number", 25),
)


def furnish(console: Console, workspace_id: int) -> dict[str, int]:
    """Campaigns from a draft to a report; answers the ids that addresses name."""
    console.category(workspace_id, "promotions")
    console.line(workspace_id, "11221", "shared_short_code", "baby")
    query = "UPDATE sayso.workspaces SET opt_out_message = 'Reply STOP to end' WHERE id = %s"
    console.execute(query, workspace_id)
    made = {"list": people(console, workspace_id)}
    at_list = {"audience": "list", "list_id": made["list"]}
    soon = datetime.now(UTC).replace(second=0, microsecond=0)

    def one(name: str, **more: Any) -> int:
        return campaign(console, workspace_id, name, **more)

    made["done"] = one("Autumn box, first look", state="finished", starts_at=soon - timedelta(days=7))
    made["paused"] = one("Half-term hours", state="paused", starts_at=soon - timedelta(days=2))
    made["sending"] = one("Grey Hazel is back", state="sending", starts_at=soon - timedelta(minutes=9))
    made["scheduled"] = one(
        "Sunday stroll, Vienna", state="scheduled", starts_at=soon + timedelta(days=6), **at_list
    )
    one("Welcome", audience="automation")
    made["counting"] = one("Winter hours", **at_list)
    made["whole"] = one("Autumn box, early access", **at_list, **{"body": LINKED})
    links(console, workspace_id, made["whole"])
    links(console, workspace_id, made["done"])
    clicks(console, workspace_id, made["done"])
    made["pictured"] = one("Look at this", media_urls=[pictured(console, workspace_id)])
    made["draft"] = one("Club only", audience="none", category="", **{"body": BODY})
    made["tried"] = one("Two words for prams", **at_list)
    several(console, workspace_id, made["tried"])
    made["held"] = one("Spring hours", state="paused", starts_at=soon - timedelta(hours=3))
    hold(console, workspace_id, made["held"])
    made["capped"] = one("Winter prams", state="paused", starts_at=soon - timedelta(hours=5))
    hold(console, workspace_id, made["capped"], "spend_cap", CAPPED)
    made["cancelled"] = one(
        "Harvest fair", state="cancelled", starts_at=soon - timedelta(days=3), ended_at=soon
    )
    tallies(console, workspace_id, made["whole"], PLANNED, rehearsal=True)
    behind(console, workspace_id, made["whole"])
    tallies(console, workspace_id, made["counting"], PLANNED[:2], rehearsal=True, finished=False)
    for name in ("done", "paused", "sending", "capped", "cancelled"):
        tallies(console, workspace_id, made[name], (("queued", "", 8), ("skipped", "no_number", 1)))
        messages(console, workspace_id, made[name], 3 if name == "done" else 1)
        query = (
            "INSERT INTO sayso.campaign_counts (workspace_id, campaign_id, departed, failed, opted_out,"
            " counted_from, counted_to) VALUES (%s, %s, 5, 2, 1, now(), now())"
        )
        console.execute(query, workspace_id, made[name])
    return made


def pictured(console: Console, workspace_id: int) -> str:
    """A picture, an American line and an American to whom it is carried; the picture's address."""
    line = console.line(workspace_id, "12025550118")
    query = (
        "UPDATE sayso.inbound_numbers n SET country = 'US' FROM sayso.lines l "
        "WHERE l.inbound_number_id = n.id AND l.id = %s"
    )
    console.execute(query, line)
    query = (
        "INSERT INTO sayso.contacts (workspace_id, phone, attributes, sms_consent) "
        """VALUES (%s, 12025550143, '{"first_name": "Grace", "last_name": "Hill"}', 'yes')"""
    )
    console.execute(query, workspace_id)
    out = BytesIO()
    Image.linear_gradient("L").resize((480, 320)).rotate(90).convert("RGB").save(out, "JPEG")
    token = f"{workspace_id:022d}"
    row = (workspace_id, token, out.getvalue(), len(out.getvalue()), out.getvalue())
    query = (
        "INSERT INTO sayso.pictures (workspace_id, token, digest, content_type, width, height, bytes, "
        "description, content, created_at) "
        "VALUES (%s, %s, sha256(%s), 'image/jpeg', 480, 320, %s, 'The sky before rain', %s, now())"
    )
    console.execute(query, *row)
    return f"/m/{token}"


def several(console: Console, workspace_id: int, campaign_id: int) -> None:
    """Two texts that are tried on a fifth."""
    query = "INSERT INTO sayso.campaign_trials VALUES (%s, %s, 20, 5, 'replies', 4)"
    console.execute(query, workspace_id, campaign_id)
    for variant, body in ((1, BODY), (2, "Prams are 20% off until Sunday. Want one? Text back.")):
        query = "INSERT INTO sayso.campaign_variants VALUES (%s, %s, %s, %s, 50)"
        console.execute(query, workspace_id, campaign_id, variant, body)


def hold(
    console: Console, workspace_id: int, campaign_id: int, reason: str = "opt_outs", told: str = STOPPED
) -> None:
    """Why a campaign stands still."""
    query = "INSERT INTO sayso.campaign_holds VALUES (%s, %s, %s, %s, now())"
    console.execute(query, workspace_id, campaign_id, reason, told)


def people(console: Console, workspace_id: int) -> int:
    """A list with a few people on it; its id."""
    query = "INSERT INTO sayso.lists (workspace_id, name) VALUES (%s, 'Vienna store') RETURNING id"
    made = int(console.execute(query, workspace_id)[0][0])
    for phone, first, last, external_id in PEOPLE:
        query = (
            "INSERT INTO sayso.contacts (workspace_id, phone, external_id, attributes, sms_consent) VALUES "
            "(%s, %s, %s, jsonb_strip_nulls(jsonb_build_object('first_name', nullif(%s, ''), 'last_name', "
            "nullif(%s, ''))), 'yes') RETURNING id"
        )
        contact = console.execute(query, workspace_id, phone, external_id, first, last)[0][0]
        console.execute("INSERT INTO sayso.list_members VALUES (%s, %s, %s)", workspace_id, made, contact)
    return made


def campaign(console: Console, workspace_id: int, name: str, **more: Any) -> int:
    """A campaign to everybody, by default a draft; its id."""
    row = {"workspace_id": workspace_id, "name": name, "audience": "everybody", "category": "promotions"}
    row |= {"body": BODY, **more}
    if row.get("state", "draft") not in ("draft", "scheduled"):
        row["launched_at"] = row["starts_at"]
    marks = ", ".join(["%s"] * len(row))
    query = f"INSERT INTO sayso.campaigns ({', '.join(row)}) VALUES ({marks}) RETURNING id"
    return int(console.execute(query, *row.values())[0][0])


def tallies(
    console: Console, workspace_id: int, campaign_id: int, counted: Any, *, rehearsal: bool = False,
    finished: bool = True,
) -> None:  # fmt: skip
    """What planning counted of a campaign, or of its rehearsal."""
    query = (
        "INSERT INTO sayso.campaign_plans (workspace_id, campaign_id, rehearsal, began_at, finished_at) "
        "VALUES (%s, %s, %s, now(), CASE WHEN %s THEN now() END)"
    )
    console.execute(query, workspace_id, campaign_id, rehearsal, finished)
    for status, reason, figure in counted:
        query = "INSERT INTO sayso.campaign_tallies VALUES (%s, %s, %s, %s, %s, %s, %s)"
        parts = 2 * figure if status == "queued" else 0
        console.execute(query, workspace_id, campaign_id, rehearsal, status, reason, figure, parts)


def behind(console: Console, workspace_id: int, campaign_id: int) -> None:
    """Each contact with a number behind one of the reasons of a rehearsal."""
    query = (
        "INSERT INTO sayso.rehearsed_people (workspace_id, campaign_id, contact_id, status, reason, told) "
        "SELECT %s, %s, id, %s, %s, %s FROM sayso.contacts WHERE workspace_id = %s AND phone = %s"
    )
    for (phone, *_), (status, reason, told) in zip(
        PEOPLE,
        (
            ("skipped", "consent_unknown", "Nobody knows of a yes to promotions."),
            ("enqueue_failed", "blocked_by_keyword", "Blocked since 21-11-2026: the text “baby stop pls”."),
            ("skipped", "consent_unknown", "Nobody knows of a yes to promotions."),
            ("skipped", "duplicate_number", "An earlier profile of 447700900733 gets it already."),
        ),
        strict=True,
    ):
        console.execute(query, workspace_id, campaign_id, status, reason, told, workspace_id, phone)


def links(console: Console, workspace_id: int, campaign_id: int) -> None:
    """Two tracked addresses."""
    for place, written in enumerate(("https://littlefern.example/autumn", "littlefern.example/stores/bath")):
        target = f"https://{written.removeprefix('https://')}"
        query = "INSERT INTO sayso.campaign_links VALUES (%s, %s, %s, %s, %s)"
        console.execute(query, workspace_id, campaign_id, place, written, target)


def clicks(console: Console, workspace_id: int, campaign_id: int) -> None:
    """Openings by three people and two machines."""
    query = (
        "INSERT INTO sayso.clicks (workspace_id, campaign_id, link, message_id, phone, kind, times, at,"
        " agent, because) VALUES (%s, %s, %s, 1, %s, %s, 1, now(), '', '[]')"
    )
    for link, phone, kind in (
        (0, 1, "person"), (0, 1, "person"), (0, 2, "person"), (0, 2, "machine"), (1, 3, "person"),
        (1, 3, "machine"), (0, 4, "machine"),
    ):  # fmt: skip
        console.execute(query, workspace_id, campaign_id, link, phone, kind)


def messages(console: Console, workspace_id: int, campaign_id: int, delivered: int) -> None:
    """Eight messages: some delivered, two lost, one stopped in time, the others waiting."""
    stand = [("delivered", "")] * delivered + [("failed", "bad_number"), ("unconfirmed", "lost_answer")]
    stand += [("cancelled", "opted_out")]
    counted = "INSERT INTO sayso.standing_deltas VALUES (%s, %s, 'queued', '', 8, 8)"
    console.execute(counted, workspace_id, campaign_id)
    for n in range(8):
        query = (
            "INSERT INTO sayso.messages (workspace_id, phone, recipient, connection_id, line_id, sender, "
            "class, purpose, category, campaign_id, body, encoding, parts, id) "
            "VALUES (%s, %s, 'x', 1, 1, 'x', 'advertising', 'campaign', 'promotions', "
            "%s, 'Hi', 'GSM-7', 1, sayso.new_id()) RETURNING id"
        )
        message = console.execute(query, workspace_id, 447700900000 + n, campaign_id)[0][0]
        if n < len(stand):
            outcome = "INSERT INTO sayso.outcomes VALUES (%s, %s, %s, %s, 133, now())"
            console.execute(outcome, workspace_id, message, *stand[n])
