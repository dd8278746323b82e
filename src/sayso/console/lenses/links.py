"""Tracked links and who opened them, as Django reads them."""

from __future__ import annotations

from django.db import models


class CampaignLink(models.Model):
    """R9.4: an address that a campaign shortens."""

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id", "link")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    link = models.SmallIntegerField()
    written = models.TextField()
    target = models.TextField()

    class Meta:
        managed = False
        db_table = "campaign_links"


class LinkClick(models.Model):
    """A link of a message, opened, and by whom it is thought to have been."""

    class Kind(models.TextChoices):
        PERSON = "person"
        MACHINE = "machine"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.BigIntegerField()
    campaign_id = models.IntegerField()
    link = models.SmallIntegerField()
    message_id = models.BigIntegerField()
    contact_id = models.BigIntegerField(null=True)
    phone = models.BigIntegerField()
    kind = models.TextField(choices=Kind.choices)
    times = models.IntegerField()
    at = models.DateTimeField()
    agent = models.TextField()
    because = models.JSONField()

    class Meta:
        managed = False
        db_table = "clicks"
