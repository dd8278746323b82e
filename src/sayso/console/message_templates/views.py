"""The list of templates, and their approval by those who may."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.templates import approve_template
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import cursor
from sayso.console.forms import done, go
from sayso.console.lenses.templates import Template
from sayso.console.loop import perform
from sayso.console.message_templates.reading import page
from sayso.console.refusing import demand


@require_safe
@opens(Area.TEMPLATES)
def overview(request: HttpRequest) -> HttpResponse:
    """What processes and the API send, newest first."""
    context = {"page": page(cursor(request.GET.get("before", ""))), "new_address": reverse("templates_new")}
    return render(request, "message_templates/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.TEMPLATES)
def approve(request: HttpRequest, template_id: int) -> HttpResponse:
    """Approve a template as what its class says, after saying what that opens."""
    template = Template.objects.filter(id=template_id).first()
    if template is None:
        raise Http404("no such template")
    back = reverse("templates_edit", args=[template_id])
    if request.method != "POST":
        title = f"Approve “{template.name}” as {template.message_class}?"
        question = Question(
            title, _OPENS[template.message_class], "Approve", "Not yet", back, dangerous=False
        )
        return ask(request, question)
    demand(perform(request, approve_template, template_id, datetime.now(UTC)))
    done(request, f"“{template.name}” is approved.")
    return go(request, "templates_edit", template_id)


_OPENS = {
    "transactional": "Your systems may then send it to people who stopped advertising. You answer for its "
    "being none. A change of its words ends the approval.",
    "advertising": "It goes to nobody who stopped. A change of its words ends the approval.",
}
