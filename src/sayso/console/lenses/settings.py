"""What a workspace sets for itself, as Django reads it."""

from __future__ import annotations

from django.db import models


class OptOutTerm(models.Model):
    """R7.1: a word or phrase that means stop on every line of the workspace."""

    pk = models.CompositePrimaryKey("workspace_id", "folded")
    workspace_id = models.IntegerField()
    folded = models.TextField(db_collation="C")
    written = models.TextField()

    class Meta:
        managed = False
        db_table = "opt_out_terms"


class Category(models.Model):
    """A consent category with its legal basis."""

    class Basis(models.TextChoices):
        CONSENT = "consent", "Consent"
        LEGITIMATE_INTEREST = "legitimate_interest", "Legitimate interest"

    pk = models.CompositePrimaryKey("workspace_id", "name")
    workspace_id = models.IntegerField()
    name = models.TextField(db_collation="C")
    legal_basis = models.TextField(choices=Basis.choices)
    rejected_by_stop = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "categories"
