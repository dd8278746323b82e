"""Invitations, as Django reads them."""

from __future__ import annotations

from django.db import models

from sayso.console.access import Role


class Invitation(models.Model):
    """R2.1: a link that lets somebody join, once; open while nothing ended it."""

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.IntegerField()
    email = models.TextField()
    role = models.TextField(choices=[(role.value, role.words) for role in Role])
    hash = models.BinaryField()
    invited_by = models.IntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.IntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "invitations"
