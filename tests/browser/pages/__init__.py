"""Pages to take pictures of, a module an area: `PAGES`, and `furnish` where it needs rows of its own.

`PAGES`, and `OPERATORS_PAGES` where only an operator sees them, are pairs of a name and an address, the
address with `{name}`s of what `furnish` answered. `SAID` names what is sent on a page before it is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from playwright.sync_api import Page

from sayso import console as room
from tests.consoles import Console, Person, apart

Pages = Sequence[tuple[str, str]]
Said = tuple[Mapping[str, str], str]
"""Fields by their selector and what each is given (one to tick: nothing), and the button that sends them."""


AREAS = tuple(found.name for found in iter_modules(__path__))
SAID: dict[str, Said] = {}


def brought(page: Page, address: str, name: str) -> None:
    """Open a page, and where its area says so (`SAID`) send a form of it: what stands then is looked at."""
    page.goto(address, wait_until="load")
    said = SAID.get(name)
    if said is None:
        return
    fields, button = said
    for selector, value in fields.items():
        field = page.locator(selector)
        field.check() if field.get_attribute("type") == "radio" else field.fill(value)
    with page.expect_navigation(wait_until="load"):
        page.locator(button).click()


def area(console: Console, name: str) -> tuple[Person, Pages]:
    """An area in a workspace of its own: who sees all of it, and its pages by name and address."""
    module: Any = import_module(f"{__name__}.{name}")
    SAID.update(getattr(module, "SAID", {}))
    workspace = console.workspace()
    made = module.furnish(console, workspace) if hasattr(module, "furnish") else {}
    owner, operators = console.person((workspace, "owner")), getattr(module, "OPERATORS_PAGES", ())
    if operators:
        apart(partial(room.set_operator, owner.email, True))
    return owner, [(name, address.format(**made)) for name, address in (*module.PAGES, *operators)]
