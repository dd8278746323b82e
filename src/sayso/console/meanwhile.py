"""A form over what stands: of two people who edit it, the second sees what differs and chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

from sayso.actions.meanwhile import stamp
from sayso.actions.refusal import Refused
from sayso.console.forms import Form
from sayso.console.refusing import sentence


@dataclass(frozen=True, slots=True)
class Differs:
    """One field: what stands, what the form says, and which of the two was chosen so far."""

    name: str
    label: str
    stands: str
    yours: str
    chosen: str


class Edit:
    """One look at a form, or one sending of it; the template shows it by `parts/stands.html`.

    `edit = Edit(request, what_stands, initial); form = F(edit.data, initial=initial)`, then
    `edit.refused(form, perform(request, action, form.wanted(), edit.seen))`.
    """

    def __init__(self, request: HttpRequest, stands: object, initial: Mapping[str, Any]) -> None:
        self.now = stands if isinstance(stands, str) else stamp(stands)
        self.differs: list[Differs] | None = None
        self.sentence = ""
        self._request = request
        self.data = self._as_chosen(initial) if request.method == "POST" else None
        self.seen = self._rests_on() if request.method == "POST" else self.now

    def refused(self, form: Form, answer: object) -> bool:
        """Whether the action refused: what differs is shown then, or what is wrong beside its field."""
        if isinstance(answer, Refused) and answer.problems[0].code == "changed_meanwhile":
            self.sentence = sentence(answer)
            self.differs = [*_differences(form, self._request.POST)]
            return True
        return form.refused(answer)

    def _rests_on(self) -> str:
        """What the form was made from; what stood when it was shown again, once each field was decided."""
        said = self._request.POST
        decided = "stands_now" in said and all(f"keep_{name}" in said for name in said.getlist("differs"))
        return str(said.get("stands_now" if decided else "stands", ""))

    def _as_chosen(self, initial: Mapping[str, Any]) -> Any:
        """What was posted, with what stands in each field that was left to the other person."""
        mixed = self._request.POST.copy()
        for name in self._request.POST.getlist("differs"):
            if mixed.get(f"keep_{name}") != "theirs":
                continue
            stands = initial.get(name, "")
            if stands is False:
                mixed.pop(name, None)
            else:
                mixed[name] = "on" if stands is True else stands
        return mixed


def _differences(form: Form, said: Mapping[str, str]) -> list[Differs]:
    found = []
    for name, field in form.fields.items():
        if isinstance(field.widget, forms.PasswordInput):
            continue  # never shown, so nobody can choose
        stands = _words(field, form.get_initial_for_field(field, name))
        yours = _words(field, form[name].value())
        if stands != yours:
            label = str(field.label or name)
            found.append(Differs(name, label, stands, yours, said.get(f"keep_{name}", "")))
    return found


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    written = "" if value is None else str(value).replace("\r\n", "\n").strip()
    if isinstance(field, forms.ChoiceField):
        named = {str(choice): str(told) for choice, told in field.choices}
        written = named.get(written, written)
    return written or "Nothing"
