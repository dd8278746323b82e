"""Imports of contacts, as Django reads them."""

from __future__ import annotations

from django.db import models


class ImportRefusal(models.Model):
    """A row of a file that was not stored."""

    pk = models.CompositePrimaryKey("workspace_id", "import_id", "line")
    workspace_id = models.IntegerField()
    import_id = models.BigIntegerField()
    line = models.IntegerField()
    written = models.TextField()
    reasons = models.JSONField()

    class Meta:
        managed = False
        db_table = "contact_import_refusals"
