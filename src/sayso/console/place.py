"""Where a signed-in person stands: which workspace, in which role. And the one transaction of a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sayso.console.access import Area, Role, may_open

CHOSEN = "workspace_id"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that this person may open, and as what."""

    id: int
    name: str
    country: str
    role: Role


@dataclass(frozen=True, slots=True)
class Place:
    """The workspace of this request (None: the person belongs to none) and those one may switch to.

    `zone` is the workspace's time zone, in which every page tells its times; `operator` says that the person
    may also see what belongs to nobody's workspace.
    """

    workspace: Workspace | None
    choices: tuple[Workspace, ...]
    operator: bool = False
    zone: str = "UTC"

    def may_open(self, area: Area) -> bool:
        """Whether the person may open this area here."""
        return may_open(self.workspace.role if self.workspace else None, area, operator=self.operator)


class InOneTransaction:
    """Runs each request in one transaction with its workspace set; an answer of 500 or above undoes it.

    The setting is local to the outermost transaction, which is why no view may open its own around it.
    Rows of another workspace don't exist for the request; with no workspace, reading raises.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic(durable=True):
            request.place = _entered(_place(request))
            with timezone.override(request.place.zone):
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def choose(request: HttpRequest, workspace_id: int) -> bool:
    """Stand in another workspace from the next request on; False where the person may not."""
    if workspace_id not in {choice.id for choice in request.place.choices}:
        return False
    request.session[CHOSEN] = workspace_id
    return True


def _place(request: HttpRequest) -> Place:
    if not request.user.is_authenticated:
        return Place(None, ())
    choices = _workspaces_of(request.user.pk)
    chosen = request.session.get(CHOSEN)
    here = next((choice for choice in choices if choice.id == chosen), next(iter(choices), None))
    return Place(here, choices, operator=request.user.is_operator)


def _workspaces_of(user_id: int) -> tuple[Workspace, ...]:
    with connection.cursor() as cursor:
        # The one question that is allowed before a workspace is set.
        cursor.execute("SELECT workspace_id, name, country, role FROM sayso.workspaces_of(%s)", [user_id])
        return tuple(
            Workspace(key, name, country, Role(role)) for key, name, country, role in cursor.fetchall()
        )


def _entered(place: Place) -> Place:
    """The same place with its time zone, its workspace set for the transaction."""
    with connection.cursor() as cursor:
        if place.operator:
            cursor.execute("SELECT set_config('sayso.operator', 'yes', true)")
        if place.workspace is None:
            return place
        cursor.execute("SELECT set_config('sayso.workspace_id', %s, true)", [str(place.workspace.id)])
        cursor.execute("SELECT time_zone FROM sayso.workspaces WHERE id = %s", [place.workspace.id])
        return replace(place, zone=cursor.fetchone()[0])
