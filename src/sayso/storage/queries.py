"""Named SQL from `storage/sql/`: one file an area, one `-- name: …` a query."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def load(area: str) -> dict[str, bytes]:
    """The queries of `storage/sql/<area>.sql` by name; read once a process."""
    text = (files("sayso.storage") / "sql" / f"{area}.sql").read_text(encoding="utf-8")
    pieces = _NAME.split(text)
    return {name: body.strip().encode() for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}
