"""Who may see what belongs to nobody's workspace."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """See accounts.models."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0001_initial")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("user", "is_operator", models.BooleanField(default=False)),
    ]
