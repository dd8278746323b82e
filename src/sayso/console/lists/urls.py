"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.lists import views

urlpatterns = [
    path("lists/", views.overview, name="lists"),
    path("lists/new/", views.new, name="lists_new"),
    path("lists/<int:list_id>/", views.one, name="list"),
    path("lists/<int:list_id>/delete/", views.delete, name="list_delete"),
]
