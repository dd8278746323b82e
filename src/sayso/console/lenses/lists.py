"""Lists of contacts, as Django reads them."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Func, OuterRef, QuerySet

# Beyond, counting costs more than the exact number helps: a rehearsal tells it.
COUNTED = 10_000


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


def with_people(found: QuerySet[ContactList]) -> QuerySet[ContactList]:
    """Lists, each with `people`: how many are on it, counted up to one more than COUNTED."""
    members = ListMember.objects.filter(list_id=OuterRef("id")).values("contact_id")[: COUNTED + 1]
    counted = Func(ArraySubquery(members), function="cardinality", output_field=models.IntegerField())
    return found.annotate(people=counted)


def how_many(people: int) -> str:
    """`1,204`, or `10,000+` where nobody counted on."""
    return f"{COUNTED:,}+" if people > COUNTED else f"{people:,}"
