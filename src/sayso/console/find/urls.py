"""The address of this area; guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.find import views

urlpatterns = [path("find/", views.find, name="find")]
