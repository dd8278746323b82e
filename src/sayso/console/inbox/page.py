"""What a conversation's page is made of, for those who look and those who have just changed something."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sayso.actions.actor import ROLES
from sayso.actions.replies import Standing, standing
from sayso.console.access import Area
from sayso.console.components.pages import cursor
from sayso.console.inbox.forms import ReplyForm
from sayso.console.inbox.listing import SHOWS, asked, listing
from sayso.console.inbox.people import colleagues, who_may_answer
from sayso.console.inbox.tabs import tabs
from sayso.console.inbox.thread import Subject, subject, talk
from sayso.console.lenses.conversations import CannedReply, ConversationLabel
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.core.gate import Send


def show(
    request: HttpRequest, conversation_id: int, reply: ReplyForm, *, told: str = "", status: int = 200
) -> HttpResponse:
    """The page of one conversation with this form in it."""
    found = listing(asked(request), request.user.pk)
    context = {
        "tabs": tabs("inbox", found.waiting),
        "listing": found,
        "shows": SHOWS,
        "reply": reply,
        "told": told,
        "chosen": conversation_id,
    }
    return render(
        request, "inbox/inbox.html", context | of_conversation(request, conversation_id), status=status
    )


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part alone."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def of_talk(request: HttpRequest, conversation_id: int) -> dict[str, Any]:
    """The bubbles, and whether they may be answered. Raises Http404."""
    found = subject(conversation_id)
    said = talk(found.conversation, cursor(request.GET.get("until", "")))
    return {"subject": found, "talk": said, "standing": _standing(request, found)}


def of_conversation(request: HttpRequest, conversation_id: int) -> dict[str, Any]:
    """Everything that the page shows of one conversation. Raises Http404."""
    told = of_talk(request, conversation_id)
    found: Subject = told["subject"]
    conversation = found.conversation
    labels = ConversationLabel.objects.filter(phone=conversation.phone, line_id=conversation.line_id)
    holder = conversation.assigned_to
    return told | {
        "labels": list(labels.order_by("folded")),
        "people": who_may_answer(),
        "holder": colleagues({holder}).get(holder, "somebody") if holder else "",
        "canned": list(CannedReply.objects.order_by("name")[:100]),
        "proof": proof_of(request, conversation.phone),
        "may_answer": "inbox:answer" in ROLES[request.place.workspace.role.value],
    }


def proof_of(request: HttpRequest, phone: int) -> str:
    """Where all that was said about a number stands; empty for those who may not open it."""
    return reverse("opt_out", args=[phone]) if request.place.may_open(Area.OPT_OUTS) else ""


def _standing(request: HttpRequest, found: Subject) -> dict[str, Any]:
    """What the gate says now, in a page's words."""
    said: Standing = demand(perform(request, standing, found.conversation.id, datetime.now(UTC)))
    answer = said.answer
    return {
        "line": said.line,
        "answerable": isinstance(answer, Send),
        "because": answer.because[-1] if answer else None,
        "reason": getattr(answer, "reason", ""),
        # Where a block stands in its way the gate says since when, even if it lets the answer out.
        "blocked": bool(answer and answer.because[-1].since),
        "advertising": [(name, isinstance(each, Send)) for name, each in said.advertising],
        # What stops several categories at once is said once.
        "against": list(
            {each.because[0]: None for _, each in said.advertising if not isinstance(each, Send)}
        ),
    }
