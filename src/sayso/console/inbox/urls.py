"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from typing import Any

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from sayso.console.inbox import acts, canned, stops, views


class Id(IntConverter):
    """A number that a bigint holds; a longer one is no address."""

    regex = "[0-9]{1,18}"


class SmallId(IntConverter):
    """The same for an int."""

    regex = "[0-9]{1,9}"


register_converter(Id, "id")
register_converter(SmallId, "small")

urlpatterns: list[Any] = [
    path("inbox/", views.overview, name="inbox"),
    path("inbox/stopped/", stops.stopped, name="inbox_stopped"),
    path("inbox/stopped/<id:inbound_id>/", stops.stop, name="inbox_stop"),
    path("inbox/event/", stops.event_setup, name="inbox_event"),
    path("inbox/canned/", canned.canned, name="canned"),
    path("inbox/canned/new/", canned.canned_new, name="canned_new"),
    path("inbox/canned/<small:canned_id>/", canned.canned_edit, name="canned_edit"),
    path("inbox/canned/<small:canned_id>/delete/", canned.canned_delete, name="canned_delete"),
    path("inbox/<id:conversation_id>/", views.conversation, name="conversation"),
    path("inbox/<id:conversation_id>/talk/", views.heard, name="conversation_talk"),
    path("inbox/<id:conversation_id>/facts/", views.facts, name="conversation_facts"),
    path("inbox/<id:conversation_id>/about/", views.about, name="conversation_about"),
    path("inbox/<id:conversation_id>/assign/", acts.assign, name="conversation_assign"),
    path("inbox/<id:conversation_id>/close/", acts.close, name="conversation_close"),
    path("inbox/<id:conversation_id>/reopen/", acts.reopen, name="conversation_reopen"),
    path("inbox/<id:conversation_id>/label/", acts.label, name="conversation_label"),
]
