"""Addresses that lead nowhere in the person's workspace: audited, yet nobody fills the trail (R2.4)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from sayso.actions.attempts import LONGEST_ADDRESS, note_attempt, note_more_attempts
from sayso.console.components.moments import id_at
from sayso.console.lenses.audit import AuditEntry
from sayso.console.loop import perform

MOST_AN_HOUR = 20
ACTIONS = ("asked_in_vain", "asked_on_in_vain")


def note(request: HttpRequest) -> None:
    """Audit the request's address once an hour, at most twenty such a person, then that there were more.

    Counted in the trail itself: rows in the shared cache would push counted guesses out of it.
    """
    since = id_at(timezone.now() - timedelta(hours=1))
    told = AuditEntry.objects.filter(user_id=request.user.pk, action__in=ACTIONS, id__gte=since)
    known = set(told.values_list("object_id", flat=True)[: 2 * MOST_AN_HOUR])
    if request.path[:LONGEST_ADDRESS] in known or len(known) > MOST_AN_HOUR:
        return
    if len(known) == MOST_AN_HOUR:
        perform(request, note_more_attempts)
    else:
        perform(request, note_attempt, request.method or "", request.path)
