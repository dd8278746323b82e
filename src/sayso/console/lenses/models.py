"""Domain tables as Django reads them. `tests/house/test_lenses.py` compares each with the catalogue."""

from __future__ import annotations

from django.db import models

from sayso.console.access import Role


class Workspace(models.Model):
    """One client. Under row-level security there is only ever the one of this request."""

    id = models.AutoField(primary_key=True)
    name = models.TextField()
    country = models.TextField()
    time_zone = models.TextField()
    language = models.TextField()
    event_name = models.TextField()
    event_properties = models.JSONField()
    opt_out_message = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "workspaces"


class Membership(models.Model):
    """R2.1: what a person is in a workspace."""

    pk = models.CompositePrimaryKey("workspace_id", "user_id")
    workspace_id = models.IntegerField()
    user_id = models.IntegerField()
    role = models.TextField(choices=[(role.value, role.words) for role in Role])
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "memberships"


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

    class Meta:
        managed = False
        db_table = "blocks"


LENSES: tuple[type[models.Model], ...] = (Workspace, Membership, InboundNumber, Line, Block)
