"""R14.1, R14.2: what each country demands, read; and the one permission that a person may give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.actions.actor import ROLES
from sayso.actions.workspaces import list_permissions, permit_confirmation, withdraw_confirmation
from sayso.console.access import Area, opens
from sayso.console.accounts.models import User
from sayso.console.components.asking import Question, ask
from sayso.console.countries.words import Line, rule_lines, state_lines, unknown
from sayso.console.forms import done, go
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.core.countries import COUNTRIES
from sayso.core.countries.rules import CountryRules
from sayso.core.policy import confirmation_for
from sayso.storage.workspaces import Permission

SCOPE = "consents:override"


@dataclass(frozen=True, slots=True)
class Entry:
    """A country in the list: how a stop is confirmed there, how many rules are known, the oldest check."""

    code: str
    name: str
    confirmation: Line
    known: int
    rules: int
    checked: date | None
    old: bool
    allowed: bool


@require_safe
@opens(Area.COUNTRIES)
def overview(request: HttpRequest) -> HttpResponse:
    """Every country whose rules are known in part."""
    today = datetime.now(UTC).date()
    allowed = {found.country for found in _permissions(request)}
    entries = [_entry(rules, today, allowed) for rules in COUNTRIES.values()]
    context = {
        "entries": sorted(entries, key=lambda entry: _sorted_by(entry.name)),
        "others": sorted(allowed - set(COUNTRIES)),
    }
    return render(request, "countries/overview.html", context)


@require_safe
@opens(Area.COUNTRIES)
def country(request: HttpRequest, code: str) -> HttpResponse:
    """One country, rule by rule, with sources; what nobody has found is said."""
    rules = _rules(code)
    today = datetime.now(UTC).date()
    lines = rule_lines(rules, today)
    permission = next((found for found in _permissions(request) if found.country == code), None)
    context = {
        "rules": rules,
        "name": _upper(rules.name),
        "lines": lines,
        "told": [*lines, *state_lines(rules, today)],
        "unknown": unknown(lines),
        "old": [line for line in lines if line.old],
        "permission": permission,
        "allowed_by": _name(permission),
        "confirmation": confirmation_for(rules, permission is not None),
        "asked": rules.confirmation.value is None,
        "may_allow": _may_allow(request),
    }
    return render(request, "countries/country.html", context)


@opens(Area.COUNTRIES)
def allow(request: HttpRequest, code: str) -> HttpResponse:
    """R14.2: allow confirmations where the rule is unknown; a person answers for it."""
    rules = _changeable(request, code)
    question = Question(
        f"Allow confirmations of a stop to {rules.name}?",
        "Whether they are wanted there is unknown. From now on each stop from there is answered once, in "
        "your workspace’s name. Your name stands beside it and in the audit trail.",
        "Allow",
        "Stay silent",
        f"/countries/{code}/",
        dangerous=False,
    )
    told = f"Confirmations to {rules.name} are allowed."
    return _decided(request, (code, permit_confirmation), question, told)


@opens(Area.COUNTRIES)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the permission back: silence again."""
    rules = _changeable(request, code)
    question = Question(
        f"Stay silent to {rules.name} again?",
        "Stops from there go on working, and are no longer confirmed by a text.",
        "Stay silent",
        "Leave it allowed",
        f"/countries/{code}/",
    )
    told = f"No stop from {rules.name} is confirmed from now on."
    return _decided(request, (code, withdraw_confirmation), question, told)


def _decided(
    request: HttpRequest, what: tuple[str, Callable[..., Any]], question: Question, told: str
) -> HttpResponse:
    """Ask, and do it once it is answered."""
    code, action = what
    if request.method != "POST":
        return ask(request, question)
    demand(perform(request, action, code))
    done(request, told)
    return go(request, "country", code)


def _entry(rules: CountryRules, today: date, allowed: set[str]) -> Entry:
    lines = rule_lines(rules, today)
    checked = [line.checked for line in lines if line.checked]
    return Entry(
        code=rules.country,
        name=_upper(rules.name),
        confirmation=next(line for line in lines if line.title == "Confirmation of a stop"),
        known=sum(line.known for line in lines),
        rules=len(lines),
        checked=min(checked, default=None),
        old=any(line.old for line in lines),
        allowed=rules.country in allowed,
    )


def _permissions(request: HttpRequest) -> list[Permission]:
    return demand(perform(request, list_permissions))


def _name(permission: Permission | None) -> str:
    if permission is None:
        return ""
    found = User.objects.filter(pk=permission.allowed_by).first()
    return str(found) if found else f"account {permission.allowed_by}, closed since"


def _rules(code: str) -> CountryRules:
    if code not in COUNTRIES:
        raise Http404(code)
    return COUNTRIES[code]


def _changeable(request: HttpRequest, code: str) -> CountryRules:
    rules = _rules(code)
    if not _may_allow(request):
        raise PermissionDenied(SCOPE)
    if rules.confirmation.value is not None:
        # The country says it itself: there is nothing to allow.
        raise Http404(code)
    return rules


def _may_allow(request: HttpRequest) -> bool:
    return SCOPE in ROLES[request.place.workspace.role.value]


def _sorted_by(name: str) -> str:
    return name.removeprefix("The ")


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]
