"""The addresses of this area; each is guarded by `opens`, but for the one that an invitation leads to."""

from __future__ import annotations

from django.urls import path

from sayso.console.people import joining, views

urlpatterns = [
    path("people/", views.overview, name="people"),
    path("people/invite/", views.invite_colleague, name="invite"),
    path("people/invited/<str:form_number>/", views.invited, name="invited"),
    path("people/invitations/<int:invitation_id>/take-back/", views.take_back, name="take_back_invitation"),
    path("people/<int:user_id>/", views.edit, name="person"),
    path("people/<int:user_id>/remove/", views.remove, name="remove_person"),
    path("join/<str:token>/", joining.join, name="join"),
]
