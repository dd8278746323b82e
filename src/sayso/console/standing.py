"""Operators act from a workspace: what they do is written into its audit trail (R2.4)."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sayso.console.access import View


def stands(view: View) -> View:
    """Lets a view be reached only from a workspace; an operator who has none is told what to do."""

    @wraps(view)
    def standing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.place.workspace is None:
            why = "What an operator does is written into the audit trail of the workspace that they stand in."
            return render(request, "errors/409.html", {"why": f"{why} You belong to none yet."}, status=409)
        return view(request, *args, **kwargs)

    return standing
