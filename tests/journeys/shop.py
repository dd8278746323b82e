"""A shop that texts: a line on a connection of its own, with processes, and the questions a story asks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from sayso.cli.demo_client import Client
from tests.running import Sayso, until

CATEGORY = "promotions"
GOODBYE = "You are out. Text START to come back."
HELP = "Fern & Co: offers, up to 4 texts a month. STOP ends it. help@example.com"
SECRET = "the carrier's secret"
_AREAS = (206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 615, 617, 702, 713, 718)
_numbers = itertools.count()
_telephones = itertools.count()


def telephone() -> str:
    """A number that no other story uses, of those set aside for fiction."""
    area, number = divmod(next(_telephones), 100)
    return f"+1{_AREAS[area]}55501{number:02d}"


def ago(**units: float) -> str:
    """A moment in the past, as callbacks write it."""
    return (datetime.now(UTC) - timedelta(**units)).isoformat()


@dataclass(frozen=True, slots=True)
class Shop:
    """One line of a workspace; `number` is in E.164."""

    sayso: Sayso
    client: Client
    connection: Mapping[str, Any]
    number: str
    line: int
    processes: Mapping[str, int]

    def customer(self) -> str:
        """A telephone whose owner is a customer that said yes."""
        phone = telephone()
        self.client.put("/api/v1/contacts", {"external_id": phone, "phone": phone, "sms_consent": True})
        return phone

    def texted(self, phone: str, body: str, **more: object) -> None:
        """A telephone texts this shop through the simulated carrier."""
        told = {"from": phone, "to": self.number, "body": body, **more}
        said = self.sayso.carrier.post("/texts", {**told, "hook_token": self.connection["hook_token"]})
        assert said["status"] == 200, said

    def blocks(self, phone: str) -> list[dict[str, Any]]:
        return list(self.client.get(f"/api/v1/blocks?phone={quote(phone)}")["items"])

    def blocked(self, phone: str) -> dict[str, Any]:
        """The one block that stands on this number, once it does."""
        (block,) = until(f"{phone} is blocked", lambda: self.blocks(phone))
        return dict(block)

    def heard(self, phone: str, count: int = 1) -> list[dict[str, Any]]:
        """What was decided about this number's texts, newest first, once there are so many."""

        def look() -> list[dict[str, Any]]:
            found = list(self.client.get(f"/api/v1/inbound-messages?phone={quote(phone)}")["items"])
            return found if len(found) >= count else []

        return until(f"{count} texts of {phone} are decided", look)

    def ledger(self, phone: str) -> list[dict[str, Any]]:
        return list(self.client.get(f"/api/v1/consents?phone={quote(phone)}")["items"])

    def advertise(self, phone: str, body: str = "20% off all prams.") -> dict[str, Any]:
        told = {"to": phone, "external_id": phone, "body": body, "category": CATEGORY, "sender": self.number}
        return dict(self.client.post("/api/v1/messages", told))

    def message(self, message_id: str) -> dict[str, Any]:
        return dict(self.client.get(f"/api/v1/messages/{message_id}"))

    def reaches(self, message_id: str, status: str) -> dict[str, Any]:
        """The message, once it stands so."""

        def look() -> dict[str, Any] | None:
            found = self.message(message_id)
            return found if found["status"] == status else None

        return until(f"message {message_id} is {status}", look) or {}

    def answers(self, phone: str) -> list[dict[str, Any]]:
        """Confirmations and help answers to this number, whatever became of them."""
        found = self.client.get(f"/api/v1/messages?phone={quote(phone)}")["items"]
        return [one for one in found if one["purpose"] in ("confirmation", "help")]

    def received(self, phone: str, begins: str) -> dict[str, Any]:
        """The message on the telephone that begins so, once it is there."""

        def look() -> dict[str, Any] | None:
            return next((each for each in self.shown(phone) if each["body"].startswith(begins)), None)

        return until(f"{phone} receives “{begins}…”", look) or {}

    def shown(self, phone: str) -> list[dict[str, Any]]:
        """Everything that the telephone received."""
        told = self.sayso.carrier.get(f"/telephones/{quote(phone)}")["messages"]
        return [each for each in told if each["direction"] == "received"]


def connect(client: Client, kind: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """A connection to a provider."""
    told = {"name": kind, "kind": kind, "settings": dict(settings), "parts_per_second": 200}
    return dict(client.post("/api/v1/connections", told))


def own_number(client: Client, connection: Mapping[str, Any], **more: object) -> tuple[str, int]:
    """A number that only this connection has, a long code if nothing else is said; as written, and its id."""
    own = {"number": f"+1202555{100 + next(_numbers):04d}", "kind": "long_code", "country": "US"}
    told = {**own, "connection_id": connection["id"], **more}
    made = client.post("/api/v1/inbound-numbers", told)
    return str(told["number"]), int(made["id"])


def open_shop(
    sayso: Sayso, client: Client, kind: str = "simulator", *, short_code: str = "", **settings: str
) -> Shop:
    """A shop with an unsubscribe and a help process, both started; on a long code unless one is named."""
    if kind == "simulator":
        settings = {"webhook_secret": SECRET, **settings}
    connection = connect(client, kind, settings)
    named = {"number": short_code, "kind": "exclusive_short_code"} if short_code else {}
    number, number_id = own_number(client, connection, **named)
    if kind == "simulator":
        sayso.carrier.put(
            f"/connections/{connection['hook_token']}", {"numbers": [number], "webhook_secret": SECRET}
        )
    line = int(client.post("/api/v1/lines", {"inbound_number_id": number_id})["id"])
    client.put("/api/v1/categories", {"name": CATEGORY})
    return Shop(sayso, client, connection, number, line, dict(_processes(client, line)))


def template(client: Client, body: str) -> int:
    told = {"name": body[:40], "class": "transactional", "body": body}
    return int(client.post("/api/v1/templates", told)["id"])


def _processes(client: Client, line: int) -> Iterator[tuple[str, int]]:
    for kind, words in (("unsubscribe", GOODBYE), ("help", HELP)):
        told = {"type": kind, "name": kind.title(), "line_id": line, "template_id": template(client, words)}
        made = int(client.post("/api/v1/processes", told)["id"])
        client.post(f"/api/v1/processes/{made}/start")
        yield kind, made
