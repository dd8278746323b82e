"""What a story is played on: a real Sayso with its engine, a shop in a workspace, somebody who signs in."""

from __future__ import annotations

from dataclasses import dataclass

from tests.consoles import Person
from tests.journeys.shop import Shop, open_shop
from tests.running import Sayso


@dataclass(frozen=True)
class Stage:
    """A running Sayso with a shop in a workspace, and its owner."""

    sayso: Sayso
    shop: Shop
    workspace: int
    owner: Person


def opened(sayso: Sayso, name: str) -> Stage:
    """A workspace of its own in the United States; whoever starts Sayso sets SAYSO_PASSWORD."""
    workspace = int(sayso.command("workspace", "create", name, "--country", "US")["id"])
    shop = open_shop(sayso, sayso.client(workspace))
    email = f"owner{workspace}@fern.example"
    made = sayso.command("user", "create", email, "--workspace", str(workspace), "--role", "owner")
    return Stage(sayso, shop, workspace, Person(int(made["id"]), email))
