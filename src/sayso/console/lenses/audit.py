"""The audit trail, as Django reads it."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """R2.4: who changed what; a person, a key, or the product itself where both are missing."""

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.BigIntegerField()  # begins with the moment
    user_id = models.IntegerField(null=True)
    key_id = models.IntegerField(null=True)
    action = models.TextField()
    object_type = models.TextField()
    object_id = models.TextField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "audit"
