"""The main job as a story: telephones text in, each step told and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sayso.cli.demo_client import Client, StoryError, eventually
from sayso.cli.demo_world import CATEGORY, LONG_CODE, SHARED_CODE

# Area codes with a range set aside for fiction (555-0100 to 555-0199): a hundred telephones each.
AREAS = (206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 615, 617, 702, 713, 718, 773, 808, 901, 907)


@dataclass(frozen=True, slots=True)
class Story:
    """Two clients of a server, the telephones, and how a step is told. `run` counts the runs of this home."""

    fern: Client
    kids: Client
    carrier: Client
    world: dict[str, Any]
    run: int
    tell: Callable[[str], None]

    def play(self) -> None:
        """Every step in turn; StoryError at the first that does not hold."""
        amira, ben, carla, dan = (self._telephone(place) for place in range(4))
        self._load({self.fern: (amira, ben, carla, dan), self.kids: (ben, carla)})
        self._stop(amira)
        self._refused_and_sent(amira)
        self._back(amira)
        self._help(dan)
        self._not_a_stop(dan)
        self._one_client(ben)
        self._everyone(carla)

    def _load(self, people: dict[Client, tuple[str, ...]]) -> None:
        for client, phones in people.items():
            contacts = [{"external_id": phone, "phone": phone, "sms_consent": True} for phone in phones]
            put = client.post("/api/v1/contacts/bulk", {"contacts": contacts})
            self._check(
                not any(row.get("errors") for row in put["results"]), f"the contacts were refused: {put}"
            )
        self.tell("Customers are loaded: four of Little Fern, two of them Kids Corner's as well")

    def _stop(self, amira: str) -> None:
        self._text(amira, LONG_CODE, "šťóp")
        block = self._blocked(self.fern, amira)
        self.tell(f"{amira} texts “šťóp” to {LONG_CODE} and is blocked; the stored reason: {block['reason']}")
        bye = self._received(amira, "You're out.")
        self.tell(f"The telephone shows the confirmation: “{bye['body']}”")
        (entry, *_) = self.fern.get(f"/api/v1/consents?phone={quote(amira)}")["items"]
        self._check((entry["action"], entry["source"]) == ("reject", "sms_reply"), f"the ledger says {entry}")
        self.tell(f"The ledger keeps it: {entry['action']}, {entry['source']}, category {entry['category']}")

    def _refused_and_sent(self, amira: str) -> None:
        advert = self._advertise(self.fern, amira, "20% off all prams until Sunday.")
        self._check(advert["status"] == "enqueue_failed", f"the advertising message is {advert}")
        why = self.fern.get(f"/api/v1/messages/{advert['id']}")["because"][-1]["fact"]
        self.tell(f"Advertising to that number is refused, enqueue_failed: {why}")
        sent = self.fern.post(
            "/api/v1/messages",
            {
                "to": amira,
                "class": "transactional",
                "template_id": self.world["receipt"],
                "sender": LONG_CODE,
            },
        )
        self._received(amira, "Your parcel")
        self._reaches(self.fern, sent["id"], "delivered")
        self.tell("A transactional message goes out and its receipt comes back: delivered")

    def _back(self, amira: str) -> None:
        # A START within ten seconds counts as one that clearly follows: the telephones carry a clock.
        self._text(amira, LONG_CODE, "START")
        eventually("START lifts the block", lambda: not self._blocks(self.fern, amira))
        advert = self._advertise(self.fern, amira, "Welcome back. 20% off all prams.")
        self._received(amira, "Welcome back")
        self._reaches(self.fern, advert["id"], "delivered")
        self.tell("“START” brings it back, and advertising arrives again")

    def _help(self, dan: str) -> None:
        self._text(dan, LONG_CODE, "HELP")
        self.tell(f"“HELP” is answered: “{self._received(dan, 'Little Fern:')['body']}”")

    def _not_a_stop(self, dan: str) -> None:
        said = "please cancel my order"
        self._text(dan, LONG_CODE, said)
        heard = eventually("the text is in the inbox", lambda: self._heard(dan, said))
        self._check(heard["decision"] == "inbox", f"the text was taken as {heard}")
        self._check(not self._blocks(self.fern, dan), "somebody was blocked who did not say stop")
        self.tell(f"“{said}” stops nobody and waits in the inbox: {heard['because'][-1]['fact']}")

    def _one_client(self, ben: str) -> None:
        for said in ("baby stop", "stop baby"):
            self._text(ben, SHARED_CODE, said)
            self._blocked(self.fern, ben)
            self._check(not self._blocks(self.kids, ben), f"“{said}” stopped the kids client too")
            self._received(ben, "Little Fern won't text")
            self.tell(f"“{said}” to {SHARED_CODE} stops the baby client and no other")
            if said == "baby stop":
                self._text(ben, SHARED_CODE, "baby start")
                eventually("baby start lifts the block", lambda: not self._blocks(self.fern, ben))

    def _everyone(self, carla: str) -> None:
        for client, name in ((self.fern, "baby"), (self.kids, "kids")):
            sent = self._advertise(client, carla, f"News from {name}.", f"{SHARED_CODE} / {name}")
            self._received(carla, f"News from {name}.")
            self._reaches(client, sent["id"], "delivered")
        self._text(carla, SHARED_CODE, "stop")
        self._blocked(self.fern, carla)
        self._blocked(self.kids, carla)
        self.tell(f"A bare “stop” to {SHARED_CODE} stops both clients that texted from it")

    # The ways of asking.

    def _telephone(self, place: int) -> str:
        area, number = divmod(self.run * 4 + place, 100)
        return f"+1{AREAS[area % len(AREAS)]}55501{number:02d}"

    def _text(self, sender: str, to: str, body: str) -> None:
        self.carrier.post(
            "/texts", {"from": sender, "to": to, "body": body, "hook_token": self.world["hook_token"]}
        )

    def _blocks(self, client: Client, phone: str) -> list[dict[str, Any]]:
        return list(client.get(f"/api/v1/blocks?phone={quote(phone)}")["items"])

    def _blocked(self, client: Client, phone: str) -> dict[str, Any]:
        found = eventually(f"{phone} is blocked", lambda: self._blocks(client, phone))
        return dict(found[0])

    def _heard(self, phone: str, body: str) -> dict[str, Any] | None:
        found = self.fern.get(f"/api/v1/inbound-messages?phone={quote(phone)}")["items"]
        return next((text for text in found if text["body"] == body), None)

    def _received(self, phone: str, begins: str) -> dict[str, Any]:
        """A message on the telephone, newest first, that begins so; each is looked at once."""
        seen = self.world.setdefault("seen", [])

        def look() -> dict[str, Any] | None:
            for shown in reversed(self.carrier.get(f"/telephones/{quote(phone)}")["messages"]):
                if shown["direction"] == "received" and begins in shown["body"] and shown["id"] not in seen:
                    return dict(shown)
            return None

        found = eventually(f"{phone} receives “{begins}…”", look)
        seen.append(found["id"])
        return dict(found)

    def _advertise(self, client: Client, phone: str, body: str, sender: str = "") -> dict[str, Any]:
        own = sender or LONG_CODE
        told = {"to": phone, "external_id": phone, "body": body, "category": CATEGORY, "sender": own}
        return dict(client.post("/api/v1/messages", told))

    def _reaches(self, client: Client, message: str, status: str) -> None:
        eventually(
            f"message {message} is {status}",
            lambda: client.get(f"/api/v1/messages/{message}")["status"] == status,
        )

    def _check(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise StoryError(otherwise)
