"""Pages to take pictures of, a module an area: `PAGES`, and `furnish` where it needs rows of its own.

`PAGES`, and `OPERATORS_PAGES` where only an operator sees them, are pairs of a name and an address, the
address with `{name}`s of what `furnish` answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tests.consoles import Console


def every_page(console: Console, workspace_id: int) -> Iterator[tuple[str, str, bool]]:
    """Furnish the workspace for every area; tell names and addresses of its pages; last, if an operator's."""
    for found in iter_modules(__path__):
        module: Any = import_module(f"{__name__}.{found.name}")
        made = module.furnish(console, workspace_id) if hasattr(module, "furnish") else {}
        for name, address in module.PAGES:
            yield name, address.format(**made), False
        for name, address in getattr(module, "OPERATORS_PAGES", ()):
            yield name, address.format(**made), True
