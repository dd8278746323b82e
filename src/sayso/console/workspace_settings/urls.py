"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.workspace_settings import launches, sending, views

urlpatterns = [
    path("settings/", views.overview, name="settings"),
    path("settings/opt-out/", views.opt_out, name="opt_out_settings"),
    path("settings/categories/", views.category, name="new_category"),
    path("settings/categories/<path:name>/", views.category, name="category"),
    path("settings/event/", views.event, name="event_settings"),
    path("settings/time-zone/", views.zone, name="time_zone"),
    path("settings/links/", views.links, name="link_settings"),
    path("settings/sending/", sending.rules, name="sending_rules"),
    path("settings/launches/", launches.limits, name="launch_limits"),
    path("settings/stop/", sending.stop, name="stop_sending"),
    path("settings/go-on/", sending.go_on, name="let_sending_go_on"),
    path("settings/appearance/", views.appearance, name="appearance"),
]
