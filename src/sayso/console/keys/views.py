"""R2.3: API keys. A key is shown once; who uses it last is seen; revoking is for good."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.actor import EXTRA, ORDINARY, ROLES
from sayso.actions.keys import ShownOnce, create_key, revoke_key
from sayso.console import shown_once
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import Page, cursor, newest
from sayso.console.forms import again, done, go
from sayso.console.keys.forms import KeyForm
from sayso.console.lenses.keys import ApiKey
from sayso.console.loop import perform
from sayso.console.refusing import demand


@dataclass(frozen=True, slots=True)
class Row:
    """A key as the list shows it, with its reach in words."""

    key: ApiKey
    reach: str
    more: list[str]


@require_safe
@opens(Area.KEYS)
def overview(request: HttpRequest) -> HttpResponse:
    """The workspace's keys, the newest first; revoked ones stay, for the trail."""
    found = newest(ApiKey.objects.defer("hash"), cursor(request.GET.get("before", "")))
    page = Page([_row(key) for key in found.rows], found.first, found.total, found.older)
    return render(request, "keys/overview.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.KEYS)
def new(request: HttpRequest) -> HttpResponse:
    """Make a key; the next page shows it, this once."""
    form = KeyForm(request.POST or None, may_give=_may_give(request))
    number = shown_once.number(request)
    if request.method == "POST" and form.is_valid():
        if not shown_once.first(request, number):
            return go(request, "key_made", number)
        answer = perform(request, create_key, form.wanted())
        if not form.refused(answer):
            assert isinstance(answer, ShownOnce)  # noqa: S101 - refusals went back to the form
            shown_once.keep(request, number, answer.key)
            return go(request, "key_made", number)
        shown_once.give_back(request, number)
    context = {"form": form, "once": number}
    if request.method == "POST":
        return again(request, "keys/new.html", context)
    return render(request, "keys/new.html", context)


@require_safe
@opens(Area.KEYS)
def made(request: HttpRequest, form_number: str) -> HttpResponse:
    """The new key, this once."""
    return render(request, "keys/made.html", {"key": shown_once.take(request, form_number)})


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.KEYS)
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """End a key for good, once asked."""
    key = ApiKey.objects.defer("hash").filter(id=key_id).first()
    if key is None:
        raise Http404(str(key_id))
    if request.method == "POST":
        demand(perform(request, revoke_key, key_id, timezone.now()))
        done(request, f"“{key.name}” is revoked.")
        return go(request, "keys")
    used = (
        "It was never used."
        if key.last_used_at is None
        else (f"It was last used on {timezone.localtime(key.last_used_at):%d-%m-%Y at %H:%M}.")
    )
    return ask(
        request,
        Question(
            f"Revoke the key “{key.name}”?",
            f"{used} Whatever uses it is refused within seconds, and it can’t be brought back.",
            "Revoke",
            "Keep the key",
            reverse("keys"),
        ),
    )


def _may_give(request: HttpRequest) -> frozenset[str]:
    own = ROLES[request.place.workspace.role.value]
    return own | {"operator"} if request.place.operator else own


def _row(key: ApiKey) -> Row:
    scopes = set(key.scopes)
    lacking = len(ORDINARY.keys() - scopes)
    reach = "Everything ordinary" if not lacking else f"{len(ORDINARY) - lacking} of {len(ORDINARY)} scopes"
    return Row(
        key, reach, sorted(scopes & EXTRA.keys()) + ([] if not lacking else sorted(scopes & ORDINARY.keys()))
    )
