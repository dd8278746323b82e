"""A request whose caller hung up in its midst is as if it had never been made."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.doors.api import Api, Client

pytestmark = pytest.mark.anyio
BODY = json.dumps({"name": "Words", "body": "Good day."}).encode()
KEY = {"idempotency-key": "order 7"}


async def cut_off(client: Client, *messages: dict[str, Any]) -> list[Any]:
    """What is answered to a request of which only these messages arrive."""
    transport = client.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    left, sent = list(messages), []
    headers = {
        "authorization": f"Bearer {client.key}",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        **KEY,
    }

    async def receive() -> dict[str, Any]:
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/templates",
        "raw_path": b"/api/v1/templates",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await transport.app(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    "messages",
    [
        (),
        ({"type": "http.request", "body": BODY, "more_body": True},),
        ({"type": "http.request", "body": b"", "more_body": False},),
        ({"type": "http.request", "body": BODY[:9], "more_body": False},),
    ],
)
async def test_a_cut_off_request_does_nothing_and_its_key_stays_free(
    api: Api, messages: tuple[dict[str, Any], ...]
) -> None:
    client = await api.client()
    assert await cut_off(client, *messages) == []
    assert (await client.get("templates"))["items"] == []
    whole = {"authorization": f"Bearer {client.key}", "content-type": "application/json", **KEY}
    answer = await api.http.post("/api/v1/templates", content=BODY, headers=whole)
    assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, False)
