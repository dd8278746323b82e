"""Pages are light: our own assets under 150 kB as they are sent."""

from __future__ import annotations

import re
from importlib import import_module

from sayso import console as room
from tests.console_visits import signed_in, visitor
from tests.consoles import Console, Person, apart

MOST_BYTES = 150_000


def test_our_assets_weigh_less_than_150_kb_on_every_page(console: Console) -> None:
    files = room.static_files()
    owner = console.person((console.workspace(), "owner"))
    weighed = apart(lambda: _weighed(owner, files))
    assert len([weight for weight in weighed.values() if weight]) > 20
    assert {path: weight for path, weight in weighed.items() if weight >= MOST_BYTES} == {}


def _weighed(owner: Person, files: object) -> dict[str, int]:
    from sayso.console.urls import AREAS

    client = signed_in(owner)
    paths = ["/account/", "/account/password/", "/workspaces/", "/nowhere/"]
    for area in AREAS:
        for pattern in import_module(f"sayso.console.{area}.urls").urlpatterns:
            route = str(pattern.pattern)
            paths += [f"/{route}"] if not set(route) & set("<^") else []
    pages = {path: client.get(path) for path in paths} | {"/sign-in/": visitor().get("/sign-in/")}
    return {path: _weight(answer.content.decode(), files) for path, answer in pages.items()}


def _weight(markup: str, files: object) -> int:
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', markup))
    return sum(len(files[name].gzipped) for name in named)  # type: ignore[index]
