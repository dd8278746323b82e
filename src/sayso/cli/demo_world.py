"""The demo's sample workspaces: made once per home, used again by every later run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sayso.cli.demo_client import Client

LONG_CODE, SHORT_CODE, SHARED_CODE = "+12025550100", "90210", "11221"
CATEGORY = "promotions"
FILE = "demo.json"


def made(home: Path) -> dict[str, Any]:
    """What an earlier run made; empty for a new home."""
    path = home / FILE
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def keep(home: Path, world: dict[str, Any]) -> None:
    """Remember it, keys included: readable by its owner only."""
    path = home / (FILE + ".new")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(world, file, indent=1)
    path.replace(home / FILE)


def furnish(fern: Client, kids: Client, carrier: Client) -> dict[str, Any]:
    """A connection to the simulator, three numbers, four lines with their processes; the ids."""
    connection = fern.post(
        "/api/v1/connections",
        {
            "name": "Simulator",
            "kind": "simulator",
            "settings": {"webhook_secret": "demo"},
            "parts_per_second": 100,
        },
    )
    numbers = (LONG_CODE, SHORT_CODE, SHARED_CODE)
    carrier.put(f"/connections/{connection['hook_token']}", {"numbers": numbers, "webhook_secret": "demo"})
    ids = {
        number: fern.post(
            "/api/v1/inbound-numbers",
            {"number": number, "kind": kind, "country": "US", "connection_id": connection["id"], **more},
        )["id"]
        for number, kind, more in (
            (LONG_CODE, "long_code", {}),
            (SHORT_CODE, "exclusive_short_code", {}),
            (SHARED_CODE, "shared_short_code", {"help_answer": "11221 is used by several shops. Name one."}),
        )
    }
    lines = {
        "fern": _line(fern, ids[LONG_CODE]),
        "short": _line(fern, ids[SHORT_CODE]),
        "baby": _line(fern, ids[SHARED_CODE], "baby"),
        "kids": _line(kids, ids[SHARED_CODE], "kids"),
    }
    for client, name in ((fern, "Little Fern"), (kids, "Kids Corner")):
        client.put("/api/v1/categories", {"name": CATEGORY})
        _processes(
            client, name, [line for place, line in lines.items() if (place == "kids") == (client is kids)]
        )
    receipt = _template(fern, "Parcel", "Your parcel comes tomorrow.", approve=True)
    return {"hook_token": connection["hook_token"], "lines": lines, "receipt": receipt}


def _line(client: Client, number: int, keyword: str | None = None) -> int:
    told = {"inbound_number_id": number, **({"provider_keyword": keyword} if keyword else {})}
    return int(client.post("/api/v1/lines", told)["id"])


def _processes(client: Client, name: str, lines: list[int]) -> None:
    bye = _template(client, "Goodbye", f"You're out. {name} won't text you again. Text START to come back.")
    helping = _template(
        client, "Help", f"{name}: offers, up to 4 texts a month. STOP ends it. help@example.com"
    )
    for line in lines:
        for kind, title, template, keywords in (
            ("unsubscribe", "Stop", bye, ["genug", "basta"]),
            ("help", "Help", helping, []),
        ):
            process = client.post(
                "/api/v1/processes",
                {"type": kind, "name": title, "line_id": line, "keywords": keywords, "template_id": template},
            )
            client.post(f"/api/v1/processes/{process['id']}/start")


def _template(client: Client, name: str, body: str, *, approve: bool = False) -> int:
    template = client.post("/api/v1/templates", {"name": name, "class": "transactional", "body": body})
    if approve:
        client.post(f"/api/v1/templates/{template['id']}/approve")
    return int(template["id"])
