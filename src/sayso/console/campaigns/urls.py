"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path

from sayso.console.campaigns import (
    behind,
    composing,
    exporting,
    launching,
    reporting,
    reviewing,
    testing,
    trials,
    views,
)

urlpatterns = [
    path("campaigns/", views.overview, name="campaigns"),
    path("campaigns/reporting/", views.reporting, name="campaigns_reporting"),
    path("campaigns/new/", composing.new, name="campaigns_new"),
    path("campaigns/preview/", composing.preview, name="campaigns_preview"),
    path("campaigns/<int:campaign_id>/", reporting.report, name="campaign"),
    path("campaigns/<int:campaign_id>/figures.csv", exporting.figures, name="campaign_figures"),
    path("campaigns/<int:campaign_id>/recipients.csv", exporting.recipients, name="campaign_recipients"),
    path("campaigns/<int:campaign_id>/edit/", composing.edit, name="campaign_edit"),
    path("campaigns/<int:campaign_id>/copy/", views.copy, name="campaign_copy"),
    path("campaigns/<int:campaign_id>/delete/", views.delete, name="campaign_delete"),
    path("campaigns/<int:campaign_id>/review/", reviewing.review, name="campaign_review"),
    path("campaigns/<int:campaign_id>/rehearsal/", reviewing.rehearsal, name="campaign_rehearsal"),
    path("campaigns/<int:campaign_id>/rehearsal/people/", behind.people, name="campaign_behind"),
    path("campaigns/<int:campaign_id>/rehearsal/people.csv", behind.file, name="campaign_behind_file"),
    path("campaigns/<int:campaign_id>/test/", testing.test, name="campaign_test"),
    path("campaigns/<int:campaign_id>/test/telephone/", testing.shown_before, name="campaign_test_shown"),
    path("campaigns/<int:campaign_id>/texts/", trials.texts, name="campaign_texts"),
    path("campaigns/<int:campaign_id>/approve/", launching.approve, name="campaign_approve"),
    path("campaigns/<int:campaign_id>/undo/", launching.undo, name="campaign_undo"),
    path("campaigns/<int:campaign_id>/pause/", launching.pause, name="campaign_pause"),
    path("campaigns/<int:campaign_id>/resume/", launching.resume, name="campaign_resume"),
    path("campaigns/<int:campaign_id>/cancel/", launching.cancel, name="campaign_cancel"),
]
