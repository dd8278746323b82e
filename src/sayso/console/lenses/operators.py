"""What belongs to no workspace, as Django reads it: only an operator's request sees any of it."""

from __future__ import annotations

from django.db import models


class ProviderConnection(models.Model):
    """An account at a provider; its sealed secrets belong on no page."""

    id = models.AutoField(primary_key=True)
    name = models.TextField()
    kind = models.TextField()
    settings = models.JSONField()
    secrets = models.BinaryField()
    hook_token = models.TextField()
    parts_per_second = models.IntegerField()
    fallback_connection_id = models.IntegerField(null=True)
    fallback_after = models.IntegerField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "connections"


class UnroutedText(models.Model):
    """A text that belongs to no line, or what could not be read or decided."""

    class Kind(models.TextChoices):
        UNROUTED = "unrouted", "Nobody’s text"
        UNREADABLE = "unreadable", "Unreadable"
        POISON = "poison", "Undecidable"

    id = models.BigIntegerField(primary_key=True)
    connection_id = models.IntegerField()
    kind = models.TextField(choices=Kind.choices)
    sender = models.TextField()
    recipient = models.TextField()
    body = models.TextField()
    why = models.TextField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "unrouted"


class RefusedCallback(models.Model):
    """R5.11: a callback that proved nothing. Its headers may hold credentials and belong on no page."""

    class Kind(models.TextChoices):
        INBOUND = "inbound", "Text"
        RECEIPTS = "receipts", "Receipt"

    id = models.BigIntegerField(primary_key=True)
    connection_id = models.IntegerField()
    kind = models.TextField(choices=Kind.choices)
    headers = models.BinaryField()
    body = models.BinaryField()
    why = models.TextField()
    released_at = models.DateTimeField(null=True)
    cut = models.BooleanField()
    size = models.IntegerField()
    digest = models.UUIDField()

    class Meta:
        managed = False
        db_table = "quarantine"
