"""Segments of contacts, as Django reads them."""

from __future__ import annotations

from django.db import models


class Segment(models.Model):
    """R8.3: whoever meets its conditions when it is asked."""

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.IntegerField()
    name = models.TextField()
    conditions = models.JSONField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "segments"
