"""The carrier's own small HTTP server, on loopback: what `providers.simulator` speaks to, and telephones."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from aiohttp import web

from sayso.carrier.behaviour import Behaviour, BehaviourError, changed
from sayso.carrier.callbacks import Callbacks
from sayso.carrier.connections import Connections
from sayso.carrier.journal import Journal
from sayso.carrier.network import Network, NoConnectionError
from sayso.providers.contract import Inbound, Media, Unreadable
from sayso.providers.simulator.carrier_side import read_send, write_response

NETWORK = web.AppKey("network", Network)
MOST_BYTES = 1_000_000
HELP = {
    "what": "Sayso's simulated carrier: no text leaves this machine.",
    "POST /texts": '{"from", "to", "body", "id"?, "at"?, "media"?, "hook_token"?}: a telephone texts',
    "GET /telephones/NUMBER": "what it received and texted; PUT sets delay_ms, loss, receipts, reject, …",
    "PUT /connections/HOOK_TOKEN": "numbers, webhook_secret, api_token, hooks, and how it is treated",
    "GET /log": "everything that happened, a JSON object per line; ?after=BYTES goes on from there",
}


class TextBody(msgspec.Struct, rename={"sender": "from"}):
    """A text to be sent by a telephone."""

    sender: str
    to: str
    body: str = ""
    id: str = ""
    at: datetime | None = None
    media: list[str] = []
    hook_token: str = ""


def make_app(network: Network) -> web.Application:
    """The server's routes over one network."""
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[_refuse_strangers, _tell_faults])
    app[NETWORK] = network
    app.add_routes(
        [
            web.get("/", _help),
            web.get("/healthz", _help),
            web.post("/messages", _messages),
            web.post("/texts", _texts),
            web.get("/telephones", _telephones),
            web.get("/telephones/{number}", _telephone),
            web.put("/telephones/{number}", _set_telephone),
            web.get("/connections", _connections),
            web.put("/connections/{token}", _set_connection),
            web.get("/log", _log),
        ]
    )
    return app


async def open_network(home: Path, sayso_url: str) -> Network:
    """The network of one home: its log, its connections, its telephones as they were."""
    folder = home / "carrier"
    journal = Journal(folder / "log.jsonl")
    connections = Connections(folder / "connections.json", sayso_url)
    clock = partial(datetime.now, UTC)
    client = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=32), cookie_jar=aiohttp.DummyCookieJar()
    )
    network = Network(journal, connections, Callbacks(connections, journal, client, clock), clock, _new_id)
    network.remember()
    return network


async def run(home: Path, bind: tuple[str, int], sayso_url: str, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; raises OSError where the address is taken."""
    network = await open_network(home, sayso_url)
    network.name = bind[0]
    runner = web.AppRunner(make_app(network), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, *bind, backlog=1024).start()
        await stop.wait()
    finally:
        await runner.cleanup()
        await network.close()
        await network.callbacks.client.close()


async def _messages(request: web.Request) -> web.Response:
    outbound = read_send(await request.read())
    if isinstance(outbound, Unreadable):
        return _json({"reason": "content", "detail": outbound.why}, 422)
    headers = {name.lower(): value for name, value in request.headers.items()}
    status, told, body = write_response(await request.app[NETWORK].send(outbound, headers))
    return web.Response(status=status, headers=dict(told), body=body)


async def _texts(request: web.Request) -> web.Response:
    told = msgspec.json.decode(await request.read(), type=TextBody)
    network = request.app[NETWORK]
    inbound = Inbound(
        ref=told.id or network.new_id(),
        sender=told.sender,
        recipient=told.to,
        body=told.body,
        at=told.at or network.clock(),
        media=tuple(Media(url, "") for url in told.media),
    )
    answer = await network.text(inbound, told.hook_token)
    return _json(
        {"id": inbound.ref, "status": answer.status, "answer": answer.answer}, 200 if answer.taken else 502
    )


async def _telephones(request: web.Request) -> web.Response:
    return _json({"telephones": request.app[NETWORK].telephones.numbers()})


async def _telephone(request: web.Request) -> web.Response:
    telephone = request.app[NETWORK].telephones.find(request.match_info["number"])
    own = asdict(telephone.behaviour) if telephone.behaviour else None
    return _json({"number": telephone.number, "behaviour": own, "messages": list(telephone.texts)})


async def _set_telephone(request: web.Request) -> web.Response:
    told = await _object(request)
    telephone = request.app[NETWORK].telephones.find(request.match_info["number"])
    telephone.behaviour = changed(telephone.behaviour or Behaviour(), told) if told else None
    return await _telephone(request)


async def _connections(request: web.Request) -> web.Response:
    return _json({"connections": [each.shown() for each in request.app[NETWORK].connections.all()]})


async def _set_connection(request: web.Request) -> web.Response:
    told = await _object(request)
    return _json(request.app[NETWORK].connections.put(request.match_info["token"], told).shown())


async def _log(request: web.Request) -> web.StreamResponse:
    path = request.app[NETWORK].journal.path
    after = request.query.get("after", "0")
    if not after.isdigit():
        return _json({"detail": f"after is {after!r}; it may be a number of bytes"}, 422)
    response = web.StreamResponse(headers={"content-type": "application/x-ndjson"})
    await response.prepare(request)
    with path.open("rb") as file:
        file.seek(int(after))
        while chunk := file.read(256_000):
            await response.write(chunk)
    return response


async def _help(_request: web.Request) -> web.Response:
    return _json(HELP)


@web.middleware
async def _refuse_strangers(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse what a page in a browser of this machine may send, for there are no passwords here."""
    if not _is_known(request.host, request.app[NETWORK].name):
        return _json({"detail": "This Host is not the carrier's. Ask it by its address."}, 403)
    if "Origin" in request.headers:
        return _json({"detail": "The carrier answers no web pages."}, 403)
    if request.method in {"POST", "PUT"} and request.content_type != "application/json":
        return _json({"detail": "Send JSON, with the header Content-Type: application/json."}, 415)
    return await handler(request)


def _is_known(host: str, bound: str) -> bool:
    """An address of digits is safe, for no name can be made to lead here by whoever owns it."""
    name = urlsplit("//" + host).hostname or ""
    if name in {"localhost", bound}:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@web.middleware
async def _tell_faults(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except NoConnectionError as fault:
        return _json({"detail": str(fault)}, 404)
    except (msgspec.DecodeError, BehaviourError, UnicodeError) as fault:
        return _json({"detail": str(fault)}, 422)
    except OSError as fault:
        return _json({"detail": f"The carrier's log can't be written: {fault.strerror}"}, 503)


async def _object(request: web.Request) -> Mapping[str, Any]:
    return msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])


def _json(told: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(told), content_type="application/json")


def _new_id() -> str:
    return f"sim-{time.time_ns():x}-{os.urandom(4).hex()}"
