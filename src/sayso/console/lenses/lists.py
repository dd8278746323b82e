"""Lists of contacts, as Django reads them."""

from __future__ import annotations

from django.db import models


class ContactList(models.Model):
    """R8.3: contacts that were put together by hand or by a system."""

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace_id = models.IntegerField()
    id = models.IntegerField()
    name = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "lists"


class ListMember(models.Model):
    """A contact on a list."""

    pk = models.CompositePrimaryKey("workspace_id", "list_id", "contact_id")
    workspace_id = models.IntegerField()
    list_id = models.IntegerField()
    contact_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "list_members"
