"""Segments: none, some, one that is built, and one with faults in it."""

from __future__ import annotations

import json

from tests.browser.pages import campaigns as rows
from tests.consoles import Console

PAGES = (
    ("segments", "/lists/segments/"),
    ("segments-new", "/lists/segments/new/"),
    ("segment", "/lists/segments/{nested}/"),
    ("segment-delete", "/lists/segments/{nested}/delete/"),
)


def furnish(console: Console, workspace_id: int) -> dict[str, int]:
    """People on a list, and two segments, one of which a campaign goes to."""
    console.category(workspace_id, "promotions")
    at_list = rows.people(console, workspace_id)
    nested = {
        "version": 1,
        "all": [
            {"about": "country", "test": "is_not", "value": "FR"},
            {"about": "consent", "test": "is", "name": "promotions", "value": "yes"},
            {
                "any": [
                    {"about": "list", "test": "on", "id": at_list},
                    {"about": "wrote", "test": "within", "days": 30},
                    {"about": "attribute", "test": "is", "name": "first_name", "value": "Amira"},
                ]
            },
            {"not": {"about": "opted_out", "test": "ever"}},
        ],
    }
    made = segment(console, workspace_id, "Club, without France", nested)
    german = {"version": 1, "all": [{"about": "language", "test": "is", "value": "de"}]}
    segment(console, workspace_id, "German speakers", german)
    rows.campaign(console, workspace_id, "Autumn box", audience="segment", segment_id=made)
    return {"nested": made, "list": at_list}


def segment(console: Console, workspace_id: int, name: str, conditions: object) -> int:
    """A segment; its id."""
    query = (
        "INSERT INTO sayso.segments (workspace_id, name, conditions, created_at, changed_at)"
        " VALUES (%s, %s, %s::jsonb, now(), now()) RETURNING id"
    )
    return int(console.execute(query, workspace_id, name, json.dumps(conditions))[0][0])
