"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path, re_path

from sayso.console.replay import views

RUN = r"(?P<token>[0-9a-f]{16})"

urlpatterns = [
    path("replay/", views.replay, name="replay"),
    re_path(rf"^replay/{RUN}/$", views.run, name="replay_run"),
    re_path(rf"^replay/{RUN}/changes\.csv$", views.changes, name="replay_changes"),
]
