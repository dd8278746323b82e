"""Bringing a file: whole with the form, or in pieces by the page's script, which outlives a broken line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_POST

from sayso.actions.actor import ROLES
from sayso.actions.imports import add_piece, begin_import
from sayso.actions.refusal import Refused
from sayso.console.access import Area, opens
from sayso.console.components.pages import cursor
from sayso.console.forms import Form, again, go
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence
from sayso.storage.imports import CHUNK, File

SCOPE = "contacts:write"


class FileForm(Form):
    """R8.2: the file."""

    file = forms.FileField(
        label="File",
        help_text="A CSV of at most 300 MB or an XLSX of at most 50 MB; without scripting, of 30 MB.",
        allow_empty_file=True,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )


@opens(Area.CONTACTS)
def bring(request: HttpRequest) -> HttpResponse:
    """Choose a file. A script announces it first and brings it piece by piece."""
    may_write(request)
    if request.method == "POST" and "size" in request.POST:
        return _announced(request)
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    context = {"form": form}
    if request.method != "POST":
        return render(request, "contacts/bring.html", context)
    if form.is_valid():
        made = _whole(request, form)
        if made:
            return go(request, "contact_import", made)
    return again(request, "contacts/bring.html", context)


@require_POST
@opens(Area.CONTACTS)
def piece(request: HttpRequest, import_id: str) -> HttpResponse:
    """The next bytes of an announced file."""
    may_write(request)
    at = cursor(request.GET.get("at", "")) or 0
    answer = perform(request, add_piece, int(import_id), at, request.body)
    if isinstance(answer, Refused) and answer.kind != "not_found":
        return JsonResponse({"sentence": sentence(answer)}, status=HTTPStatus.CONFLICT)
    return JsonResponse({"received": demand(answer).size})


def may_write(request: HttpRequest) -> None:
    """Only roles that change contacts bring them in."""
    if SCOPE not in ROLES[request.place.workspace.role.value]:
        raise PermissionDenied(SCOPE)


def _announced(request: HttpRequest) -> HttpResponse:
    file = File(request.POST.get("file_name", "")[:255], cursor(request.POST["size"]) or 0)
    answer = perform(request, begin_import, file, datetime.now(UTC))
    if isinstance(answer, Refused):
        return JsonResponse({"sentence": sentence(answer)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    addresses = {
        "pieces": resolve_url("contact_import_piece", answer.id),
        "page": resolve_url("contact_import", answer.id),
    }
    return HttpResponse(json.dumps(addresses), content_type="application/json")


def _whole(request: HttpRequest, form: FileForm) -> int | None:
    """The import of a file that came with the form; None where it was refused, and the form says why."""
    uploaded: Any = form.cleaned_data["file"]
    begun = perform(request, begin_import, File(uploaded.name, uploaded.size), datetime.now(UTC))
    if form.refused(begun):
        return None
    made, at = demand(begun), 0
    for data in uploaded.chunks(CHUNK):
        demand(perform(request, add_piece, made.id, at, data))
        at += len(data)
    return int(made.id)
