"""Prices, credit, and what campaigns cost, as Django reads them. Amounts are millionths."""

from __future__ import annotations

from django.db import models


class CreditAccount(models.Model):
    """A workspace that knows money; `kept`: it may not spend more than it has."""

    workspace_id = models.IntegerField(primary_key=True)
    currency = models.TextField(db_collation="C")
    kept = models.BooleanField()
    alarm_below = models.BigIntegerField(null=True)
    alarmed = models.BooleanField()

    class Meta:
        managed = False
        db_table = "credit_accounts"


class CreditBalance(models.Model):
    """What is owned and set aside, but for what is new (`CreditFresh`)."""

    workspace_id = models.IntegerField(primary_key=True)
    credit = models.BigIntegerField()
    reserved = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "credit_balances"


class CreditEntry(models.Model):
    """An entry of the ledger."""

    class Kind(models.TextChoices):
        TOP_UP = "top_up", "Top-up"
        RESERVATION = "reservation", "Reserved"
        RELEASE = "release", "Released"
        CHARGE = "charge", "Charged"
        REFUND = "refund", "Refunded"
        CORRECTION = "correction", "Correction"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.BigIntegerField()
    kind = models.TextField(choices=Kind.choices)
    campaign_id = models.IntegerField(null=True)
    credit = models.BigIntegerField()
    reserved = models.BigIntegerField()
    messages = models.BigIntegerField()
    parts = models.BigIntegerField()
    note = models.TextField()
    user_id = models.IntegerField(null=True)
    key_id = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "credit_entries"


class Price(models.Model):
    """What a part of an SMS, or an MMS, costs to a country (`*`: to any other) from a moment on."""

    class Kind(models.TextChoices):
        SMS = "sms", "SMS"
        MMS = "mms", "MMS"

    pk = models.CompositePrimaryKey("workspace_id", "kind", "country", "valid_from")
    workspace_id = models.IntegerField()
    country = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind.choices)
    valid_from = models.DateTimeField()
    price = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "prices"


class SpendCap(models.Model):
    """R9.11: the most of a day for numbers that begin so; `told`: how many percent somebody was told of."""

    pk = models.CompositePrimaryKey("workspace_id", "prefix")
    workspace_id = models.IntegerField()
    prefix = models.TextField(db_collation="C")
    most = models.BigIntegerField()
    full_on = models.DateField(null=True)
    told = models.SmallIntegerField()

    class Meta:
        managed = False
        db_table = "spend_caps"


class CampaignCost(models.Model):
    """What a rehearsal or a plan comes to in one country; `priced`: of how many messages that is known."""

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id", "rehearsal", "country")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    rehearsal = models.BooleanField()
    country = models.TextField(db_collation="C")
    messages = models.BigIntegerField()
    parts = models.BigIntegerField()
    priced = models.BigIntegerField()
    price = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "campaign_costs"


class CreditFresh(models.Model):
    """What stands beside the balance until it is added to it."""

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.BigIntegerField()
    credit = models.BigIntegerField()
    reserved = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "credit_fresh"
