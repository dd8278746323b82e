"""Where the link of an invitation leads: a new account, or the role for one that there is (R2.1)."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sayso.actions.members import accept_invitation, held_invitation
from sayso.actions.refusal import Refused
from sayso.console.access import Role
from sayso.console.accounts.making import UnfitError, find, make
from sayso.console.accounts.models import User
from sayso.console.forms import again
from sayso.console.loop import perform
from sayso.console.people.forms import JoinForm
from sayso.console.people.roles import MAY
from sayso.console.place import CHOSEN
from sayso.console.refusing import sentence
from sayso.storage.invitations import Held

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What the invitation says, and what its holder has to do; looking at it changes nothing."""
    held = perform(request, held_invitation, token)
    if held is None:
        return _closed(request, "Nobody was invited by this link. Copy it whole, to its last letter.", 404)
    if held.closed or held.expires_at <= timezone.now():
        return _closed(
            request, "It was used, taken back, or is older than seven days. Ask for another one.", 410
        )
    if request.user.is_authenticated:
        return _as_somebody(request, held, token)
    if find(held.email) is not None:
        sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return render(request, "people/join.html", _context(held) | {"sign_in": sign_in})
    return _as_nobody(request, held, token)


def _as_somebody(request: HttpRequest, held: Held, token: str) -> HttpResponse:
    """Somebody is signed in: whoever was invited takes the role, another is told so."""
    if request.user.email != held.email:
        return render(request, "people/join.html", _context(held) | {"other": request.user.email})
    if request.method != "POST":
        return render(request, "people/join.html", _context(held) | {"known": True})
    refused = perform(request, accept_invitation, token, request.user.pk, timezone.now())
    if isinstance(refused, Refused):
        return _closed(request, sentence(refused), HTTPStatus.CONFLICT)
    request.session[CHOSEN] = held.workspace_id
    return redirect("start")


def _as_nobody(request: HttpRequest, held: Held, token: str) -> HttpResponse:
    """A new account and its role: both, or neither."""
    form = JoinForm(request.POST or None)
    if request.method != "POST":
        return render(request, "people/join.html", _context(held) | {"form": form})
    if form.is_valid():
        try:
            # Undone where the role is refused: the link may have been used a moment ago.
            with transaction.atomic():
                user = _made(request, held, form, token)
        except UnfitError as unfit:
            form.add_error("password", str(unfit))
        except _TooLateError as late:
            return _closed(request, str(late), HTTPStatus.CONFLICT)
        else:
            login(request, user, backend=BACKEND)
            request.session[CHOSEN] = held.workspace_id
            return redirect("start")
    form.is_valid()
    return again(request, "people/join.html", _context(held) | {"form": form})


class _TooLateError(Exception):
    """The role was refused; the sentence says why."""


def _made(request: HttpRequest, held: Held, form: JoinForm, token: str) -> User:
    said = form.cleaned_data
    user: User = User.objects.get(pk=make(held.email, said["password"], said["name"], joined_by_link=True))
    refused = perform(request, accept_invitation, token, user.pk, timezone.now())
    if isinstance(refused, Refused):
        raise _TooLateError(sentence(refused))
    return user


def _context(held: Held) -> dict[str, object]:
    role = Role(held.role)
    inviter = User.objects.filter(pk=held.invited_by).first()
    return {"held": held, "role": role, "may": MAY[role][0].lower() + MAY[role][1:], "inviter": inviter}


def _closed(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "people/join_closed.html", {"why": why}, status=status)
