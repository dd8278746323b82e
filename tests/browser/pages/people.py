"""Settings, people, keys, audit trail, numbers; and what an operator sees."""

from __future__ import annotations

from typing import Any

from sayso.actions.actor import ORDINARY
from tests.consoles import Console

PAGES = (
    ("settings", "/settings/"),
    ("settings-opt-out", "/settings/opt-out/"),
    ("settings-category", "/settings/categories/promotions/"),
    ("settings-event", "/settings/event/"),
    ("settings-time-zone", "/settings/time-zone/"),
    ("settings-links", "/settings/links/"),
    ("people", "/people/"),
    ("people-invite", "/people/invite/"),
    ("people-role", "/people/{agent}/"),
    ("people-remove", "/people/{agent}/remove/"),
    ("people-join", "/join/nothing/"),
    ("keys", "/keys/"),
    ("keys-new", "/keys/new/"),
    ("keys-revoke", "/keys/{key}/revoke/"),
    ("keys-shown", "/keys/made/a-number-used-once/"),
    ("audit", "/audit/"),
    ("audit-none-found", "/audit/?thing=template"),
    ("numbers", "/numbers/"),
)
OPERATORS_PAGES = (
    ("alarms", "/alarms/"),
    ("numbers-all", "/numbers/all/"),
    ("numbers-new", "/numbers/all/new/"),
    ("number", "/numbers/all/{number}/"),
    ("number-stood-in", "/numbers/all/{other}/"),
    ("number-standing-in", "/numbers/all/{today}/"),
    ("number-free", "/numbers/all/{other}/free/"),
    ("number-give", "/numbers/all/{number}/give/"),
    ("connections", "/numbers/connections/"),
    ("connection", "/numbers/connections/{connection}/"),
    ("connection-new", "/numbers/connections/new/twilio/"),
    ("unrouted", "/unrouted/"),
    ("quarantine", "/quarantine/"),
    ("quarantine-of", "/quarantine/{connection}/"),
    ("quarantine-empty", "/quarantine/{connection}/empty/"),
)
TRAIL = (
    (
        "changed",
        "opt_out",
        "1",
        '{"message": "", "terms": []}',
        '{"message": "You’re out.", "terms": ["take me off"]}',
    ),
    ("created", "api_key", "1", None, '{"name": "Shop", "hint": "sayso_9fK2", "scopes": ["messages:send"]}'),
    ("changed", "member", "{agent}", '{"role": "analyst"}', '{"role": "agent"}'),
    ("asked_in_vain", "address", "/keys/99/revoke/", None, '{"method": "GET", "answer": 404}'),
    ("created", "invitation", "1", None, '{"email": "jo@littlefern.example", "role": "agent"}'),
)
TEXTS = (
    ("+447700900227", "447700900999", "stop", "unrouted", "No line has the number 447700900999."),
    (
        "+12025550143",
        "11331",
        "hello, is my pram ready?",
        "unrouted",
        "Nobody texted this number from 11331 before.",
    ),
    ("", "", "", "unreadable", "The body is no JSON: it begins with “<html>”."),
)


def furnish(console: Console, workspace_id: int) -> dict[str, Any]:
    """People, keys, a trail, numbers, and what operators have to deal with."""
    agent = console.person((workspace_id, "agent"), name="Tom Reed")
    admin = console.person((workspace_id, "compliance_owner"), name="Imke Vos")
    console.execute(
        "UPDATE sayso.workspaces SET opt_out_message = %s, event_properties = %s WHERE id = %s",
        "Text STOP to end.", '{"sender": "from"}', workspace_id,
    )  # fmt: skip
    for term in ("take me off", "no more texts", "lass mich in Ruhe"):
        console.execute(
            "INSERT INTO sayso.opt_out_terms VALUES (%s, %s, %s)", workspace_id, term.lower(), term
        )
    for name, basis, rejected in (("promotions", "consent", True), ("events", "legitimate_interest", False)):
        console.category(workspace_id, name, basis, rejected_by_stop=rejected)
    for email, ends in (
        ("jo@littlefern.example", "6 days"),
        ("kim.with.a.long.name@littlefern.example", "-1 day"),
    ):
        console.execute(
            "INSERT INTO sayso.invitations (workspace_id, email, role, hash, invited_by, expires_at) "
            "VALUES (%s, %s, 'agent', sha256(random()::text::bytea), %s, now() + %s::interval)",
            workspace_id, email, admin.id, ends,
        )  # fmt: skip
    for action, thing, id_, before, after in TRAIL:
        console.execute(
            "INSERT INTO sayso.audit (workspace_id, user_id, action, object_type, object_id, before, after) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            workspace_id, admin.id, action, thing, id_.format(agent=agent.id), before, after,
        )  # fmt: skip
    return {"agent": agent.id, "key": _keys(console, workspace_id)} | _numbers(console, workspace_id)


def _keys(console: Console, workspace_id: int) -> int:
    made = 0
    for name, scopes, test, gone in (
        ("Old import", "{contacts:write}", False, True),
        ("Try-out", "{messages:send,messages:read}", True, False),
        ("Shop", "{}", False, False),
    ):
        said = scopes if scopes != "{}" else "{" + ",".join([*ORDINARY, "messages:transactional"]) + "}"
        made = console.execute(
            "INSERT INTO sayso.api_keys "
            "(workspace_id, name, hint, hash, scopes, test_mode, last_used_at, revoked_at) "
            "VALUES (%s, %s, 'sayso_9fK2', sha256(random()::text::bytea), %s::text[], %s, "
            "now() - interval '14 min', "
            "CASE WHEN %s THEN now() END) RETURNING id",
            workspace_id, name, said, test, gone,
        )[0][0]  # fmt: skip
    return int(made)


def _numbers(console: Console, workspace_id: int) -> dict[str, int]:
    shared = console.line(workspace_id, "11331", "shared_short_code", "fern")
    console.line(workspace_id, "447700900118")
    gone = console.line(workspace_id, "447700900119")
    console.execute("UPDATE sayso.lines SET withdrawn_at = now() WHERE id = %s", gone)
    process = (
        "INSERT INTO sayso.processes (workspace_id, line_id, type, name, state) VALUES (%s, %s, %s, %s, %s)"
    )
    for kind, name, state in (("unsubscribe", "Stop", "started"), ("help", "Help", "paused")):
        console.execute(process, workspace_id, shared, kind, name, state)
    ((number, connection),) = console.execute(
        "SELECT n.id, n.connection_id FROM sayso.inbound_numbers n "
        "JOIN sayso.lines l ON l.inbound_number_id = n.id WHERE l.id = %s",
        shared,
    )
    console.execute(
        "UPDATE sayso.connections SET name = 'Twilio UK', kind = 'twilio', settings = %s WHERE id = %s",
        '{"account_sid": "AC11111111111111111111111111111111"}', connection,
    )  # fmt: skip
    console.execute(
        "INSERT INTO sayso.alarms VALUES ('bad_signature', %s, %s, now(), now(), 2)",
        f"connection:{connection}",
        "Callbacks of Twilio UK are refused: what should prove them is wrong or missing. Mend its secrets.",
    )
    for sender, to, body, kind, why in TEXTS:
        console.execute(
            "INSERT INTO sayso.unrouted (id, connection_id, kind, sender, recipient, body, why, at) "
            "VALUES (sayso.new_id(), %s, %s, %s, %s, %s, %s, now())",
            connection, kind, sender, to, body, why,
        )  # fmt: skip
    for body in (
        b"From=%2B447700900227&To=%2B447700900118&Body=STOP&MessageSid=SM0123456789",
        b"<html>\x00\xff",
    ):
        console.execute(
            "INSERT INTO sayso.quarantine (connection_id, kind, headers, body, why) "
            "VALUES (%s, 'inbound', 'POST /', %s, 'The signature does not fit the auth token.')",
            connection, body,
        )  # fmt: skip
    return {"number": number, "connection": connection, **_standing_in(console, number, connection)}


def _standing_in(console: Console, number: int, connection: int) -> dict[str, int]:
    """Numbers of a connection that stands in: one that has done so, one that would today."""
    ((other,),) = console.execute(
        "INSERT INTO sayso.connections (name, kind, hook_token, parts_per_second, settings) "
        "VALUES ('Sinch', 'sinch', %s, 30, '{}') RETURNING id",
        f"{connection:040d}",
    )
    made = [
        console.execute(
            "INSERT INTO sayso.inbound_numbers (connection_id, number, kind, country) "
            "VALUES (%s, %s, %s, 'GB') RETURNING id",
            other, sender, kind,
        )[0][0]
        for sender, kind in (("447700900120", "long_code"), ("11331", "shared_short_code"))
    ]  # fmt: skip
    query = "UPDATE sayso.connections SET fallback_connection_id = %s, fallback_after = 120 WHERE id = %s"
    console.execute(query, other, connection)
    console.execute("INSERT INTO sayso.stood_in VALUES (%s, %s)", made[0], number)
    return {"other": made[0], "today": made[1]}
