"""A template is made or changed; of two people who change one, the second sees what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sayso.actions.refusal import Refused
from sayso.actions.templates import change_template, create_template, stamp_of
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.forms import PREVIEW, done, go
from sayso.console.languages import SPOKEN, named
from sayso.console.lenses.templates import Template
from sayso.console.lenses.workspaces import Workspace
from sayso.console.loop import actor, perform
from sayso.console.message_templates.forms import TemplateForm
from sayso.console.message_templates.reading import texts_of, used_by

MOST_LANGUAGES = 60
Differences = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Opening:
    """A template as it stands, or a new one's beginning."""

    template: Template | None
    texts: dict[str, str]
    language: str

    def initial(self) -> dict[str, Any]:
        """What the form begins with."""
        if self.template is None:
            return {"name": "", "message_class": "transactional"}
        spoken = {SPOKEN + language: body for language, body in self.texts.items()}
        return {"name": self.template.name, "message_class": self.template.message_class} | spoken

    @property
    def stands(self) -> str:
        """The stamp of what it says."""
        if self.template is None:
            return ""
        return stamp_of(self.template.name, self.template.message_class, self.texts)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.TEMPLATES)
def new(request: HttpRequest) -> HttpResponse:
    """A new template."""
    workspace = Workspace.objects.get(id=request.place.workspace.id)
    return _answer(request, Opening(None, {}, workspace.language))


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.TEMPLATES)
def edit(request: HttpRequest, template_id: int) -> HttpResponse:
    """A template that stands: what is sent from now on says what is saved here."""
    template = Template.objects.filter(id=template_id).first()
    if template is None:
        raise Http404("no such template")
    texts = {said.code: said.body for said in texts_of([template_id])[template_id]}
    return _answer(request, Opening(template, texts, next(iter(texts), "en")))


def _answer(request: HttpRequest, opening: Opening) -> HttpResponse:
    if request.method != "POST":
        form = TemplateForm(None, opening.initial(), sorted(opening.texts) or [opening.language])
        return _page(request, opening, form, HTTPStatus.OK, [])
    data = _with_theirs(request, opening)
    languages = list(dict.fromkeys([*data.getlist("languages"), *_asked_for(data)]))[:MOST_LANGUAGES]
    if "speak" in data or PREVIEW in data:
        return _page(request, opening, TemplateForm(None, data.dict(), languages), HTTPStatus.OK, [])
    form = TemplateForm(data, opening.initial(), languages)
    answer = _saved(request, opening, form)
    if isinstance(answer, HttpResponse):
        return answer
    return _page(request, opening, form, HTTPStatus.UNPROCESSABLE_ENTITY, answer)


def _asked_for(data: Any) -> list[str]:
    return [data["language"]] if "speak" in data and data.get("language") else []


def _saved(request: HttpRequest, opening: Opening, form: TemplateForm) -> HttpResponse | Differences:
    if not form.is_valid():
        return []
    wanted = form.wanted()
    if opening.template is not None:
        stood = request.POST.get("stands_now" if _decided(request) else "stands", "")
        answer = perform(request, change_template, opening.template.id, wanted, stood)
    elif once.first(request):
        answer = perform(request, create_template, wanted)
    else:
        done(request, f"“{wanted.name}” is saved.")
        return go(request, "templates")
    if not isinstance(answer, Refused):
        done(request, f"“{wanted.name}” is saved.")
        return go(request, "templates")
    if opening.template is None:
        once.not_done(request)
    if answer.problems[0].code == "changed_meanwhile":
        return _differences(request, answer.difference)
    form.refused(answer)
    return []


def _decided(request: HttpRequest) -> bool:
    """Whether each text that differs was decided."""
    differs = request.POST.getlist("differs")
    return bool(differs) and all(f"keep_{name}" in request.POST for name in differs)


def _with_theirs(request: HttpRequest, opening: Opening) -> Any:
    """What was posted, with what stands in place of each field that the person left to the other one."""
    mixed = request.POST.copy()
    stands = opening.initial()
    for name in request.POST.getlist("differs"):
        if mixed.get(f"keep_{name}") != "theirs":
            continue
        mixed[name] = stands.get(name, "")
        language = name.removeprefix(SPOKEN)
        if language != name and language not in mixed.getlist("languages"):
            mixed.appendlist("languages", language)
    return mixed


def _differences(request: HttpRequest, difference: Mapping[str, Any]) -> Differences:
    return [_differs(request, *_named_here(name), pair) for name, pair in difference.items()]


def _named_here(name: str) -> tuple[str, str]:
    if name.startswith("texts."):
        language = name.removeprefix("texts.")
        return SPOKEN + language, f"In {named(language)}"
    return {"name": ("name", "Name"), "class": ("message_class", "It is")}[name]


def _differs(request: HttpRequest, name: str, label: str, pair: Mapping[str, str]) -> dict[str, str]:
    return {
        "name": name,
        "label": label,
        "stands": pair["stands"] or "Nothing",
        "yours": pair["yours"] or "Nothing",
        "chosen": request.POST.get(f"keep_{name}", ""),
    }


def _page(
    request: HttpRequest, opening: Opening, form: TemplateForm, status: HTTPStatus, differs: Differences
) -> HttpResponse:
    if not actor(request).may("templates:write"):
        form.lock()
    template = opening.template
    context = {
        "form": form,
        "template": template,
        "used_by": used_by([template.id])[template.id] if template else [],
        "differs": differs,
        "stands": request.POST.get("stands") or opening.stands,
        "stands_now": opening.stands,
        "once": request.POST.get(once.FIELD) or once.token(),
    }
    return render(request, "message_templates/edit.html", context, status=status)
