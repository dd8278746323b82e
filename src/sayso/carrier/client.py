"""Asks a simulated carrier: for whoever stands on this machine and shows its telephones to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

# The carrier answers a text once Sayso's door has taken it: a moment, or something is wrong.
PATIENCE = aiohttp.ClientTimeout(total=8)
MOST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the carrier said, as plain JSON values; status 0 where nobody answered."""

    status: int
    told: Mapping[str, Any]


class CarrierClient:
    """One carrier by its address. Never raises for what the other side does: that is an answer."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    async def ask(self, method: str, path: str, told: object = None) -> Answer:
        """Ask once. A connection a question: people ask seldom, and a carrier that was restarted is found."""
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.request(
                    method,
                    self.url + path,
                    data=None if told is None else msgspec.json.encode(told),
                    headers={"content-type": "application/json"},
                    allow_redirects=False,
                ) as response,
            ):
                return Answer(response.status, _object(await response.content.read(MOST_BYTES)))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Answer(0, {})


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
