"""Handing what was replayed over to the form of the process, where it can be saved."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from sayso.actions.replays import Plan


def address(plan: Plan) -> str:
    """The form of the line's unsubscribe process, or of a new one, filled with what was replayed."""
    said = {"match_mode": plan.listening.match_mode, "predefined_mode": plan.listening.predefined_mode}
    if plan.changed_keywords:
        said["keywords"] = ",".join(plan.listening.keywords)
    if plan.process_id is None:
        new = {"type": "unsubscribe", "line": str(plan.line_id)}
        return f"{reverse('keywords_new')}?{urlencode(new | said)}"
    return f"{reverse('keywords_edit', args=[plan.process_id])}?{urlencode(said)}"
