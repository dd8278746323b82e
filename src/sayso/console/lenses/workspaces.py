"""Workspaces, and who is what in them, as Django reads them."""

from __future__ import annotations

from django.db import models

from sayso.console.access import Role


class Workspace(models.Model):
    """One client. Under row-level security there is only ever the one of this request."""

    id = models.AutoField(primary_key=True)
    name = models.TextField()
    country = models.TextField()
    time_zone = models.TextField()
    language = models.TextField()
    event_name = models.TextField()
    event_properties = models.JSONField()
    opt_out_message = models.TextField()
    created_at = models.DateTimeField()
    launch_delay_seconds = models.IntegerField()
    link_host = models.TextField()
    approve_above = models.IntegerField(null=True)
    pause_at_opt_outs = models.IntegerField()
    pause_at_failures = models.IntegerField()
    pause_from = models.IntegerField()

    class Meta:
        managed = False
        db_table = "workspaces"


class Membership(models.Model):
    """R2.1: what a person is in a workspace."""

    pk = models.CompositePrimaryKey("workspace_id", "user_id")
    workspace_id = models.IntegerField()
    user_id = models.IntegerField()
    role = models.TextField(choices=[(role.value, role.words) for role in Role])
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "memberships"
