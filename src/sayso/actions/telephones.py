"""The simulator's telephones, for people: what they show, a text from one, how one is set (R15.1).

The simulated carrier stands outside the house and is asked over HTTP; who serves hands over the client that
asks (decision 0008). Only lines on simulator connections of this server's carrier can be texted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote
from uuid import uuid4

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.refusal import Refused, conflict, fault, invalid
from sayso.core.fiction import Telephone, telephones
from sayso.core.problems import Problem
from sayso.storage import audit, connections, numbers, workspaces
from sayso.storage import pool as pools
from sayso.storage.connections import ProviderConnection
from sayso.storage.numbers import Line
from sayso.storage.pool import Pool
from sayso.storage.vault import VaultError, open_sealed

SCOPE = "telephones:use"
LONGEST_TEXT = 2_000
LONGEST_ADDRESS = 500
RECEIPTS = ("on", "failed", "off")
MOST_DELAY_MS = 60_000
AWAY = (
    "The simulated carrier does not answer, so the telephones are dead. It runs beside Sayso: whoever runs "
    "this server sees in its log why not."
)
NONE_LEFT = (
    "This server has more workspaces than there are numbers set aside for tests, and none is left for this "
    "one. Use the simulator from another workspace."
)
OFF = "This telephone is off. Turn it on to text from it."


class Answer(Protocol):
    """What the carrier said; status 0: it could not be asked."""

    @property
    def status(self) -> int:
        """HTTP's."""

    @property
    def told(self) -> Mapping[str, Any]:
        """Plain JSON values."""


class Carrier(Protocol):
    """Asks the simulated carrier over its own HTTP interface."""

    url: str

    async def ask(self, method: str, path: str, told: object = None) -> Answer:
        """One question, one answer; never raises for what the carrier does."""


@dataclass(frozen=True, slots=True)
class Network:
    """The carrier, and the key that opens the secrets its callbacks are signed with."""

    carrier: Carrier
    vault_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a telephone is set: on or off, how long texts take, what share is lost, which receipts come."""

    on: bool = True
    delay_ms: int = 0
    loss: float = 0.0
    receipts: str = "on"


@dataclass(frozen=True, slots=True)
class Shown:
    """A telephone as the carrier tells it: the texts it received and sent, oldest first."""

    telephone: Telephone
    setting: Setting
    texts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """The telephones of a workspace, the lines that they can text, and why they are dead, if they are."""

    telephones: tuple[Shown, ...]
    lines: tuple[Line, ...]
    away: str = ""


@dataclass(frozen=True, slots=True)
class TextWanted:
    """A text from the telephone in this place (0 to 2) to a line; `media` are addresses, for an MMS."""

    place: int
    line_id: int
    body: str
    media: tuple[str, ...] = ()


@needs(SCOPE)
async def show_telephones(pool: Pool, actor: Actor, network: Network) -> Table:
    """The workspace's three telephones as they are now, whatever the carrier knows of them.

    No other workspace has their numbers.
    """
    async with transaction(pool, actor) as conn:
        here = await workspaces.current(conn)
        lines = await numbers.sending_lines(conn)
    reach = await _simulated(pool, actor, network, lines)
    found = telephones(actor.workspace_id, here.country if here else "")
    asked = [network.carrier.ask("GET", f"/telephones/{quote(each.number)}") for each in found]
    answers = await asyncio.gather(*asked)
    shown = tuple(_shown(each, answer.told) for each, answer in zip(found, answers, strict=True))
    away = "" if all(answer.status == 200 for answer in answers) else AWAY
    away = away if found else NONE_LEFT
    return Table(shown, tuple(line for line in lines if line.connection_id in reach), away)


@needs(SCOPE)
async def send_text(pool: Pool, actor: Actor, network: Network, wanted: TextWanted) -> str | Refused:
    """Text from a telephone to a line; the text's id once a door of Sayso has taken it (R15.1).

    Whatever follows is the real product's doing. The text is written in the audit trail without its words.
    """
    faults = _faults(wanted)
    if faults:
        return invalid(*faults)
    async with transaction(pool, actor) as conn:
        here = await workspaces.current(conn)
        line = await numbers.get_line(conn, wanted.line_id)
    reach = await _simulated(pool, actor, network, [line] if line else [])
    if line is None or line.withdrawn_at is not None or line.connection_id not in reach:
        told = "This line is not on the simulator. Choose one of those that are listed."
        return fault("line_id", "not_simulated", told)
    sender = _in_place(actor, here, wanted.place)
    if sender is None:
        return fault("place", "none_left", NONE_LEFT)
    refused = await _refused(network, sender)
    if refused:
        return refused
    return await _carried(pool, actor, network, (sender, line, reach[line.connection_id]), wanted)


@needs(SCOPE)
async def set_telephone(
    pool: Pool, actor: Actor, network: Network, place: int, setting: Setting
) -> Setting | Refused:
    """Set a telephone: on or off, delay, loss, receipts. Kept by the carrier until it ends; audited."""
    if not 0 <= setting.delay_ms <= MOST_DELAY_MS or not 0 <= setting.loss <= 1:
        return fault("delay_ms", "range", "A delay is at most a minute, a loss between 0 and 1.")
    if setting.receipts not in RECEIPTS:
        return fault("receipts", "unknown", "Receipts come, come as failures, or do not come.")
    async with transaction(pool, actor) as conn:
        here = await workspaces.current(conn)
    # No connection of ours waits for the carrier: it may be slow.
    telephone = _in_place(actor, here, place)
    if telephone is None:
        return fault("place", "none_left", NONE_LEFT)
    stood = await network.carrier.ask("GET", f"/telephones/{quote(telephone.number)}")
    answer = await network.carrier.ask("PUT", f"/telephones/{quote(telephone.number)}", _behaviour(setting))
    if answer.status != 200:
        return conflict("", "away", AWAY)
    before = _shown(telephone, stood.told).setting
    change = audit.Change("set", "telephone", telephone.number, state(before), state(setting))
    async with transaction(pool, actor) as conn:
        await record(conn, actor, change)
    return setting


def _in_place(actor: Actor, here: workspaces.Workspace | None, place: int) -> Telephone | None:
    found = telephones(actor.workspace_id, here.country if here else "")
    return found[place] if 0 <= place < len(found) else None


def _faults(wanted: TextWanted) -> tuple[Problem, ...]:
    """What is wrong with a text before anybody is asked."""
    problems = []
    if not wanted.body.strip() and not wanted.media:
        problems.append(Problem("body", "empty", "Type what the telephone should text."))
    if len(wanted.body) > LONGEST_TEXT:
        problems.append(Problem("body", "too_long", f"A text has at most {LONGEST_TEXT:,} characters."))
    for address in wanted.media:
        if not address.startswith(("https://", "http://")) or len(address) > LONGEST_ADDRESS:
            told = f"A picture's address begins with https:// and has at most {LONGEST_ADDRESS} characters."
            problems.append(Problem("media", "address", told))
    return tuple(problems)


async def _simulated(
    pool: Pool, actor: Actor, network: Network, lines: Sequence[Line]
) -> Mapping[int, ProviderConnection]:
    """The connections of these lines that lead to this server's carrier, by id.

    They belong to the operator, so they are read as the operator; what is answered to people names none.
    """
    wanted = {line.connection_id for line in lines}
    if not wanted:
        return {}
    async with pools.workspace(pool, actor.workspace_id, operator=True) as conn:
        found = await connections.some(conn, wanted)
    ours = {"", network.carrier.url}
    return {
        each.id: each
        for each in found
        if each.kind == "simulator" and str(each.settings.get("base_url", "")).rstrip("/") in ours
    }


async def _refused(network: Network, sender: Telephone) -> Refused | None:
    answer = await network.carrier.ask("GET", f"/telephones/{quote(sender.number)}")
    if answer.status != 200:
        return conflict("", "away", AWAY)
    return None if _shown(sender, answer.told).setting.on else fault("body", "off", OFF)


async def _carried(
    pool: Pool,
    actor: Actor,
    network: Network,
    way: tuple[Telephone, Line, ProviderConnection],
    wanted: TextWanted,
) -> str | Refused:
    """Hand the text to the carrier, and write down that this person did."""
    sender, line, connection = way
    introduced = await _introduce(pool, actor, network, connection)
    if introduced is not None:
        return introduced
    text_id = f"console-{actor.workspace_id}-{uuid4().hex}"
    told = {
        "from": sender.number,
        "to": line.number,
        "body": wanted.body,
        "media": list(wanted.media),
        "id": text_id,
        "hook_token": connection.hook_token,
    }
    answer = await network.carrier.ask("POST", "/texts", told)
    if answer.status == 0:
        return conflict("", "away", AWAY)
    if answer.status != 200:
        why = answer.told.get("status") or answer.status
        sentence = f"The text did not come in: Sayso’s door answered {why}. It stands in the server’s log."
        return conflict("", "not_taken", sentence)
    change = audit.Change("texted", "telephone", sender.number, None, {"id": text_id, "line_id": line.id})
    async with transaction(pool, actor) as conn:
        await record(conn, actor, change)
    return text_id


async def _introduce(
    pool: Pool, actor: Actor, network: Network, connection: ProviderConnection
) -> Refused | None:
    """Tell the carrier what signs the connection's callbacks, as a customer tells a provider."""
    async with pools.workspace(pool, actor.workspace_id, operator=True) as conn:
        sealed = await connections.sealed_secrets(conn, connection.id)
    try:
        secrets = open_sealed(network.vault_key, sealed)
    except VaultError:
        told = (
            "The secrets of this line’s connection cannot be opened. Whoever runs this server can mend that."
        )
        return conflict("", "sealed", told)
    told_carrier = {name: secrets.get(name, "") for name in ("webhook_secret", "api_token")}
    answer = await network.carrier.ask("PUT", f"/connections/{quote(connection.hook_token)}", told_carrier)
    return None if answer.status == 200 else conflict("", "away", AWAY)


def _behaviour(setting: Setting) -> Mapping[str, object]:
    """The setting as the carrier is told it: a telephone that is off gets nothing, and receipts say so."""
    if not setting.on:
        return {"delay_ms": 0, "loss": 1, "receipts": setting.receipts}
    return {"delay_ms": setting.delay_ms, "loss": setting.loss, "receipts": setting.receipts}


def _shown(telephone: Telephone, told: Mapping[str, Any]) -> Shown:
    own = told.get("behaviour") or {}
    off = own.get("loss") == 1
    setting = Setting(
        on=not off,
        delay_ms=int(own.get("delay_ms", 0)),
        loss=0.0 if off else float(own.get("loss", 0)),
        receipts=str(own.get("receipts", "on")),
    )
    return Shown(telephone, setting, tuple(told.get("messages", ())))
