"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path, re_path

from sayso.console.countries import views

CODE = r"(?P<code>[A-Z]{2})"

urlpatterns = [
    path("countries/", views.overview, name="countries"),
    re_path(rf"^countries/{CODE}/$", views.country, name="country"),
    re_path(rf"^countries/{CODE}/allow/$", views.allow, name="country_allow"),
    re_path(rf"^countries/{CODE}/withdraw/$", views.withdraw, name="country_withdraw"),
]
