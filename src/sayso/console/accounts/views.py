"""Start, workspaces, and the person's own page."""

from __future__ import annotations

from typing import Any

from allauth.account.views import password_change
from allauth.mfa.base.views import IndexView
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from sayso.console.accounts.forms import Person
from sayso.console.frame import START, address_of
from sayso.console.place import choose


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The first page that this person may open."""
    workspace = request.place.workspace
    if workspace is None:
        return redirect("workspaces")
    for entry in START:
        if entry.area and request.place.may_open(entry.area) and (address := address_of(entry.page)):
            return redirect(address)
    return render(request, "start.html")


@require_http_methods(["GET", "HEAD", "POST"])
def workspaces(request: HttpRequest) -> HttpResponse:
    """Which workspaces one may stand in, and stepping over into another."""
    if request.method != "POST":
        return render(request, "workspaces.html")
    wanted = request.POST.get("workspace", "")
    if not wanted.isdecimal() or len(wanted) > 9:
        raise BadRequest("workspace is a number")
    if not choose(request, int(wanted)):
        raise PermissionDenied("not a member of that workspace")
    return redirect("start")


def change_password(request: HttpRequest) -> HttpResponse:
    """Another password, for people who have one."""
    if not request.user.has_usable_password():
        return redirect("mfa_index")
    answer: HttpResponse = password_change(request)
    return answer


class Account(IndexView):
    """Name, appearance, password, second factors: everything a person sets for themselves."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """allauth's facts about the second factors, and our form."""
        kwargs.setdefault("person", Person(instance=self.request.user))
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save name and appearance."""
        person = Person(request.POST, instance=request.user)
        if not person.is_valid():
            return render(request, self.template_name, self.get_context_data(person=person), status=422)
        person.save()
        messages.success(request, "Saved.")
        return redirect("mfa_index")


account = Account.as_view()
