"""What goes out and where it stands, as Django reads it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Message(models.Model):
    """One message of this workspace, written once."""

    class Class(models.TextChoices):
        ADVERTISING = "advertising"
        TRANSACTIONAL = "transactional"

    class Purpose(models.TextChoices):
        CONFIRMATION = "confirmation"
        HELP = "help"
        REPLY = "reply"
        API = "api"
        CAMPAIGN = "campaign"
        TEST = "test"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.BigIntegerField()
    contact_id = models.BigIntegerField(null=True)
    phone = models.BigIntegerField()
    recipient = models.TextField()
    connection_id = models.IntegerField()
    line_id = models.IntegerField()
    sender = models.TextField()
    message_class = models.TextField(choices=Class.choices, db_column="class")
    purpose = models.TextField(choices=Purpose.choices)
    category = models.TextField()
    template_id = models.IntegerField(null=True)
    process_id = models.IntegerField(null=True)
    inbound_id = models.BigIntegerField(null=True)
    body = models.TextField()
    media_urls = ArrayField(models.TextField())
    encoding = models.TextField(choices=[("GSM-7", "GSM-7"), ("UCS-2", "UCS-2")])
    parts = models.SmallIntegerField()
    campaign_id = models.IntegerField(null=True)
    variant = models.SmallIntegerField(null=True)
    test_of = models.IntegerField(null=True)
    client_reference = models.TextField(null=True)
    because = models.JSONField()
    expires_at = models.DateTimeField(null=True)
    price = models.BigIntegerField(null=True)
    counts_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "messages"


class Outcome(models.Model):
    """Where a message stands; no row: it is queued."""

    class Status(models.TextChoices):
        DEFERRED = "deferred"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        EXPIRED = "expired"
        REJECTED = "rejected"
        CANCELLED = "cancelled"
        SKIPPED = "skipped"
        ENQUEUE_FAILED = "enqueue_failed"
        UNCONFIRMED = "unconfirmed"
        UNKNOWN = "unknown"

    workspace_id = models.IntegerField()
    message_id = models.BigIntegerField(primary_key=True)
    status = models.TextField(choices=Status.choices)
    reason = models.TextField()
    rank = models.SmallIntegerField()
    at = models.DateTimeField()
    accepted = models.BooleanField()

    class Meta:
        managed = False
        db_table = "outcomes"


class Replied(models.Model):
    """Which automatic answer a text got (R5.8)."""

    pk = models.CompositePrimaryKey("workspace_id", "inbound_id")
    workspace_id = models.IntegerField()
    inbound_id = models.BigIntegerField()
    message_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "replied"
