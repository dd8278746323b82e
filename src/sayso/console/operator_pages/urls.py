"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.operator_pages import alarms, quarantine, unrouted

urlpatterns = [
    path("alarms/", alarms.overview, name="alarms"),
    path("unrouted/", unrouted.overview, name="unrouted"),
    path("unrouted/<int:text_id>/again/", unrouted.again, name="decide_again"),
    path("unrouted/<int:text_id>/settle/", unrouted.settle_one, name="settle_unrouted"),
    path("quarantine/", quarantine.overview, name="quarantine"),
    path("quarantine/<int:connection_id>/", quarantine.waiting, name="quarantine_of"),
    path("quarantine/<int:connection_id>/release/", quarantine.let_in, name="release_quarantine"),
    path("quarantine/<int:connection_id>/empty/", quarantine.throw_away, name="empty_quarantine"),
]
