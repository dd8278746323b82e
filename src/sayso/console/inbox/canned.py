"""Canned replies: the list, and one of them as a form."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions import canned_replies
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.forms import again, done, go, previewed
from sayso.console.inbox.forms import CannedForm
from sayso.console.lenses.conversations import CannedReply
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.refusing import demand
from sayso.storage.canned_replies import CannedReply as Stored


@require_safe
@opens(Area.INBOX)
def canned(request: HttpRequest) -> HttpResponse:
    """All of them, by name."""
    return render(request, "inbox/canned.html", {"rows": CannedReply.objects.order_by("name")[:500]})


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.INBOX)
def canned_new(request: HttpRequest) -> HttpResponse:
    """Make one."""
    form = CannedForm(request.POST or None)
    if request.method == "POST" and not previewed(request) and form.is_valid():
        said = form.cleaned_data
        answer = perform(request, canned_replies.create_canned, said["name"], _plain(said["body"]))
        if not form.refused(answer):
            done(request, f"“{said['name']}” saved.")
            return go(request, "canned")
    context = {"form": form, "stands": None}
    return (
        again(request, "inbox/canned_form.html", context)
        if request.method == "POST"
        else render(request, "inbox/canned_form.html", context)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.INBOX)
def canned_edit(request: HttpRequest, canned_id: int) -> HttpResponse:
    """Change one."""
    stands = _stands(canned_id)
    initial = {"name": stands.name, "body": stands.body}
    edit = Edit(request, Stored(canned_id, stands.name, stands.body), initial)
    form = CannedForm(edit.data, initial=initial)
    context = {"form": form, "stands": stands, "edit": edit}
    if request.method != "POST":
        return render(request, "inbox/canned_form.html", context)
    if not previewed(request) and form.is_valid():
        said = form.cleaned_data
        wanted = Stored(canned_id, said["name"], _plain(said["body"]))
        answer = perform(request, canned_replies.change_canned, wanted, datetime.now(UTC), edit.seen)
        if not edit.refused(form, answer):
            done(request, f"“{said['name']}” saved.")
            return go(request, "canned")
    return again(request, "inbox/canned_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.INBOX)
def canned_delete(request: HttpRequest, canned_id: int) -> HttpResponse:
    """Delete one, once that was asked."""
    stands = _stands(canned_id)
    if request.method == "POST":
        demand(perform(request, canned_replies.delete_canned, canned_id))
        done(request, f"“{stands.name}” deleted.")
        return go(request, "canned")
    question = Question(
        f"Delete “{stands.name}”?", "Nobody can pick it any more. What was sent with it stays.",
        "Delete", "Keep it", "/inbox/canned/",
    )  # fmt: skip
    return ask(request, question)


def _stands(canned_id: int) -> CannedReply:
    found: CannedReply | None = CannedReply.objects.filter(id=canned_id).first()
    if found is None:
        raise Http404("no such canned reply in this workspace")
    return found


def _plain(words: str) -> str:
    return words.replace("\r\n", "\n")
