"""The simulated carrier itself: takes messages, brings them to telephones, brings texts to Sayso."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sayso.carrier.behaviour import Behaviour, Fate, fate
from sayso.carrier.callbacks import Callbacks, Told
from sayso.carrier.connections import Connection, Connections
from sayso.carrier.journal import Journal
from sayso.carrier.telephones import Telephones
from sayso.providers.contract import Accepted, Headers, Inbound, Outbound, Outcome, Receipt, Refused
from sayso.providers.simulator.carrier_side import authorised

TAIL_BYTES = 8_000_000
DEFAULT = Behaviour()
DEFAULT_WAIT = timedelta()


class NoConnectionError(LookupError):
    """Nobody told the carrier whose number this is; the message says how to."""


@dataclass(slots=True)
class Network:
    """Everything the carrier knows and does; the web server only translates. `name`: where it is bound."""

    journal: Journal
    connections: Connections
    callbacks: Callbacks
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    name: str = "localhost"
    telephones: Telephones = field(default_factory=Telephones)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def remember(self) -> None:
        """Give the telephones back what the end of the log says they had."""
        for entry in self.journal.tail(TAIL_BYTES):
            if entry.get("kind") == "send" and entry.get("arrives"):
                self.telephones.received(entry)
            elif entry.get("kind") == "text":
                self.telephones.texted(entry)

    async def send(self, outbound: Outbound, headers: Headers) -> Outcome:
        """Take one message from Sayso: logged on disk first, whatever becomes of it."""
        connection = self.connections.sending(outbound)
        if connection and not authorised(headers, {"api_token": connection.api_token}):
            decided = Fate(Refused("account", code="401"), False, None, "", DEFAULT_WAIT)
            behaviour = DEFAULT
        else:
            behaviour = self._behaviour(connection, outbound.to)
            decided = fate(behaviour, outbound.client_reference or outbound.body, self.new_id())
        entry = self._entry(outbound, decided)
        await self.journal.append(entry)
        if isinstance(decided.outcome, Accepted):
            self._start(self._deliver(connection, outbound, decided, entry))
        if behaviour.answer_ms:
            await asyncio.sleep(behaviour.answer_ms / 1000)
        return decided.outcome

    async def text(self, inbound: Inbound, token: str = "") -> Told:
        """Let a telephone text a number; raises NoConnectionError where nobody owns it."""
        connection = (
            self.connections.of_token(token) if token else self.connections.of_number(inbound.recipient)
        )
        if connection is None:
            raise NoConnectionError(
                f"No connection owns {inbound.recipient}. "
                'Tell the carrier first: PUT /connections/HOOK_TOKEN {"numbers": ["…"]}.'
            )
        entry = {
            "at": self.clock(),
            "kind": "text",
            "id": inbound.ref,
            "from": inbound.sender,
            "to": inbound.recipient,
            "body": inbound.body,
            "media": [each.url for each in inbound.media],
        }
        # Shown before it is posted: the answer to it may arrive before the door's.
        shown = self.telephones.texted(entry)
        told = await self.callbacks.text(connection, inbound)
        shown["status"] = told.status
        await self.journal.append({**entry, "status": told.status})
        return told

    async def close(self) -> None:
        """Stop what is on its way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.callbacks.close()
        await self.journal.close()

    def _behaviour(self, connection: Connection | None, to: str) -> Behaviour:
        own = self.telephones.behaviour(to)
        if own is not None:
            return own
        return connection.behaviour if connection else DEFAULT

    def _entry(self, outbound: Outbound, decided: Fate) -> Mapping[str, Any]:
        outcome = decided.outcome
        return {
            "at": self.clock(),
            "kind": "send",
            "id": outcome.provider_ref if isinstance(outcome, Accepted) else "",
            "client_reference": outbound.client_reference,
            "from": outbound.sender,
            "to": outbound.to,
            "body": outbound.body,
            "media": list(outbound.media),
            "outcome": type(outcome).__name__.lower(),
            "arrives": decided.arrives,
        }

    async def _deliver(
        self, connection: Connection | None, outbound: Outbound, decided: Fate, entry: Mapping[str, Any]
    ) -> None:
        await asyncio.sleep(decided.after.total_seconds())
        if decided.arrives:
            self.telephones.received(entry)
        if decided.receipt is None or connection is None:
            return
        self.callbacks.receipt(
            connection,
            Receipt(
                ref="",
                provider_ref=entry["id"],
                recipient=outbound.to,
                status=decided.receipt,
                reason=decided.reason,
                at=self.clock(),
                client_reference=outbound.client_reference or None,
            ),
        )

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
