"""A page of the settings that is one form: shown, stored, or shown again with what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sayso.console.forms import Form, again, done, go, previewed
from sayso.console.meanwhile import Edit


@dataclass(frozen=True, slots=True)
class Page:
    """Its template, what it says once it is saved, and what the template needs beside the form."""

    template: str
    saved: str
    more: Mapping[str, object] = field(default_factory=dict)


def answered(
    request: HttpRequest, edit: Edit, form: Form, save: Callable[[], object], page: Page
) -> HttpResponse:
    """What the page answers; `save` asks the action, once the form is whole."""
    if (
        request.method == "POST"
        and not previewed(request)
        and form.is_valid()
        and not edit.refused(form, save())
    ):
        done(request, page.saved)
        return go(request, "settings")
    show = again if request.method == "POST" else render
    return show(request, page.template, {"form": form, "edit": edit, **page.more})
