"""What a compliance owner allowed, as Django reads it."""

from __future__ import annotations

from django.db import models


class ConfirmationPermission(models.Model):
    """R14.2: somebody answers for confirming opt-outs to a country whose rule nobody knows."""

    pk = models.CompositePrimaryKey("workspace_id", "country")
    workspace_id = models.IntegerField()
    country = models.TextField()
    allowed_by = models.IntegerField()
    allowed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "confirmation_permissions"
