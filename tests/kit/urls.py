"""The console's addresses, and the kit's."""

from __future__ import annotations

from django.urls import path

from sayso.console import urls
from tests.kit import views

urlpatterns = [
    path("kit/", views.kit, name="kit"),
    path("kit/form/", views.form, name="kit_form"),
    path("kit/pause/", views.pause, name="kit_pause"),
    path("kit/live/", views.heard, name="kit_live"),
    path("kit/broken/", views.broken, name="kit_broken"),
    path("kit/away/", views.away, name="kit_away"),
    *urls.urlpatterns,
]
handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500
