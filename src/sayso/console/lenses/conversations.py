"""The inbox and its conversations (R12.1, R12.2), as Django reads them."""

from __future__ import annotations

from django.db import models


class InboxEntry(models.Model):
    """One text's place among the STOPs; what an agent answers is a conversation."""

    pk = models.CompositePrimaryKey("workspace_id", "inbound_id")
    workspace_id = models.IntegerField()
    inbound_id = models.BigIntegerField()
    phone = models.BigIntegerField()
    line_id = models.IntegerField()

    class Meta:
        managed = False
        db_table = "inbox"


class Conversation(models.Model):
    """What one number and one line say to each other."""

    pk = models.CompositePrimaryKey("workspace_id", "phone", "line_id")
    workspace_id = models.IntegerField()
    phone = models.BigIntegerField()
    line_id = models.IntegerField()
    id = models.BigIntegerField()
    written = models.TextField()
    open = models.BooleanField()
    unanswered = models.IntegerField()
    assigned_to = models.IntegerField(null=True)
    last_id = models.BigIntegerField()
    last_inbound_id = models.BigIntegerField()
    wrote_at = models.DateTimeField()
    last_is_ours = models.BooleanField()
    last_words = models.TextField()
    news = models.IntegerField()
    came_back = models.TextField()

    class Meta:
        managed = False
        db_table = "conversations"


class ConversationLabel(models.Model):
    """A label on a conversation."""

    pk = models.CompositePrimaryKey("workspace_id", "phone", "line_id", "folded")
    workspace_id = models.IntegerField()
    phone = models.BigIntegerField()
    line_id = models.IntegerField()
    folded = models.TextField()
    written = models.TextField()

    class Meta:
        managed = False
        db_table = "conversation_labels"


class ConversationReply(models.Model):
    """Who answered, with which message."""

    pk = models.CompositePrimaryKey("workspace_id", "message_id")
    workspace_id = models.IntegerField()
    message_id = models.BigIntegerField()
    token = models.UUIDField()
    phone = models.BigIntegerField()
    line_id = models.IntegerField()
    inbound_id = models.BigIntegerField()
    user_id = models.IntegerField(null=True)
    key_id = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "conversation_replies"


class CannedReply(models.Model):
    """Words that agents use again."""

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.IntegerField()
    name = models.TextField()
    body = models.TextField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "canned_replies"
