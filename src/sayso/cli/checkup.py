"""What `doctor` looks at: each finding a sentence, with what to do where something is wrong."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from sayso import settings
from sayso.cli.checkup_standing import standing
from sayso.cli.errors import CommandError
from sayso.cli.finding import Finding, State
from sayso.cli.house import demand_home
from sayso.cli.printing import counted
from sayso.cli.proving import warned
from sayso.engine.leases import LENGTH
from sayso.serve.database import opened
from sayso.serve.keys import unopened
from sayso.serve.readiness import is_ready
from sayso.settings import Settings, is_loopback, written
from sayso.storage import health
from sayso.storage.embedded import EmbeddedError, HomeInUseError
from sayso.storage.health import Health, SetAside, Transaction
from sayso.storage.migrate import latest
from sayso.storage.standing import look as standing_of

MEGABYTE = 1_000_000
LATE_SECONDS = 60
OLD_SECONDS = 60


def look() -> list[Finding]:
    """Look at everything that this machine shows; raises SettingsError alone."""
    told = settings.read(os.environ)
    found = [Finding("settings", "ok", "Every setting can be read.")]
    found += _machine(told)
    try:
        demand_home(told)
    except CommandError as fault:
        return [*found, Finding("database", "fail", str(fault))]
    now = datetime.now(UTC)
    try:
        with opened(told) as database:
            seen = asyncio.run(health.look(database.databases.url, now))
            found += _current(database.databases.url, told, seen, now)
    except HomeInUseError:
        return [*found, Finding("database", "fail", _not_ready(told))]
    except EmbeddedError as fault:
        return [*found, Finding("database", "fail", str(fault))]
    except health.UnreachableError as fault:
        return [*found, Finding("database", "fail", str(fault))]
    return [*found, _promise(seen)]


def _current(url: str, told: Settings, seen: Health, now: datetime) -> list[Finding]:
    """What is only asked of a database of this version, and what is of any."""
    if seen.newest_step != latest():
        return [*_database(seen, now), *_work(seen)]
    stands = asyncio.run(standing_of(url, now))
    restored = any(pause.resource == "all" for pause in seen.pauses)
    about = list(standing(stands, restored=restored))
    return [*_secrets(url, told), *_database(seen, now), *_work(seen), *about]


def _not_ready(told: Settings) -> str:
    return (
        f"A Sayso runs in {told.home}, but its database takes no connections: it is starting, ending, or was "
        f"lost and is being started again. Look again in a minute; if it stays so, "
        f"{told.home / 'database' / 'log'} says why."
    )


def _secrets(url: str, told: Settings) -> Iterator[Finding]:
    if closed := unopened(told, url):
        yield Finding("secret key", "fail", closed)
    else:
        yield Finding("secret key", "ok", "It opens every secret that is stored.")
    # Without a key none may be made here, and every callback is refused.
    named = asyncio.run(warned(url, settings.secret_key(told))) if settings.has_key(told) else []
    for name, sentence in named:
        yield Finding("callbacks", "warn", f"{name}: {sentence}")


def _machine(told: Settings) -> Iterator[Finding]:
    if is_ready(told.bind):
        yield Finding("doors", "ok", f"They answer at {told.local_url}.")
    else:
        sentence = (
            f"Nothing is ready at {written(told.bind)}. Start `sayso serve`; if it runs, its log says what "
            "it waits for."
        )
        yield Finding("doors", "warn", sentence)
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
        yield Finding(
            "partitions",
            "fail",
            f"Missing: {names}. What is of that month can't be stored. Run `sayso migrate`; `sayso serve` "
            "makes them by itself while its engine runs.",
        )
    else:
        yield Finding("partitions", "ok", "They reach into next month.")
    off = abs((seen.server.clock - now).total_seconds())
    if off > 30:
        told = f"The database's clock and this one differ by {off:.0f} s. Set both by NTP."
        yield Finding("clock", "fail", told)
    else:
        yield Finding("clock", "ok", "The database's clock and this one agree.")
    yield _oldest(seen.oldest_transaction)


def _oldest(oldest: Transaction | None) -> Finding:
    seconds = oldest.seconds if oldest else 0.0
    if oldest is None or seconds < OLD_SECONDS:
        return Finding("oldest transaction", "ok", f"{seconds:.0f} s: nothing holds the queues back.")
    told = (
        f"{oldest.who} (pid {oldest.pid}) has one open for {seconds:.0f} s, and that slows all queues "
        f"down. Unless it is a backup, which ends by itself, end it: `SELECT "
        f"pg_terminate_backend({oldest.pid})`, or with the embedded database `kill {oldest.pid}`."
    )
    return Finding("oldest transaction", "fail" if seconds > 10 * OLD_SECONDS else "warn", told)


def _engine(seen: Health) -> Finding:
    until, clock = seen.engine.until, seen.server.clock
    renewed = until - LENGTH if until else None
    if seen.engine.is_live and renewed:
        ago = max(0.0, (clock - renewed).total_seconds())
        return Finding("engine", "ok", f"One runs; it renewed its leases {ago:.0f} s ago.")
    told = f"None runs (last heard of at {renewed:%Y-%m-%d %H:%M:%S} UTC)." if renewed else "None runs."
    waiting = seen.waiting
    if waiting.texts or waiting.receipts or waiting.messages:
        sentence = f"{told} What waits is neither decided nor sent. Run `sayso serve` or `sayso work`."
        return Finding("engine", "fail", sentence)
    return Finding("engine", "warn", f"{told} Nothing waits. Run `sayso serve` or `sayso work`.")


def _queues(seen: Health) -> Finding:
    waiting = seen.waiting
    counts = (
        f"Waiting: {counted(waiting.texts, 'text')}, {counted(waiting.receipts, 'receipt')}, "
        f"{counted(waiting.messages, 'message')}"
    )
    ages = {
        "text": waiting.oldest_text_seconds or 0.0,
        "receipt": waiting.oldest_receipt_seconds or 0.0,
        "message": waiting.oldest_message_seconds or 0.0,
    }
    late = [f"the oldest {name} for {age:.0f} s" for name, age in ages.items() if age > LATE_SECONDS]
    if not late:
        return Finding("queues", "ok", f"{counts}.")
    told = f"{counts}; {', '.join(late)}."
    if max(ages["text"], ages["receipt"]) > LATE_SECONDS:
        remedy = (
            "See the line on the engine above: if none runs, start it; if one runs, its log says what fails."
        )
        return Finding("queues", "fail", f"{told} {remedy}")
    # Messages may rightly wait for their connection's pace.
    remedy = (
        "If a pause or an alarm below says why, do what it says; else the connection's pace "
        "(parts_per_second) is too slow for what is queued, or the engine's log names a provider that is "
        "out of reach."
    )
    return Finding("queues", "warn", f"{told} {remedy}")


def _work(seen: Health) -> Iterator[Finding]:
    yield _engine(seen)
    yield _queues(seen)
    if held := seen.waiting.quarantined:
        told = (
            f"{counted(held, 'callback')} with a bad signature: `sayso quarantine list` shows them. If "
            "they are your provider's, mend the connection's secrets (PUT /api/v1/connections/ID), and "
            "what then proves genuine comes in by itself; if they are not, `sayso quarantine empty`."
        )
        yield Finding("quarantine", "warn", told)
    for kind in seen.set_aside:
        yield Finding(kind.kind, "warn", _SET_ASIDE[kind.kind](kind))
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
        return Finding("promise", "fail", f"{told} {_SWITCH_ON}")
    kept = "After a kill or power cut nothing acknowledged is lost and nothing is sent twice."
    if server.has_standby:
        return Finding("promise", "ok", f"{kept} A failover to the synchronous standby keeps that too.")
    told = "There is no synchronous standby: after a failover or restore, opt-outs since then are missing."
    return Finding("promise", "ok", f"{kept} {told}")


_SWITCH_ON = (
    "Switch them on, as the superuser: `ALTER SYSTEM RESET fsync`, the same for the others, then "
    "`SELECT pg_reload_conf()`."
)
_SET_ASIDE: Mapping[str, Callable[[SetAside], str]] = {
    "unrouted": lambda found: (
        f"{counted(found.times, 'text')} with no line to go to, the newest because: {found.why} "
        "See `sayso unrouted`: give the number a line and decide them again, or settle them."
    ),
    "unreadable": lambda found: (
        f"{counted(found.times, 'callback')} that could not be read, the newest because: {found.why} "
        "`sayso unrouted` shows them; report the fault, then settle them there."
    ),
    "poison": lambda found: (
        f"{counted(found.times, 'text or receipt', 'texts or receipts')} that could not be decided, "
        f"the newest because: {found.why} See `sayso unrouted`, and report the fault."
    ),
}
