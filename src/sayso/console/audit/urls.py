"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from typing import Any

urlpatterns: list[Any] = []
