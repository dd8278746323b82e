"""Contacts, as Django reads them."""

from __future__ import annotations

from django.db import models


class Contact(models.Model):
    """A person as the workspace knows them."""

    class Consent(models.TextChoices):
        YES = "yes"
        NO = "no"
        UNKNOWN = "unknown"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.BigIntegerField()
    external_id = models.TextField(null=True)
    phone = models.BigIntegerField(null=True)
    email = models.TextField(null=True)
    language = models.TextField(null=True)
    time_zone = models.TextField(null=True)
    country = models.TextField(null=True)
    attributes = models.JSONField()
    sms_consent = models.TextField(choices=Consent.choices)
    sms_valid = models.BooleanField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)
    sms_computed = models.BooleanField(null=True)
    email_key = models.TextField(null=True)
    name_key = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "contacts"

    @property
    def name(self) -> str:
        """What the person is called, where an attribute says it; else nothing."""
        said = self.attributes
        whole = said.get("name") or " ".join(
            str(said[part]) for part in ("first_name", "last_name") if said.get(part)
        )
        return str(whole)[:80]
