"""Which accounts were made by whoever had an invitation's link."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """See accounts.models."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0002_operators")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("user", "joined_by_link", models.BooleanField(default=False)),
    ]
