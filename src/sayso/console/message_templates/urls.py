"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.message_templates import editing, views

urlpatterns = [
    path("templates/", views.overview, name="templates"),
    path("templates/new/", editing.new, name="templates_new"),
    path("templates/<int:template_id>/", editing.edit, name="templates_edit"),
    path("templates/<int:template_id>/approve/", views.approve, name="templates_approve"),
]
