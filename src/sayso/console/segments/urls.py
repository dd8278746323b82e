"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.segments import editing, views

urlpatterns = [
    path("lists/segments/", views.overview, name="segments"),
    path("lists/segments/new/", editing.new, name="segments_new"),
    path("lists/segments/<int:segment_id>/", editing.edit, name="segment"),
    path("lists/segments/<int:segment_id>/delete/", views.delete, name="segment_delete"),
]
