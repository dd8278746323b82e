"""R7.1 and its neighbours: what a workspace says and listens for, categories, event names, time zone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sayso.actions import links as own_links
from sayso.actions.categories import CategoryWanted, put_category
from sayso.actions.meanwhile import stamp
from sayso.actions.workspaces import (
    EVENT_FIELDS,
    EventNames,
    OptOut,
    set_event_names,
    set_opt_out,
    set_time_zone,
)
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.forms import again, done, go
from sayso.console.languages import named
from sayso.console.lenses.settings import Category, OptOutTerm
from sayso.console.lenses.workspaces import Membership, Workspace
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.workspace_settings import launches, sending
from sayso.console.workspace_settings.forms import (
    CategoryForm,
    EventForm,
    LinksForm,
    OptOutForm,
    ThemeForm,
    ZoneForm,
)
from sayso.console.workspace_settings.one_form import Page, answered
from sayso.core.tracked_links import base_of

WAYS = ["GET", "HEAD", "POST"]


@require_safe
@opens(Area.SETTINGS)
def overview(request: HttpRequest) -> HttpResponse:
    """Everything that is set here, and where to change it."""
    here = Workspace.objects.get()
    context = {
        "here": here,
        "links_begin": base_of(settings.SAYSO_VALUES.public_url, here.link_host),
        "language": named(here.language),
        "terms": _terms(),
        "sending": sending.shown(request),
        "launches": launches.shown(request),
        "categories": list(Category.objects.order_by("name")),
        "renamed": [
            (field, here.event_properties[field]) for field in EVENT_FIELDS if field in here.event_properties
        ],
        "theme": ThemeForm(initial={"theme": request.user.theme}),
        "members": Membership.objects.count(),
        "may_open": {
            area.value: request.place.may_open(area) for area in (Area.PEOPLE, Area.KEYS, Area.AUDIT)
        },
    }
    return render(request, "settings/overview.html", context)


@require_http_methods(WAYS)
@opens(Area.SETTINGS)
def opt_out(request: HttpRequest) -> HttpResponse:
    """R7.1: the opt-out message and terms; R4.9: no terms at all leave the floor."""
    stands = OptOut(Workspace.objects.get().opt_out_message, tuple(_terms()))
    initial = {"message": stands.message, "terms": ", ".join(stands.terms)}
    edit = Edit(request, stands, initial)
    form = OptOutForm(edit.data, initial=initial)
    return answered(
        request,
        edit,
        form,
        lambda: perform(request, set_opt_out, form.wanted(), edit.seen),
        Page("settings/opt_out.html", "Opt-out message and terms saved."),
    )


@require_http_methods(WAYS)
@opens(Area.SETTINGS)
def category(request: HttpRequest, name: str = "") -> HttpResponse:
    """A new category, or another legal basis for one that there is."""
    stood = Category.objects.filter(name=name).first() if name else None
    if name and stood is None:
        raise Http404(name)
    edit = Edit(request, CategoryWanted(**_initial(stood)) if stood else None, _initial(stood))
    form = CategoryForm(edit.data, initial=_initial(stood), fixed=stood is not None)
    if request.method == "POST" and not stood and once.sent_again(request):
        return go(request, "settings")
    if request.method == "POST" and form.is_valid():
        if not stood and not once.first(request):
            return go(request, "settings")
        if not edit.refused(form, perform(request, put_category, form.wanted(), edit.seen)):
            done(request, f"Category “{form.cleaned_data['name']}” saved.")
            return go(request, "settings")
        once.not_done(request)
    context = {"form": form, "stood": stood, "edit": edit, "once": once.token()}
    return _form(request, "settings/category.html", context)


@require_http_methods(WAYS)
@opens(Area.SETTINGS)
def event(request: HttpRequest) -> HttpResponse:
    """R5.6: the names of the incoming-message event and its fields."""
    here = Workspace.objects.get()
    initial = {"name": here.event_name, **here.event_properties}
    edit = Edit(request, EventNames(here.event_name, here.event_properties), initial)
    form = EventForm(edit.data, initial=initial)
    return answered(
        request,
        edit,
        form,
        lambda: perform(request, set_event_names, form.wanted(), edit.seen),
        Page("settings/event.html", "Event names saved."),
    )


@require_http_methods(WAYS)
@opens(Area.SETTINGS)
def zone(request: HttpRequest) -> HttpResponse:
    """In which zone the console tells this workspace's times."""
    initial = {"time_zone": request.place.zone}
    edit = Edit(request, stamp(request.place.zone), initial)
    form = ZoneForm(edit.data, initial=initial)
    return answered(
        request,
        edit,
        form,
        lambda: perform(request, set_time_zone, form.cleaned_data["time_zone"], edit.seen),
        Page("settings/time_zone.html", "Time zone saved."),
    )


@require_http_methods(WAYS)
@opens(Area.SETTINGS)
def links(request: HttpRequest) -> HttpResponse:
    """R9.4: what links in texts begin with: this server's address, or a name of the workspace's own."""
    initial = {"host": Workspace.objects.get().link_host}
    edit = Edit(request, stamp(initial["host"]), initial)
    form = LinksForm(edit.data, initial=initial)
    public = settings.SAYSO_VALUES.public_url.rstrip("/")
    return answered(
        request,
        edit,
        form,
        lambda: perform(request, own_links.set_link_host, form.cleaned_data["host"], edit.seen, public),
        Page("settings/links.html", "The address of links is saved.", {"public": public}),
    )


@require_POST
@opens(Area.SETTINGS)
def appearance(request: HttpRequest) -> HttpResponse:
    """How the console looks to this person alone."""
    form = ThemeForm(request.POST)
    if form.is_valid():
        request.user.theme = form.cleaned_data["theme"]
        request.user.save(update_fields=["theme"])
        done(request, "Appearance saved.")
    return go(request, "settings")


def _form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return (again if request.method == "POST" else render)(request, template, context)


def _initial(stood: Category | None) -> dict[str, Any]:
    if stood is None:
        return {"legal_basis": "consent", "rejected_by_stop": True}
    return {"name": stood.name, "legal_basis": stood.legal_basis, "rejected_by_stop": stood.rejected_by_stop}


def _terms() -> list[str]:
    return list(OptOutTerm.objects.order_by("folded").values_list("written", flat=True))
