"""Who sends through the simulated carrier, as an account at a provider would know it: kept on disk."""

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from sayso.carrier.behaviour import Behaviour, BehaviourError, changed
from sayso.carrier.telephones import plain
from sayso.providers.contract import Outbound

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}")
SHOWN_OF_TOKEN = 6


@dataclass(frozen=True, slots=True)
class Connection:
    """One customer of the carrier: where callbacks go, what signs them, its numbers, its treatment."""

    token: str
    hooks: str = ""
    numbers: tuple[str, ...] = ()
    webhook_secret: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)
    behaviour: Behaviour = field(default_factory=Behaviour)

    def shown(self) -> dict[str, Any]:
        """What may be shown: everything but the secrets, and of the token enough to know it by."""
        return {
            "hook_token": self.token[:SHOWN_OF_TOKEN] + "…",
            "hooks": self.hooks,
            "numbers": list(self.numbers),
            "signs": bool(self.webhook_secret),
            **asdict(self.behaviour),
        }


class Connections:
    """All connections, found by token or by one of their numbers; every change is on disk at once."""

    def __init__(self, path: Path, sayso_url: str) -> None:
        self._path = path
        self._sayso_url = sayso_url
        self._by_token: dict[str, Connection] = {}
        self._by_number: dict[str, Connection] = {}
        if path.exists():
            for kept in msgspec.json.decode(path.read_bytes(), type=list[Connection]):
                self._index(kept if is_here(kept.hooks) else replace(kept, hooks=""))

    def all(self) -> list[Connection]:
        """Every connection, in the order in which they came."""
        return list(self._by_token.values())

    def put(self, token: str, told: Mapping[str, Any]) -> Connection:
        """Make or change a connection; what isn't told stays. Raises BehaviourError for what can't be."""
        connection = self.of_token(token)
        texts = {name: told[name] for name in ("hooks", "webhook_secret", "api_token") if name in told}
        for name, value in texts.items():
            if not isinstance(value, str):
                raise BehaviourError(f"{name} is {value!r}; it may be a text")
        if not is_here(texts.get("hooks", "")):
            raise BehaviourError("hooks names another machine; it may be empty, or http://127.0.0.1:PORT")
        numbers = told.get("numbers", connection.numbers)
        if not isinstance(numbers, list | tuple) or not all(isinstance(number, str) for number in numbers):
            raise BehaviourError(f"numbers is {numbers!r}; it may be a list of texts")
        connection = replace(
            connection,
            **texts,
            numbers=tuple(dict.fromkeys(plain(number) for number in numbers)),
            behaviour=changed(connection.behaviour, told),
        )
        self._index(connection)
        self._keep()
        return connection

    def of_token(self, token: str) -> Connection:
        """The connection with this hook token; one that nobody told us of signs nothing.

        Raises BehaviourError for what is no token: it becomes a part of an address.
        """
        if not TOKEN.fullmatch(token):
            raise BehaviourError("the hook token is none; it has letters, digits, - and _, at most 200")
        return self._by_token.get(token) or Connection(token)

    def of_number(self, number: str) -> Connection | None:
        """The connection that owns this number; where there is but one connection and it names none, that."""
        found = self._by_number.get(plain(number))
        if found is None and len(self._by_token) == 1:
            only = next(iter(self._by_token.values()))
            return None if only.numbers else only
        return found

    def sending(self, outbound: Outbound) -> Connection | None:
        """The connection that a message to send belongs to: by where it wants its receipts, or its sender.

        One that nobody told us of is learnt from what it sends, so that its telephones can answer.
        """
        token = _token_of(outbound.receipts_url)
        if not token:
            return self.of_number(outbound.sender)
        known = self._by_token.get(token)
        sender = plain(outbound.sender)
        if known is None or not known.numbers or self._by_number.get(sender) is None:
            return self.put(token, {"numbers": [*(known.numbers if known else ()), sender]})
        return known

    def hook(self, connection: Connection, kind: str) -> str:
        """The address for callbacks of a kind (`inbound`, `receipts`)."""
        base = (connection.hooks or self._sayso_url).rstrip("/")
        return f"{base}/hooks/{connection.token}/{kind}"

    def _index(self, connection: Connection) -> None:
        known = self._by_token.get(connection.token)
        for number in known.numbers if known else ():
            self._by_number.pop(number, None)
        self._by_token[connection.token] = connection
        self._by_number.update(dict.fromkeys(connection.numbers, connection))

    def _keep(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = self._path.with_suffix(".new")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(self.all()))
            file.flush()
            os.fsync(file.fileno())
        made.replace(self._path)


def is_here(hooks: str) -> bool:
    """Whether callbacks sent there stay on this machine; an empty address is Sayso's own."""
    if not hooks:
        return True
    try:
        parts = urlsplit(hooks)
        host = parts.hostname or ""
        bare = parts.port != 0 and parts.path in {"", "/"} and not set("?#@") & set(hooks)
        here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
    return parts.scheme == "http" and bare and here


def _token_of(receipts_url: str) -> str:
    steps = urlsplit(receipts_url).path.split("/")
    return steps[-2] if len(steps) > 2 and steps[-3] == "hooks" else ""
