"""What is wrong or stands still just now, as Django reads it."""

from __future__ import annotations

from django.db import models


class Alarm(models.Model):
    """One thing that is wrong, however often it happens; its sentence says what to do."""

    pk = models.CompositePrimaryKey("code", "subject")
    code = models.TextField(db_collation="C")
    subject = models.TextField(db_collation="C")
    sentence = models.TextField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "alarms"


class Pause(models.Model):
    """Why sending stands still: for all, for a workspace, for a connection."""

    resource = models.TextField(primary_key=True, db_collation="C")
    why = models.TextField()
    since = models.DateTimeField()
    restored_at = models.DateTimeField(null=True)
    user_id = models.IntegerField(null=True)
    key_id = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "pauses"
