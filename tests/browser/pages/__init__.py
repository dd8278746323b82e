"""Pages to take pictures of, a module an area: `PAGES`, and `furnish` where it needs rows of its own.

`PAGES`, and `OPERATORS_PAGES` where only an operator sees them, are pairs of a name and an address, the
address with `{name}`s of what `furnish` answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sayso import console as room
from tests.consoles import Console, Person, apart

Pages = Sequence[tuple[str, str]]


AREAS = tuple(found.name for found in iter_modules(__path__))


def furnished(console: Console) -> Iterator[tuple[Person, Pages]]:
    """Each area in a workspace of its own: who sees all of it, and its pages by name and address."""
    return (area(console, name) for name in AREAS)


def area(console: Console, name: str) -> tuple[Person, Pages]:
    """One of the areas, the same way."""
    module: Any = import_module(f"{__name__}.{name}")
    workspace = console.workspace()
    made = module.furnish(console, workspace) if hasattr(module, "furnish") else {}
    owner, operators = console.person((workspace, "owner")), getattr(module, "OPERATORS_PAGES", ())
    if operators:
        apart(partial(room.set_operator, owner.email, True))
    return owner, [(name, address.format(**made)) for name, address in (*module.PAGES, *operators)]
