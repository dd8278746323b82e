"""Where each text lies (R12.1), as Django reads it."""

from __future__ import annotations

from django.db import models


class FiledText(models.Model):
    """One text's place: among the STOPs, or where an agent answers."""

    class Tab(models.TextChoices):
        STOP = "stop"
        INBOX = "inbox"

    pk = models.CompositePrimaryKey("workspace_id", "inbound_id")
    workspace_id = models.IntegerField()
    inbound_id = models.BigIntegerField()
    phone = models.BigIntegerField()
    line_id = models.IntegerField()
    tab = models.TextField(choices=Tab.choices)
    needs_answer = models.BooleanField()

    class Meta:
        managed = False
        db_table = "inbox"
