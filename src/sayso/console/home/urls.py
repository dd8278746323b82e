"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.home import views

urlpatterns = [
    path("home/", views.overview, name="home"),
    path("home/figures/", views.counted, name="home_figures"),
    path("home/by-country.csv", views.by_country, name="home_csv"),
    path("home/heard/", views.heard, name="home_heard"),
]
