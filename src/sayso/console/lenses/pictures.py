"""Pictures that texts carry, as Django reads them; what is in them is served elsewhere."""

from __future__ import annotations

from django.db import models


class Picture(models.Model):
    """A picture by the token of its address."""

    class Kind(models.TextChoices):
        JPEG = "image/jpeg"
        PNG = "image/png"
        GIF = "image/gif"

    pk = models.CompositePrimaryKey("workspace_id", "token")
    workspace_id = models.IntegerField()
    token = models.TextField(db_collation="C", unique=True)
    digest = models.BinaryField()
    content_type = models.TextField(choices=Kind.choices)
    width = models.IntegerField()
    height = models.IntegerField()
    bytes = models.IntegerField()
    description = models.TextField()
    content = models.BinaryField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "pictures"
