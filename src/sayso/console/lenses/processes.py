"""Keyword processes, as Django reads them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Process(models.Model):
    """R4.1 to R4.6: a keyword handler on a line."""

    class Type(models.TextChoices):
        UNSUBSCRIBE = "unsubscribe"
        UNSUBSCRIBE_EVENT = "unsubscribe_event"
        HELP = "help"
        RESPOND = "respond"
        JOIN = "join"
        EMAIL = "email"
        INBOX = "inbox"

    class Mode(models.TextChoices):
        EXACT = "exact"
        WORD = "word"
        PREFIX = "prefix"
        CONTAINS = "contains"

    class Scope(models.TextChoices):
        CHANNEL = "channel"
        LINE = "line"
        CATEGORIES = "categories"
        ALL = "all"

    class State(models.TextChoices):
        NEW = "new"
        STARTED = "started"
        PAUSED = "paused"

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.IntegerField()
    line_id = models.IntegerField()
    type = models.TextField(choices=Type.choices)
    name = models.TextField()
    match_mode = models.TextField(choices=Mode.choices)
    predefined_mode = models.TextField(choices=Mode.choices, null=True)  # NULL: each word's own mode
    scope = models.TextField(choices=Scope.choices)
    categories = ArrayField(models.TextField())
    template_id = models.IntegerField(null=True)
    state = models.TextField(choices=State.choices)
    version = models.IntegerField()
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "processes"


class ProcessKeyword(models.Model):
    """A custom keyword of a process."""

    pk = models.CompositePrimaryKey("workspace_id", "process_id", "folded")
    workspace_id = models.IntegerField()
    process_id = models.IntegerField()
    folded = models.TextField(db_collation="C")
    written = models.TextField()

    class Meta:
        managed = False
        db_table = "process_keywords"


class ProcessMatch(models.Model):
    """How many texts a process took on one day, and when the last of them came."""

    pk = models.CompositePrimaryKey("workspace_id", "process_id", "day")
    workspace_id = models.IntegerField()
    process_id = models.IntegerField()
    day = models.DateField()
    matches = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "process_matches"
