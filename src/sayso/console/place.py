"""Where a signed-in person stands: which workspace, in which role. And the one transaction of a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from sayso.console.access import Role

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
    """The workspace of this request (None: the person belongs to none) and those one may switch to."""

    workspace: Workspace | None
    choices: tuple[Workspace, ...]


class InOneTransaction:
    """Runs each request in one transaction with its workspace set; an answer of 500 or above undoes it.

    The setting is local to the outermost transaction, which is why no view may open its own around it.
    Rows of another workspace don't exist for the request; with no workspace, reading raises.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic(durable=True):
            request.place = _place(request)
            if request.place.workspace:
                _enter(request.place.workspace.id)
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
    return Place(
        next((choice for choice in choices if choice.id == chosen), next(iter(choices), None)), choices
    )


def _workspaces_of(user_id: int) -> tuple[Workspace, ...]:
    with connection.cursor() as cursor:
        # The one question that is allowed before a workspace is set.
        cursor.execute("SELECT workspace_id, name, country, role FROM sayso.workspaces_of(%s)", [user_id])
        return tuple(
            Workspace(key, name, country, Role(role)) for key, name, country, role in cursor.fetchall()
        )


def _enter(workspace_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sayso.workspace_id', %s, true)", [str(workspace_id)])
