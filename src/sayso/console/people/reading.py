"""Who works here, and who is asked to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from sayso.console.access import Role
from sayso.console.accounts.models import User
from sayso.console.lenses.invitations import Invitation
from sayso.console.lenses.workspaces import Membership


@dataclass(frozen=True, slots=True)
class Colleague:
    """One row of the list; `email` is empty where no name hides it."""

    id: int
    name: str
    email: str
    role: Role
    since: datetime
    you: bool
    by_link: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation that nobody has answered; `late`: it ran out, so that its link opens nothing."""

    id: int
    email: str
    role: Role
    by: str
    until: datetime
    late: bool


def colleagues(you: int) -> list[Colleague]:
    """Everyone in the workspace, by name."""
    members = list(Membership.objects.all())
    known = User.objects.in_bulk([member.user_id for member in members])
    rows = [_colleague(member, known.get(member.user_id), you) for member in members]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def colleague(user_id: int, you: int) -> Colleague | None:
    """One of them."""
    member = Membership.objects.filter(user_id=user_id).first()
    return _colleague(member, User.objects.filter(pk=user_id).first(), you) if member else None


def unanswered() -> list[Asked]:
    """Who was asked and has not answered, in time or any more, the newest first."""
    found = list(Invitation.objects.filter(accepted_at=None, withdrawn_at=None).order_by("-id")[:100])
    inviters = User.objects.in_bulk([each.invited_by for each in found])
    now = timezone.now()
    return [
        Asked(
            id=each.id,
            email=each.email,
            role=Role(each.role),
            by=str(inviters.get(each.invited_by, "somebody who left")),
            until=each.expires_at,
            late=each.expires_at <= now,
        )
        for each in found
    ]


def _colleague(member: Membership, user: User | None, you: int) -> Colleague:
    name = str(user) if user else f"account {member.user_id}"
    email = user.email if user and user.name else ""
    return Colleague(
        id=member.user_id,
        name=name,
        email=email,
        role=Role(member.role),
        since=member.created_at,
        you=member.user_id == you,
        by_link=bool(user and user.joined_by_link),
    )
