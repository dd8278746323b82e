"""What a workspace sets for its advertising, and who stopped its sending, as Django reads them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class SendingRules(models.Model):
    """R9.8, R9.11: own hours, caps and countries; no row: the defaults."""

    workspace_id = models.IntegerField(primary_key=True)
    days = ArrayField(models.SmallIntegerField())
    opens = models.TextField()
    closes = models.TextField()
    holidays = models.BooleanField()
    per_day = models.SmallIntegerField(null=True)
    per_week = models.SmallIntegerField(null=True)
    countries = ArrayField(models.TextField())
    practises = models.BooleanField()

    class Meta:
        managed = False
        db_table = "sending_rules"


class Halt(models.Model):
    """R2.5: somebody stopped all sending of the workspace."""

    workspace_id = models.IntegerField(primary_key=True)
    since = models.DateTimeField()
    why = models.TextField()
    user_id = models.IntegerField(null=True)
    key_id = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "halts"
