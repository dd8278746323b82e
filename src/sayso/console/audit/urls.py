"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.audit import views

urlpatterns = [path("audit/", views.overview, name="audit")]
