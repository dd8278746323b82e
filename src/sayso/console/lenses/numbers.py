"""Numbers and lines, as Django reads them."""

from __future__ import annotations

from django.db import models


class InboundNumber(models.Model):
    """A number that customers can text; it belongs to the operator."""

    class Kind(models.TextChoices):
        LONG_CODE = "long_code"
        EXCLUSIVE_SHORT_CODE = "exclusive_short_code"
        SHARED_SHORT_CODE = "shared_short_code"

    id = models.AutoField(primary_key=True)
    connection_id = models.IntegerField()
    number = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    country = models.TextField()
    help_answer = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "inbound_numbers"


class Line(models.Model):
    """A number, or a provider keyword on a shared code, as assigned to one workspace."""

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.IntegerField()
    inbound_number = models.ForeignKey(InboundNumber, models.DO_NOTHING, related_name="+")
    provider_keyword = models.TextField()
    language = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "lines"

    def __str__(self) -> str:
        """As people write it: `+44 7700 900118`, or `11221 / baby`."""
        number = self.inbound_number
        sign = "+" if number.kind == InboundNumber.Kind.LONG_CODE else ""
        return f"{sign}{number.number}" + (f" / {self.provider_keyword}" if self.provider_keyword else "")
