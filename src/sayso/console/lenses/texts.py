"""Texts that came in, with what was decided (R5.3), as Django reads them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class InboundMessage(models.Model):
    """One text in the ledger of this workspace."""

    class Outcome(models.TextChoices):
        UNSUBSCRIBE = "unsubscribe"
        HELP = "help"
        OPTIN = "optin"
        RESPOND = "respond"
        JOIN = "join"
        EMAIL = "email"
        INBOX = "inbox"
        REVIEW = "review"
        EMPTY = "empty"
        NONE = "none"

    class Certainty(models.TextChoices):
        PROVIDER_REFERENCE = "provider_reference"
        STICKY_LINE = "sticky_line"
        LAST_SEND = "last_send"
        UNKNOWN = "unknown"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.BigIntegerField()
    line_id = models.IntegerField()
    contact_id = models.BigIntegerField(null=True)
    phone = models.BigIntegerField()
    sender = models.TextField()
    recipient = models.TextField()
    body = models.TextField()
    media = models.JSONField(null=True)
    provider_at = models.DateTimeField()
    received_at = models.DateTimeField()
    outcome = models.TextField(choices=Outcome.choices)
    process_id = models.IntegerField(null=True)
    keyword = models.TextField(null=True)  # NULL: no keyword took it
    mode = models.TextField(null=True)
    scope = models.TextField(null=True)
    because = models.JSONField()
    answers_message_id = models.BigIntegerField(null=True)
    answers_certainty = models.TextField(choices=Certainty.choices)
    flags = ArrayField(models.TextField())

    class Meta:
        managed = False
        db_table = "inbound_messages"
