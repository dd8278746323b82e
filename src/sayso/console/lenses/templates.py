"""Templates, as Django reads them."""

from __future__ import annotations

from django.db import models


class Template(models.Model):
    """What processes and the API send; its texts stand beside it, one a language."""

    class MessageClass(models.TextChoices):
        ADVERTISING = "advertising"
        TRANSACTIONAL = "transactional"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.IntegerField()
    name = models.TextField()
    message_class = models.TextField(choices=MessageClass.choices, db_column="class")
    mailing_id = models.BigIntegerField()
    approved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    process_id = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "templates"


class TemplateText(models.Model):
    """What a template says in one language."""

    pk = models.CompositePrimaryKey("workspace_id", "template_id", "language")
    workspace_id = models.IntegerField()
    template_id = models.IntegerField()
    language = models.TextField()
    body = models.TextField()

    class Meta:
        managed = False
        db_table = "template_texts"
