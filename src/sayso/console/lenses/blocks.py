"""Blocks, as Django reads them."""

from __future__ import annotations

from django.db import models


class Block(models.Model):
    """R6.1: the record that a number may not be sent to, within a scope."""

    class Scope(models.TextChoices):
        CHANNEL = "channel"
        LINE = "line"
        LINE_TRANSACTIONAL = "line_transactional"
        CATEGORY = "category"
        ALL = "all"

    class Source(models.TextChoices):
        KEYWORD = "keyword"
        TERM = "term"
        PROVIDER = "provider"
        API = "api"
        CONSOLE = "console"
        IMPORT = "import"
        LINK = "link"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.BigIntegerField()
    phone = models.BigIntegerField()
    written = models.TextField()
    scope = models.TextField(choices=Scope.choices)
    line_id = models.IntegerField()
    category = models.TextField()
    since = models.DateTimeField()
    said_last_at = models.DateTimeField(null=True)
    last_inbound_id = models.BigIntegerField(null=True)
    stored_at = models.DateTimeField()
    source = models.TextField(choices=Source.choices)
    inbound_id = models.BigIntegerField(null=True)
    process_id = models.IntegerField(null=True)
    said = models.TextField()
    reason = models.TextField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.TextField(null=True)  # NULL: not lifted
    message_id = models.BigIntegerField(null=True)  # by whose link it was stopped
    campaign_id = models.IntegerField(null=True)  # because of whose message

    class Meta:
        managed = False
        db_table = "blocks"
