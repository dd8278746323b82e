"""Names: of those who write to us, of colleagues, of lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sayso.actions.actor import ROLES
from sayso.console.accounts.models import User
from sayso.console.components.numbers import spaced
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.numbers import InboundNumber, Line
from sayso.console.lenses.workspaces import Membership

MOST = 200


def names_of(phones: Collection[int]) -> Mapping[int, str]:
    """What contacts of these numbers are called, where one of them has a name; one question for all."""
    found: dict[int, str] = {}
    for contact in Contact.objects.filter(phone__in=set(phones)).order_by("-id")[:MOST]:
        if contact.name:
            found[contact.phone] = contact.name
    return found


def colleagues(ids: Collection[int]) -> Mapping[int, str]:
    """The first names, or addresses, of these accounts."""
    return {user.id: first_name(user) for user in User.objects.filter(id__in=set(ids))} if ids else {}


def who_may_answer() -> list[User]:
    """Everybody of the workspace a conversation can be given to, by name."""
    roles = [role for role, scopes in ROLES.items() if "inbox:answer" in scopes]
    ids = list(Membership.objects.filter(role__in=roles).values_list("user_id", flat=True)[:MOST])
    return list(User.objects.filter(id__in=ids, is_active=True).order_by("name", "email"))


def first_name(user: User) -> str:
    """How colleagues call each other: Jo, else the address."""
    return str(user.name.split()[0] if user.name.strip() else user.email)


def lines() -> Mapping[int, str]:
    """Every line of the workspace as people write it, withdrawn ones too."""
    found = Line.objects.select_related("inbound_number").order_by("id")[:MOST]
    return {line.id: written(line) for line in found}


def written(line: Line) -> str:
    """`+44 7700 900118`, or `11221 / baby`."""
    number = line.inbound_number.number
    long = line.inbound_number.kind == InboundNumber.Kind.LONG_CODE
    return (spaced(int(number), number) if long else number) + (
        f" / {line.provider_keyword}" if line.provider_keyword else ""
    )
