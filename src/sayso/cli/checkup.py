"""What `doctor` looks at: each finding a sentence, with what to do where something is wrong."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sayso import settings
from sayso.serve.database import opened
from sayso.serve.readiness import is_ready
from sayso.settings import Settings, is_loopback, written
from sayso.storage import health
from sayso.storage.embedded import EmbeddedError
from sayso.storage.health import Health
from sayso.storage.migrate import latest

State = Literal["ok", "warn", "fail"]
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: State
    sentence: str

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def look() -> list[Finding]:
    """Look at everything that this machine shows; raises SettingsError alone."""
    told = settings.read(os.environ)
    found = [Finding("settings", "ok", "Every setting can be read.")]
    found += _machine(told)
    if not told.database_url and not (told.home / "database").exists():
        return [*found, Finding("database", "fail", f"There is none in {told.home} yet. Run `sayso serve`.")]
    now = datetime.now(UTC)
    try:
        with opened(told) as database:
            seen = asyncio.run(health.look(database.databases.url, now))
    except EmbeddedError as fault:
        return [*found, Finding("database", "fail", str(fault))]
    except health.UnreachableError as fault:
        return [*found, Finding("database", "fail", str(fault))]
    return [*found, *_database(seen, now), *_work(seen), _promise(seen)]


def _machine(told: Settings) -> Iterator[Finding]:
    if is_ready(told.bind):
        yield Finding("doors", "ok", f"They answer at {told.local_url}.")
    else:
        yield Finding("doors", "warn", f"Nothing is ready at {written(told.bind)}. Is `sayso serve` running?")
    yield from _open_to_all(told)
    place = next(parent for parent in (told.home, *told.home.parents) if parent.exists())
    free = shutil.disk_usage(place).free / MEGABYTE
    state: State = "fail" if free < 200 else "warn" if free < 2_000 else "ok"
    more = "" if state == "ok" else " Make room: when it is full, the doors refuse and sending stops."
    yield Finding("disk", state, f"{free:,.0f} MB are free at {place}.{more}")


def _open_to_all(told: Settings) -> Iterator[Finding]:
    if not is_loopback(told.bind):
        sentence = (
            f"The doors listen on {written(told.bind)}, for other machines too. Put a proxy before them that"
            " speaks TLS and limits connections for each address (docs/exposure.md)."
        )
        yield Finding("bind", "warn", sentence)
    if not is_loopback(told.carrier_bind):
        sentence = (
            f"The simulated carrier listens on {written(told.carrier_bind)}, and it lets whoever reaches it"
            " text as anybody. Bind it to 127.0.0.1."
        )
        yield Finding("carrier bind", "warn", sentence)


def _database(seen: Health, now: datetime) -> Iterator[Finding]:
    yield Finding("database", "ok", f"PostgreSQL {seen.server.version} answers.")
    if seen.newest_step == latest():
        yield Finding("schema", "ok", f"It is at {latest()}, as this program.")
    else:
        told = f"It is at {seen.newest_step}, this program at {latest()}. Run `sayso migrate`."
        yield Finding("schema", "fail", told)
    if seen.partitions_missing:
        names = ", ".join(seen.partitions_missing)
        yield Finding("partitions", "fail", f"Missing: {names}. Run `sayso migrate`.")
    else:
        yield Finding("partitions", "ok", "They reach into next month.")
    off = abs((seen.server.clock - now).total_seconds())
    if off > 30:
        told = f"The database's clock and this one differ by {off:.0f} s. Set both by NTP."
        yield Finding("clock", "fail", told)
    else:
        yield Finding("clock", "ok", "The database's clock and this one agree.")
    yield _oldest(seen.oldest_transaction_seconds)


def _oldest(seconds: float) -> Finding:
    if seconds < 60:
        return Finding("oldest transaction", "ok", f"{seconds:.0f} s: nothing holds the queues back.")
    told = f"{seconds:.0f} s. Long ones ruin the queues: end it, and look what opened it (pg_stat_activity)."
    return Finding("oldest transaction", "fail" if seconds > 600 else "warn", told)


def _work(seen: Health) -> Iterator[Finding]:
    waiting = seen.waiting
    oldest = waiting.oldest_text_seconds or 0.0
    counts = f"{waiting.texts} texts, {waiting.receipts} receipts and {waiting.messages} messages wait"
    if oldest > 60:
        told = (
            f"{counts}; the oldest text for {oldest:.0f} s. Is an engine running (`sayso serve` or `work`)?"
        )
        yield Finding("queues", "fail", told)
    else:
        yield Finding("queues", "ok", f"{counts}.")
    if waiting.quarantined:
        told = f"{waiting.quarantined} callbacks with a bad signature. Mend the secret, then release them."
        yield Finding("quarantine", "warn", told)
    if waiting.unrouted:
        told = f"{waiting.unrouted} texts or callbacks that nobody could be found for wait for the operator."
        yield Finding("unrouted", "warn", told)
    for pause in seen.pauses:
        told = f"Sending stands still for {pause.resource} since {pause.since:%Y-%m-%d %H:%M}: {pause.why}"
        yield Finding("pause", "warn", told)
    for alarm in seen.alarms:
        yield Finding(
            "alarm", "warn", f"{alarm.sentence} ({alarm.code}, {alarm.subject}, {alarm.times} times)"
        )


def _promise(seen: Health) -> Finding:
    server = seen.server
    if not (server.fsync and server.full_page_writes and server.synchronous_commit != "off"):
        told = "NONE: fsync, full_page_writes or synchronous_commit is off, so a power cut loses opt-outs."
        return Finding("promise", "fail", f"{told} Switch them on.")
    kept = "After a kill or power cut nothing acknowledged is lost and nothing is sent twice."
    if server.has_standby:
        return Finding("promise", "ok", f"{kept} A failover to the synchronous standby keeps that too.")
    told = "There is no synchronous standby: after a failover or restore, opt-outs since then are missing."
    return Finding("promise", "ok", f"{kept} {told}")
