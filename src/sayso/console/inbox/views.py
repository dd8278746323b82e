"""R12.1, R12.2: the list, one conversation, what is known about it. What is changed stands in `acts`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.console.access import Area, opens
from sayso.console.inbox.acts import send
from sayso.console.inbox.forms import fresh
from sayso.console.inbox.keeping import keeps_words, kept_words
from sayso.console.inbox.listing import SHOWS, asked, listing
from sayso.console.inbox.page import is_fragment, of_conversation, of_talk, show
from sayso.console.inbox.tabs import tabs

KEPT = "You were signed out before your reply went out. It is in the box again; nothing was sent."


@require_safe
@opens(Area.INBOX)
def overview(request: HttpRequest) -> HttpResponse:
    """What needs an answer, newest first, with the first conversation beside it where there is room."""
    found = listing(asked(request), request.user.pk)
    context: dict[str, Any] = {"listing": found, "shows": SHOWS, "chosen": None}
    if is_fragment(request):
        return render(request, "inbox/convos_heard.html", context)
    context["tabs"] = tabs("inbox", found.waiting)
    if found.rows:
        context |= {
            **of_conversation(request, found.rows[0].id),
            "reply": fresh(),
            "chosen": found.rows[0].id,
        }
    return render(request, "inbox/inbox.html", context | {"list_alone": True})


@keeps_words
@opens(Area.INBOX)
def conversation(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """One conversation; by POST, a reply to it (`acts.send`)."""
    if request.method == "POST":
        return send(request, conversation_id)
    if is_fragment(request):
        found = listing(asked(request), request.user.pk)
        return render(
            request, "inbox/convos_heard.html", {"listing": found, "shows": SHOWS, "chosen": conversation_id}
        )
    words = kept_words(request, conversation_id)
    return show(request, conversation_id, fresh(words), told=KEPT if words else "")


@require_safe
@keeps_words
@opens(Area.INBOX)
def heard(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The bubbles alone, asked for again when something is heard."""
    return render(request, "inbox/talk.html", of_talk(request, conversation_id))


@require_safe
@keeps_words
@opens(Area.INBOX)
def facts(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Who may be texted and why the text is here, asked for again when something is heard."""
    return render(request, "inbox/facts.html", of_conversation(request, conversation_id))


@require_safe
@opens(Area.INBOX)
def about(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """What stands beside a conversation, as a page of its own where there is no room."""
    return render(request, "inbox/about.html", of_conversation(request, conversation_id))
