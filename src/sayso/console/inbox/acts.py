"""What agents do to a conversation: answer, give it to somebody, label, close, reopen."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sayso.actions import inbox
from sayso.actions.refusal import Refused
from sayso.actions.replies import ReplyWanted, reply
from sayso.console.access import Area, opens
from sayso.console.components.pages import cursor
from sayso.console.forms import done, go, previewed
from sayso.console.inbox.forms import ReplyForm, fresh
from sayso.console.inbox.page import of_conversation, show
from sayso.console.lenses.conversations import CannedReply
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence


def send(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send the reply; refused or only counted, the same words stand in the box again."""
    if "use" in request.POST:
        return show(request, conversation_id, fresh(_with_canned(request)))
    if previewed(request):
        return show(request, conversation_id, fresh(request.POST.get("body", "")))
    form = ReplyForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        wanted = ReplyWanted(
            conversation_id,
            said["body"].replace("\r\n", "\n"),
            said["token"],
            said["seen"] or 0,
            said["close"],
        )
        if not form.refused(perform(request, reply, wanted, datetime.now(UTC))):
            done(request, "Reply sent, conversation closed." if wanted.close else "Reply sent.")
            return go(request, "inbox") if wanted.close else go(request, "conversation", conversation_id)
        # A form that was spent must be able to send what is in it now.
        form.data = form.data.copy()
        form.data["token"] = str(uuid4())
    return show(request, conversation_id, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@opens(Area.INBOX)
def assign(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Give it to a colleague, or to nobody."""
    answer = perform(request, inbox.assign, conversation_id, cursor(request.POST.get("to", "")) or None)
    demand(answer)
    if request.htmx:
        return render(request, "inbox/assign.html", of_conversation(request, conversation_id))
    return go(request, "conversation", conversation_id)


@require_POST
@opens(Area.INBOX)
def close(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Close it, unless somebody wrote since; the toast undoes it."""
    seen = cursor(request.POST.get("seen", "")) or 0
    answer = perform(request, inbox.close, conversation_id, seen)
    if isinstance(answer, Refused) and answer.kind == "conflict":
        return show(
            request, conversation_id, fresh(), told=sentence(answer), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    demand(answer)
    done(request, "Conversation closed.", undo=reverse("conversation_reopen", args=[conversation_id]))
    return go(request, "inbox")


@require_POST
@opens(Area.INBOX)
def reopen(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Open it again."""
    demand(perform(request, inbox.reopen, conversation_id))
    done(request, "Conversation reopened.")
    return go(request, "conversation", conversation_id)


@require_POST
@opens(Area.INBOX)
def label(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Put a label on it, or take one off."""
    if "remove" in request.POST:
        answer = perform(request, inbox.remove_label, conversation_id, request.POST["remove"][:100])
    else:
        answer = perform(request, inbox.add_label, conversation_id, request.POST.get("label", "")[:200])
    wrong = sentence(answer) if isinstance(answer, Refused) and answer.kind == "invalid" else ""
    if not wrong:
        demand(answer)
    if not request.htmx and not wrong:
        return go(request, "conversation_about", conversation_id)
    context = of_conversation(request, conversation_id) | {
        "wrong": wrong,
        "typed": request.POST.get("label", ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(
        request, "inbox/labels.html" if request.htmx else "inbox/about.html", context, status=status
    )


def _with_canned(request: HttpRequest) -> str:
    """What is in the box, with the canned reply after it."""
    words = request.POST.get("body", "").rstrip()
    chosen = CannedReply.objects.filter(id=cursor(request.POST["use"]) or 0).first()
    return "\n".join(filter(None, [words, chosen.body if chosen else ""]))
