"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.keywords import editing, views

urlpatterns = [
    path("keywords/", views.overview, name="keywords"),
    path("keywords/new/", editing.new, name="keywords_new"),
    path("keywords/try/", views.attempt, name="keywords_try"),
    path("keywords/<int:process_id>/", editing.edit, name="keywords_edit"),
    path("keywords/<int:process_id>/start/", views.start, name="keywords_start"),
    path("keywords/<int:process_id>/pause/", views.pause, name="keywords_pause"),
    path("keywords/<int:process_id>/delete/", views.delete, name="keywords_delete"),
]
