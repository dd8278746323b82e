"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.simulator import views

urlpatterns = [
    path("simulator/", views.overview, name="simulator"),
    path("simulator/heard/", views.heard, name="simulator_heard"),
    path("simulator/<int:place>/text/", views.text, name="simulator_text"),
    path("simulator/<int:place>/set/", views.knobs, name="simulator_set"),
]
