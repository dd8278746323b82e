"""Handing what was replayed over to the form of the process, where it can be saved."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from sayso.actions.replays import Plan

# The form of one process, the form of a new one, and the list: the first that has an address is taken.
FORMS = ("process", "keywords")
NEW = ("process_new", "keywords")


def address(plan: Plan) -> str:
    """The form of the line's unsubscribe process, filled with what was replayed; empty if there is none."""
    said = {"match_mode": plan.listening.match_mode}
    if plan.listening.predefined_mode:
        said["predefined_mode"] = plan.listening.predefined_mode
    if plan.process_id is None:
        said |= {"type": "unsubscribe", "line": str(plan.line_id)}
    if plan.changed_keywords:
        said["keywords"] = ",".join(plan.listening.keywords)
    args = [] if plan.process_id is None else [plan.process_id]
    for name in NEW if plan.process_id is None else FORMS:
        for some in (args, []):
            try:
                return f"{reverse(name, args=some)}?{urlencode(said)}"
            except NoReverseMatch:
                continue
    return ""
