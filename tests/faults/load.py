"""Texts and advertising under way at once: a provider that insists, and a marketer who gives up."""

from __future__ import annotations

import http.client
import queue
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from sayso.cli.demo_client import Client, StoryError
from sayso.providers.simulator.carrier_side import sign
from tests.journeys.shop import CATEGORY, SECRET
from tests.running import post

CONNECTIONS = 12
GIVE_UP = 90.0
LOST = (OSError, http.client.HTTPException)
SAID = ("STOP", "šťóp", "stop please", "Unsubscribe")
NOT_A_STOP = ("please cancel my order", "thank you", "HELP", "👍")


@dataclass(frozen=True, slots=True)
class Text:
    """One text as the provider knows it: its id, who said what."""

    id: str
    phone: str
    body: str

    @property
    def is_stop(self) -> bool:
        return self.body in SAID


def texts(count: int, chance: random.Random) -> list[Text]:
    """Texts of as many telephones, every second one a STOP of some spelling."""
    said = [chance.choice(SAID if place % 2 else NOT_A_STOP) for place in range(count)]
    return [Text(f"t-{place:05d}", f"+1206{2_000_000 + place}", body) for place, body in enumerate(said)]


@dataclass
class Load:
    """Posts what is released, over a dozen connections, again and again until each text has got its 2xx."""

    hook: str
    number: str
    acknowledged: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    tries: int = 0
    _waiting: queue.SimpleQueue[Text | None] = field(default_factory=queue.SimpleQueue)
    _threads: list[threading.Thread] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Load:
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(CONNECTIONS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for _thread in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(GIVE_UP)

    def release(self, texts: Sequence[Text]) -> None:
        """Let these be posted; one in ten is posted twice, as providers do that missed an answer."""
        for text in texts:
            self._waiting.put(text)
            if text.id.endswith("7"):
                self._waiting.put(text)

    def _work(self) -> None:
        while (text := self._waiting.get()) and not self._ending.is_set():
            self._insist(text)

    def _insist(self, text: Text) -> None:
        told = {"id": text.id, "from": text.phone, "to": self.number, "body": text.body}
        body = msgspec.json.encode({**told, "at": datetime.now(UTC)})
        deadline = time.monotonic() + GIVE_UP
        while time.monotonic() < deadline and not self._ending.is_set():
            self.tries += 1
            headers = {"content-type": "application/json", **sign(body, SECRET, datetime.now(UTC))}
            try:
                answer = post(self.hook, body, headers)
            except LOST:
                answer = None
            if answer is not None and 200 <= answer.status < 300:
                self.acknowledged.add(text.id)
                return
            if answer is not None and answer.status != 503:
                self.refused.append(f"{text.id}: {answer.status} {answer.body!r}")
                return
            # As long as a provider waits before it tries again.
            self._ending.wait(0.1)


@dataclass
class Marketer:
    """Advertises to the numbers that are named, one after the other; what fails is not tried again."""

    client: Client
    sender: str
    accepted: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _waiting: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Marketer:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._waiting.put("")
        assert self._thread is not None
        self._thread.join(30)

    def advertise(self, phones: Sequence[str]) -> None:
        for phone in phones:
            self._waiting.put(phone)

    def _work(self) -> None:
        while (phone := self._waiting.get()) and not self._ending.is_set():
            told = {"to": phone, "body": f"Spring sale for {phone}", "category": CATEGORY}
            try:
                self.accepted[phone] = self.client.post("/api/v1/messages", {**told, "sender": self.sender})
            except (StoryError, *LOST):
                continue
