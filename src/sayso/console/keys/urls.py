"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.keys import views

urlpatterns = [
    path("keys/", views.overview, name="keys"),
    path("keys/new/", views.new, name="new_key"),
    path("keys/made/<str:form_number>/", views.made, name="key_made"),
    path("keys/<int:key_id>/revoke/", views.revoke, name="revoke_key"),
]
