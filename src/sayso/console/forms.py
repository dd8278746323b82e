"""Forms of our pages: what is wrong is said beside its field, and the first such field has the focus."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from sayso.actions.refusal import Refused
from sayso.console.refusing import RefusedError

# What stands under a text box, and what a page without scripting sends to have it counted again.
PREVIEW = "preview"
# What Django says of an empty field, which tells nobody what to do.
LACKING = forms.Field.default_error_messages["required"]
# A choice that was offered and is none any more: Django's names what only the form knows it by.
UNKNOWN = forms.ChoiceField.default_error_messages["invalid_choice"]
GONE = "What was chosen here is gone. Choose again."
# Django's own say "Ensure this value …".
LIMITS = {
    "min_value": "Not less than %(limit_value)s.",
    "max_value": "Not more than %(limit_value)s.",
    "max_length": "At most %(limit_value)s characters; these are %(show_value)s.",
}


class Form(forms.Form):
    """A form over an action. A view validates, performs, and lets `refused` read the answer:

    `if form.is_valid() and not form.refused(perform(request, action, …)): return go(request, "page")`,
    then falls through to `again(request, template, {"form": form})`.
    """

    # Where an action names a field otherwise than the form: {"line_id": "line"}.
    fields_of_problems: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages = {**LIMITS, **field.error_messages}
            if field.error_messages.get("invalid_choice") == UNKNOWN:
                field.error_messages["invalid_choice"] = GONE
            if isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("class", "form-check-input")

    def is_valid(self) -> bool:
        """Whether the fields can be read; the first that can't gets the focus."""
        for field in self.fields.values():
            if field.error_messages.get("required") == LACKING:
                field.error_messages["required"] = _lacking(field)
        valid = bool(super().is_valid())
        self._focus()
        return valid

    def refused(self, answer: object) -> bool:
        """Whether an action refused; its problems then stand beside their fields.

        A missing thing is a 404 page, a missing right the 403 page: neither can be mended in the form.
        """
        if not isinstance(answer, Refused):
            return False
        if answer.kind in {"forbidden", "not_found"}:
            raise RefusedError(answer)
        for problem in answer.problems:
            name = re.split(r"[.\[]", self.fields_of_problems.get(problem.field, problem.field))[0]
            self.add_error(name if name in self.fields else None, problem.message)
        self._focus()
        return True

    @property
    def faults(self) -> int:
        """How many sentences of error the form shows."""
        return sum(len(said) for said in self.errors.values())

    def _focus(self) -> None:
        wrong = next((name for name in self.fields if name in self.errors), None)
        for name, field in self.fields.items():
            if name == wrong:
                field.widget.attrs["autofocus"] = True
            elif wrong is not None:
                field.widget.attrs.pop("autofocus", None)


def _lacking(field: forms.Field) -> str:
    return "Choose one." if isinstance(field, forms.ChoiceField) else "Fill this in: it is needed."


class Words(forms.CharField):
    """A text that will be sent: a box with its parts counted under it, 300 ms after typing stops.

    Without scripting, a button under it counts: the view sees `previewed(request)` and shows the form again.
    """

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("strip", False)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("rows", 3)
        self.widget.attrs.setdefault("dir", "auto")
        self.widget.attrs["class"] = "form-control write"

    counted = True

    def to_python(self, value: Any) -> str:
        """The text; a browser ends lines with two characters, a telephone is sent one."""
        return str(super().to_python(value)).replace("\r\n", "\n")


def previewed(request: HttpRequest) -> bool:
    """Whether the form was sent to be counted, not to be done."""
    return PREVIEW in request.POST


def again(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The form with what is wrong in it: 422; 200 where it was only to be counted."""
    status = HTTPStatus.OK if previewed(request) else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, template, dict(context), status=status)


def go(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """After a write: the page that shows it, asked for anew (303), by htmx too."""
    address = resolve_url(to, *args, **kwargs)
    if request.htmx:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def done(request: HttpRequest, sentence: str, undo: str = "") -> None:
    """Say on the next page that it is done, with a button that undoes it by a POST to `undo`."""
    messages.success(request, sentence, extra_tags=undo)
