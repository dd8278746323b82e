"""Campaigns, how far each is planned and what was counted, as Django reads them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Campaign(models.Model):
    """R9.1: a text, whom it is for, and where it stands."""

    class State(models.TextChoices):
        DRAFT = "draft"
        SCHEDULED = "scheduled"
        PLANNING = "planning"
        SENDING = "sending"
        PAUSED = "paused"
        CANCELLED = "cancelled"
        FINISHED = "finished"

    class Audience(models.TextChoices):
        NONE = "none"
        EVERYBODY = "everybody"
        LIST = "list"
        SEGMENT = "segment"
        AUTOMATION = "automation"

    class WithoutMms(models.TextChoices):
        TEXT = "text"
        SKIP = "skip"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.IntegerField()
    name = models.TextField()
    state = models.TextField(choices=State.choices)
    audience = models.TextField(choices=Audience.choices)
    list_id = models.IntegerField(null=True)
    segment_id = models.IntegerField(null=True)
    category = models.TextField(db_collation="C")
    body = models.TextField()
    reply_service = models.BooleanField()
    opt_out_message = models.TextField()
    per_profile = models.BooleanField()
    plain_letters = models.BooleanField()
    media_urls = ArrayField(models.TextField())
    without_mms = models.TextField(choices=WithoutMms.choices)
    fallback_body = models.TextField()
    starts_at = models.DateTimeField(null=True)
    launched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    link_tracking = models.BooleanField()
    may_reach = models.IntegerField(null=True)
    launched_by = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "campaigns"


class CampaignPlan(models.Model):
    """How far an audience has been walked, for the launch or for a rehearsal."""

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id", "rehearsal")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    rehearsal = models.BooleanField()
    after_phone = models.BigIntegerField()
    after_contact = models.BigIntegerField()
    addressed = models.BooleanField()
    began_at = models.DateTimeField()
    walked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    settled_to = models.BigIntegerField()
    taken_to = models.BigIntegerField()
    passed_over = ArrayField(models.BigIntegerField())
    conditions = models.JSONField(null=True)
    walk = models.SmallIntegerField()
    waits_until = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "campaign_plans"


class CampaignTally(models.Model):
    """What planning decided, counted by status and reason."""

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id", "rehearsal", "status", "reason")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    rehearsal = models.BooleanField()
    status = models.TextField()
    reason = models.TextField()
    messages = models.BigIntegerField()
    parts = models.BigIntegerField()
    due_first = models.DateTimeField(null=True)
    due_last = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "campaign_tallies"


class RehearsedPerson(models.Model):
    """R9.6: somebody who would get nothing, or get it later, and the sentence that says why."""

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id", "id")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    rehearsal = models.BooleanField()
    id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    status = models.TextField()
    reason = models.TextField()
    told = models.TextField()
    due = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "rehearsed_people"


class ClockField(models.DateTimeField):
    """A day and an hour as a clock on somebody's wall shows them: of no zone."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "timestamp without time zone"


class CampaignPace(models.Model):
    """How a launch, or its rehearsal, goes out (R9.5)."""

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id", "rehearsal")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    rehearsal = models.BooleanField()
    local_clock = ClockField(null=True)
    most = models.IntegerField(null=True)
    window_seconds = models.IntegerField()
    starts_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "campaign_paces"


class CampaignHold(models.Model):
    """Why a campaign stands still by itself (R9.5)."""

    class Reason(models.TextChoices):
        OVERDUE = "overdue"
        OPT_OUTS = "opt_outs"
        FAILURES = "failures"
        APPROVAL = "approval"
        SPEND_CAP = "spend_cap"

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    reason = models.TextField(choices=Reason.choices)
    told = models.TextField()
    at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "campaign_holds"


class CampaignTrial(models.Model):
    """R9.5: how several texts are tried."""

    class Measure(models.TextChoices):
        REPLIES = "replies", "Most replies"
        OPT_OUTS = "opt_outs", "Fewest opt-outs"
        CLICKS = "clicks", "Most clicks"

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    tested = models.SmallIntegerField()
    control = models.SmallIntegerField()
    measure = models.TextField(choices=Measure.choices)
    hours = models.SmallIntegerField()
    winner = models.SmallIntegerField(null=True)
    told = models.TextField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "campaign_trials"


class CampaignVariant(models.Model):
    """One of the texts of a trial."""

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id", "variant")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    variant = models.SmallIntegerField()
    body = models.TextField()
    share = models.SmallIntegerField()

    class Meta:
        managed = False
        db_table = "campaign_variants"


class CampaignCount(models.Model):
    """What came of a campaign, counted as it comes."""

    pk = models.CompositePrimaryKey("workspace_id", "campaign_id")
    workspace_id = models.IntegerField()
    campaign_id = models.IntegerField()
    departed = models.BigIntegerField()
    failed = models.BigIntegerField()
    opted_out = models.BigIntegerField()
    counted_from = models.DateTimeField()
    counted_to = models.DateTimeField()
    base_departed = models.BigIntegerField()
    base_failed = models.BigIntegerField()
    base_opted_out = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "campaign_counts"
