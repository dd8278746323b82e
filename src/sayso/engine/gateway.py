"""One connection's way out: what a link needs of it, and the one over HTTP, which makes the requests that a
provider's codec writes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from sayso.providers.contract import (
    HttpRequest,
    Outbound,
    Outcome,
    Provider,
    Refused,
    Unsure,
)

ANSWER_WITHIN = 30.0
# Five hundred opened at once were not through within the second that a last look holds.
MOST_CONNECTIONS = 128
LONGEST_ANSWER = 64 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StandIn:
    """The connection that stands in while a provider is silent, and after how many seconds of it (R9.10)."""

    id: int
    name: str
    kind: str
    parts_per_second: int
    after: int


@dataclass(frozen=True, slots=True)
class Way:
    """A connection opened for sending; `locked` says why its secrets cannot be read, if they cannot."""

    id: int
    name: str
    provider: Provider
    settings: Mapping[str, object]
    secrets: Mapping[str, str]
    receipts_url: str
    parts_per_second: int
    locked: str = ""
    public_url: str = ""
    stand_in: StandIn | None = None

    def reachable(self, media: Sequence[str]) -> tuple[str, ...]:
        """Pictures by the addresses that the provider can fetch: ours are kept without our own."""
        return tuple(f"{self.public_url}{each}" if each.startswith("/") else each for each in media)


@dataclass(frozen=True, slots=True)
class Unsent:
    """No byte left, and nobody is to blame: its last look had grown too old."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No byte left: the provider could not be reached."""

    why: str


@dataclass(frozen=True, slots=True)
class Unwritable:
    """No byte left: the codec failed on this message."""

    why: str


Result = Outcome | Unsent | Unreachable | Unwritable


Told = tuple[int, Result]
"""The place of a message among those that were handed over together, and what came of it."""


class Gateway(Protocol):
    """Carries messages of one connection to its provider, at most `window` at a time."""

    @property
    def window(self) -> int:
        """How many may be on the wire at once."""

    async def send_all(
        self, outbounds: Sequence[Outbound], deadline: float, told: Callable[[Sequence[Told]], None]
    ) -> None:
        """Send messages, each if its first byte can leave before `deadline` (seconds of the loop's clock).

        `told` hears of each once, as soon as it is known: of many at a time where the provider answers so.
        What fails before a byte left says so, and may be sent again; afterwards silence is Unsure.
        """

    async def close(self) -> None:
        """Close its connections."""


Opening = Callable[[Way, int], Gateway]
"""Opens the gateway of a connection, for as many messages at a time as it can carry of those asked for."""


class HttpGateway:
    """Sends messages of one connection over HTTP, each at a time on a connection of its own."""

    def __init__(self, way: Way, window: int, answer_within: float = ANSWER_WITHIN) -> None:
        self.window = min(window, MOST_CONNECTIONS)
        self._way = way
        self._answer_within = answer_within
        # Idle connections go before the other side drops them (five seconds is the shortest that is usual):
        # a message written into a closing one would be unconfirmed.
        connector = aiohttp.TCPConnector(limit=self.window, keepalive_timeout=4, ttl_dns_cache=60)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True
        )

    async def send_all(
        self, outbounds: Sequence[Outbound], deadline: float, told: Callable[[Sequence[Told]], None]
    ) -> None:
        """Send messages side by side, and tell of each by itself; see Gateway."""

        async def carry(place: int, outbound: Outbound) -> None:
            try:
                result = await self.send(outbound, deadline)
            except Exception:
                log.exception("sending by connection %s failed in a way nobody foresaw", self._way.id)
                result = Unsure("lost_answer")
            told([(place, result)])

        sending = (carry(place, one) for place, one in enumerate(outbounds))
        # Each comes to its end, also where somebody who is told of one fails.
        for failed in filter(None, await asyncio.gather(*sending, return_exceptions=True)):
            raise failed

    async def send(self, outbound: Outbound, deadline: float) -> Result:
        """Send one message; what came of it as in `send_all`."""
        way = self._way
        try:
            request = way.provider.send_request(outbound, way.secrets, way.settings)
        except Exception as error:
            log.exception("connection %s cannot write a message", way.id)
            return Unwritable(f"{type(error).__name__}: {error}")
        if isinstance(request, Refused):
            return request
        left = deadline - asyncio.get_running_loop().time()
        return await self._exchange(request, left) if left > 0 else Unsent()

    async def close(self) -> None:
        """Close its connections."""
        await self._session.close()

    async def _exchange(self, request: HttpRequest, left: float) -> Result:
        try:
            async with self._session.request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
                # `connect` bounds the time until the bytes leave: they follow at once (R9.10).
                timeout=aiohttp.ClientTimeout(total=self._answer_within, connect=left),
            ) as response:
                body = await _read(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return self._way.provider.read_response(response.status, headers, body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Unreachable(str(error) or type(error).__name__)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            return Refused("account", code="bad_address")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("connection %s: no answer to a message: %r", self._way.id, error)
            return Unsure("lost_answer")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The answer's body, up to what a codec may need of it."""
    pieces, size = [], 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size >= LONGEST_ANSWER:
            break
    return b"".join(pieces)[:LONGEST_ANSWER]
