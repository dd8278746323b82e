"""The demo's way in: the same HTTP that any customer's system would use, and the telephones."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PATIENCE = 20.0


class StoryError(Exception):
    """A step did not do what it says."""


@dataclass(frozen=True, slots=True)
class Client:
    """One address and one key; answers are plain JSON values."""

    base: str
    key: str = ""

    def get(self, path: str) -> Any:
        """What stands there."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object = None) -> Any:
        """Ask for something to be done."""
        return self._ask("POST", path, body or {})

    def put(self, path: str, body: object) -> Any:
        """Say how something shall stand."""
        return self._ask("PUT", path, body)

    def _ask(self, method: str, path: str, body: object) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(self.base + path, data, headers, method=method)  # noqa: S310 - our own
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - our own address
                said = answer.read()
        except urllib.error.HTTPError as error:
            told = error.read().decode(errors="replace")
            raise StoryError(f"{method} {path} was answered {error.code}: {told[:500]}") from error
        return json.loads(said) if said else None


def eventually(what: str, look: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What `look` finds, as soon as it finds something; StoryError when it never does."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise StoryError(f"{what}: waited {patience:g} s and it did not happen")
