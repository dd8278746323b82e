"""The addresses of this area."""

from __future__ import annotations

from django.urls import path

from sayso.console.opt_outs import views

urlpatterns = [path("opt-outs/", views.overview, name="opt_outs")]
