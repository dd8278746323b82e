"""R2.1: who works here and as what; inviting, changing a role, removing. The last owner stays."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.meanwhile import stamp
from sayso.actions.members import Invited, change_role, invite, remove_member, withdraw_invitation
from sayso.actions.refusal import Refused
from sayso.console import mail, shown_once
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.forms import again, done, go
from sayso.console.lenses.invitations import Invitation
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.people.forms import InviteForm, RoleForm
from sayso.console.people.reading import Colleague, colleague, colleagues, unanswered
from sayso.console.refusing import demand

WAYS = ["GET", "HEAD", "POST"]


@require_safe
@opens(Area.PEOPLE)
def overview(request: HttpRequest) -> HttpResponse:
    """Who works here, and who is asked to."""
    invitations = unanswered()
    late = sum(each.late for each in invitations)
    context = {
        "colleagues": colleagues(request.user.pk),
        "invitations": invitations,
        "late": late,
        "open": len(invitations) - late,
    }
    return render(request, "people/overview.html", context)


@require_http_methods(WAYS)
@opens(Area.PEOPLE)
def invite_colleague(request: HttpRequest) -> HttpResponse:
    """Ask somebody in by e-mail address; the link is shown once, and mailed where mail is set up."""
    before = {"email": request.GET.get("email", ""), "role": request.GET.get("role", "agent")}
    form = InviteForm(request.POST or None, giver=request.place.workspace.role, initial=before)
    number = shown_once.number(request)
    if request.method == "POST" and form.is_valid():
        if not shown_once.first(request, number):
            return go(request, "invited", number)
        wanted = form.cleaned_data
        made = perform(request, invite, wanted["email"], wanted["role"], timezone.now())
        if not form.refused(made):
            _hand_over(request, number, made, wanted["email"])
            return go(request, "invited", number)
        shown_once.give_back(request, number)
    context = {"form": form, "once": number, "mails": mail.can_send()}
    if request.method == "POST":
        return again(request, "people/invite.html", context)
    return render(request, "people/invite.html", context)


@require_safe
@opens(Area.PEOPLE)
def invited(request: HttpRequest, form_number: str) -> HttpResponse:
    """The link of a new invitation, this once."""
    kept = shown_once.take(request, form_number)
    sent, _, rest = (kept or "").partition(" ")
    email, _, link = rest.partition(" ")
    context = {"link": link, "email": email, "sent": sent == "sent", "mails": mail.can_send()}
    return render(request, "people/invited.html", context)


@require_http_methods(WAYS)
@opens(Area.PEOPLE)
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Another role for somebody who works here."""
    person = _found(request, user_id)
    initial = {"role": person.role.value}
    edit = Edit(request, stamp(person.role.value), initial)
    form = RoleForm(edit.data, giver=request.place.workspace.role, initial=initial)
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        if not edit.refused(form, perform(request, change_role, user_id, role, edit.seen)):
            done(request, f"{person.name} is {role.replace('_', ' ')} now.")
            return go(request, "people" if not person.you else "start")
    context = {"form": form, "person": person, "edit": edit}
    if request.method == "POST":
        return again(request, "people/person.html", context)
    return render(request, "people/person.html", context)


@require_http_methods(WAYS)
@opens(Area.PEOPLE)
def remove(request: HttpRequest, user_id: int) -> HttpResponse:
    """End somebody's membership, once asked."""
    person = _found(request, user_id)
    here = request.place.workspace.name
    if request.method == "POST":
        demand(perform(request, remove_member, user_id))
        done(request, f"{person.name} no longer works in {here}.")
        return go(request, "people" if not person.you else "start")
    return ask(request, _removal(person, here))


@require_http_methods(WAYS)
@opens(Area.PEOPLE)
def take_back(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an open invitation back, once asked."""
    found = Invitation.objects.filter(id=invitation_id).first()
    if found is None:
        raise Http404(str(invitation_id))
    if request.method == "POST":
        demand(perform(request, withdraw_invitation, invitation_id, timezone.now()))
        done(request, f"The invitation of {found.email} is taken back.")
        return go(request, "people")
    return ask(request, _taking_back(found))


def _found(request: HttpRequest, user_id: int) -> Colleague:
    person = colleague(user_id, request.user.pk)
    if person is None:
        raise Http404(str(user_id))
    return person


def _taking_back(found: Invitation) -> Question:
    late = found.expires_at <= timezone.now()
    consequence = (
        "It ran out: its link opens nothing already. It only goes off the list."
        if late
        else "Its link opens nothing from then on. You can invite the same address again."
    )
    return Question(
        f"Take back the invitation of {found.email}?",
        consequence,
        "Take back",
        "Keep it listed" if late else "Keep it open",
        reverse("people"),
    )


def _removal(person: Colleague, here: str) -> Question:
    who = "yourself" if person.you else person.name
    whom = "you" if person.you else "they"
    whose = "You see" if person.you else f"{person.name} sees"
    return Question(
        f"Remove {who} from {here}?",
        f"{whose} nothing of {here} from the next page on. The account stays, and so does everything in the "
        f"audit trail. Open invitations that {whom} made are taken back. API keys go on working: "
        "revoke those that must not.",
        "Remove",
        "Keep" if person.you else f"Keep {person.name}",
        reverse("people"),
    )


def _hand_over(request: HttpRequest, number: str, made: Invited | Refused | None, email: str) -> None:
    """Keep the link for the next page, and mail it where mail is set up."""
    assert isinstance(made, Invited)  # noqa: S101 - refusals went back to the form
    link = f"{settings.SAYSO_VALUES.public_url.rstrip('/')}{reverse('join', args=[made.token])}"
    here = request.place.workspace.name
    sent = mail.send(
        email,
        f"{request.user} invites you to {here}",
        f"{request.user} invites you to work in {here} on Sayso.\n\n"
        f"Open this link to set your name and password:\n\n{link}\n\n"
        "It works once, for seven days. If you did not expect it, do nothing.\n",
    )
    shown_once.keep(request, number, f"{'sent' if sent else 'unsent'} {email} {link}")
