"""Where the link of an invitation leads: a new account, or the role for one that there is (R2.1)."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
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
        return _has_account(request, held)
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
    """A new account, and once that is kept, its role."""
    form = JoinForm(request.POST or None)
    if request.method != "POST":
        return render(request, "people/join.html", _context(held) | {"form": form})
    if form.is_valid():
        try:
            user = _made(held, form)
        except UnfitError as unfit:
            if find(held.email) is not None:
                return _has_account(request, held)
            form.add_error("password", str(unfit))
        else:
            return _joined(request, held, token, user) if user else _has_account(request, held)
    return again(request, "people/join.html", _context(held) | {"form": form})


def _has_account(request: HttpRequest, held: Held) -> HttpResponse:
    sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    return render(request, "people/join.html", _context(held) | {"sign_in": sign_in})


def _made(held: Held, form: JoinForm) -> User | None:
    """The new account; None where somebody made one with this address a moment ago."""
    said = form.cleaned_data
    try:
        with transaction.atomic():
            made = make(held.email, said["password"], said["name"], joined_by_link=True)
    except IntegrityError:
        return None
    user: User = User.objects.get(pk=made)
    return user


def _joined(request: HttpRequest, held: Held, token: str, user: User) -> HttpResponse:
    """Signed in, and in the workspace as soon as the account is kept: a role for none must not stand."""
    login(request, user, backend=BACKEND)
    request.session[CHOSEN] = held.workspace_id
    answer = redirect("start")

    def accept() -> None:
        refused = perform(request, accept_invitation, token, user.pk, timezone.now())
        if isinstance(refused, Refused):
            # Signed in, they are told there what stands in the way.
            answer["Location"] = request.path

    transaction.on_commit(accept)
    return answer


def _context(held: Held) -> dict[str, object]:
    role = Role(held.role)
    inviter = User.objects.filter(pk=held.invited_by).first()
    return {"held": held, "role": role, "may": MAY[role][0].lower() + MAY[role][1:], "inviter": inviter}


def _closed(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "people/join_closed.html", {"why": why}, status=status)
