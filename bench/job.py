"""The whole inbound job on the whole product: callback to effects committed, against many contacts.

    python -m bench.job [--contacts 1000000] [--seconds 60] [--rate 500]

Three figures. `inbound.job`: texts decided a second while 64 connections text as fast as they are answered,
one in ten an opt-out, with the largest process's memory before and after. `inbound.decided`: the same from
stored callback to committed effects, fed by the doors' own statement: what is left when neither HTTP nor the
telephones' own processor time is part of it. `inbound.blocked_p99`: milliseconds from posting a STOP to its
block being visible, at a steady rate; the looking itself adds up to 2 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.memory import largest_mb
from sayso.cli import demo_world
from sayso.cli.demo_client import Client, eventually
from sayso.serve.database import running_in

GOAL_PER_SECOND, GOAL_P99_MS = 8_000, 60
# Ids begin with the time; a transaction may commit a second after it took its id.
LATE = 1_000 << 20


@dataclass(frozen=True, slots=True)
class House:
    """A running Sayso with the demo's sample workspaces."""

    home: Path
    port: int
    server: subprocess.Popen[bytes]
    owner: psycopg.Connection
    url: str
    token: str

    def count(self, what: str) -> int:
        """The one number that a query answers."""
        row = self.owner.execute(what).fetchone()  # type: ignore[call-overload]
        return int(row[0]) if row else 0


def main() -> int:
    """Measure both, print a line each; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", "--size", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=int, default=500)
    told = parser.parse_args()
    with running() as house:
        fill(house, told.contacts)
        waited = blocked(house, told)
        decide(house, told)
        rate = job(house, told)
    return 0 if waited < GOAL_P99_MS and rate >= GOAL_PER_SECOND else 1


@contextlib.contextmanager
def running() -> Iterator[House]:
    """`sayso serve` in a home of its own, furnished; ended in order."""
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
        home, (port, carrier) = Path(folder), free_ports(2)
        environ = {
            **os.environ,
            "SAYSO_HOME": folder,
            "SAYSO_BIND": f"127.0.0.1:{port}",
            "SAYSO_CARRIER_BIND": f"127.0.0.1:{carrier}",
        }
        server = subprocess.Popen([sys.executable, "-m", "sayso.cli.main", "serve"], env=environ)
        try:
            databases = eventually("the database is up", lambda: running_in(home), 60)
            eventually("Sayso is ready", lambda: is_ready(port), 60)
            fern, kids = (workspace(name, environ) for name in ("Little Fern", "Kids Corner"))
            base = f"http://127.0.0.1:{port}"
            world = demo_world.furnish(
                Client(base, fern), Client(base, kids), Client(f"http://127.0.0.1:{carrier}")
            )
            with psycopg.connect(databases.owner_url, autocommit=True) as owner:
                yield House(home, port, server, owner, databases.url, world["hook_token"])
        finally:
            server.terminate()
            server.wait(60)


def workspace(name: str, environ: dict[str, str]) -> str:
    """A workspace made on the command line; its key."""
    made = sayso(environ, "workspace", "create", name, "--country", "US")
    return str(sayso(environ, "apikey", "create", "--workspace", str(made["id"]), "--scopes", "*")["key"])


def sayso(environ: dict[str, str], *arguments: str) -> dict[str, object]:
    """One command of the product, and its JSON."""
    command = [sys.executable, "-m", "sayso.cli.main", *arguments, "--json"]
    return dict(json.loads(subprocess.run(command, env=environ, check=True, capture_output=True).stdout))


def is_ready(port: int) -> bool:
    """Whether the doors answer and the database behind them does."""
    from sayso.serve.readiness import is_ready as ask

    return ask(("127.0.0.1", port))


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]


def fill(house: House, contacts: int) -> None:
    """The telephones of the load as contacts of the first workspace."""
    house.owner.execute(
        "INSERT INTO sayso.contacts (workspace_id, phone, sms_consent) "
        "SELECT (SELECT min(id) FROM sayso.workspaces), 15550000000 + n, 'yes' "
        "FROM generate_series(0, %s) AS n",
        (contacts - 1,),
    )
    house.owner.execute("ANALYZE sayso.contacts")


def blocked(house: House, told: argparse.Namespace) -> float:
    """Milliseconds from posting a STOP to seeing its block, the 99th of a hundred, at a steady rate."""
    seen: dict[int, float] = {}
    over = threading.Event()

    def look() -> None:
        last = 0
        while not over.is_set():
            found = house.owner.execute(
                "SELECT id, phone FROM sayso.blocks WHERE id > %s", (last - LATE,)
            ).fetchall()
            now = time.time()
            for id_, phone in found:
                seen.setdefault(phone, now)
                last = max(last, id_)
            time.sleep(0.002)

    looker = threading.Thread(target=look)
    looker.start()
    sent = load(house, told.contacts, min(told.seconds, 20), "--rate", str(told.rate), "--log")
    posted = {int(phone): at for phone, at in sent["posted"].items()}
    eventually("every STOP is a block", lambda: len(seen) >= len(posted), 60)
    over.set()
    looker.join()
    waits = sorted((seen[phone] - at) * 1000 for phone, at in posted.items())
    p99 = round(waits[int(len(waits) * 0.99)], 1)
    say(
        house,
        "inbound.blocked_p99",
        p99,
        "ms",
        goal=GOAL_P99_MS,
        p50=round(waits[len(waits) // 2], 1),
        texts=len(waits),
    )
    return p99


def job(house: House, told: argparse.Namespace) -> float:
    """Texts decided a second while the doors take all they can."""
    memory = largest_mb(house.server.pid)
    before, began = decided(house), time.perf_counter()
    sent = load(house, told.contacts, told.seconds, "--connections", "64")
    done, took = decided(house) - before, time.perf_counter() - began
    backlog = house.count("SELECT count(*) FROM sayso.inbound_queue")
    eventually("the queue is empty", lambda: not house.count("SELECT count(*) FROM sayso.inbound_queue"), 300)
    rate = round(done / took)
    accepted = {"accepted_per_second": sent["per_second"], "backlog": backlog, "p99_ms": sent["p99_ms"]}
    say(house, "inbound.job", rate, "texts/s", goal=GOAL_PER_SECOND, rss_mb_before=memory, **accepted)
    return rate


def decide(house: House, told: argparse.Namespace) -> None:
    """Texts decided a second while there is always something to decide."""
    memory = largest_mb(house.server.pid)
    before, began = decided(house), time.perf_counter()
    command = [sys.executable, "-m", "bench.feed", f"--seconds={told.seconds}"]
    command += [f"--telephones={told.contacts}"]
    environ = {**os.environ, "BENCH_DATABASE_URL": house.url}
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL)
    done, took = decided(house) - before, time.perf_counter() - began
    eventually("the queue is empty", lambda: not house.count("SELECT count(*) FROM sayso.inbound_queue"), 300)
    say(house, "inbound.decided", round(done / took), "texts/s", rss_mb_before=memory)


def decided(house: House) -> int:
    """How many texts have their place in the ledger."""
    return house.count("SELECT count(*) FROM sayso.inbound_messages")


def load(house: House, telephones: int, seconds: float, *options: str) -> dict[str, object]:
    """Texts from a process of their own."""
    command = [sys.executable, "-m", "bench.accept_client", f"--port={house.port}"]
    command += [f"--path=/hooks/{house.token}/inbound", "--secret=demo", f"--seconds={seconds}"]
    command += [f"--telephones={telephones}", "--to=+12025550100", *options]
    return dict(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def say(house: House, bench: str, value: float, unit: str, **more: object) -> None:
    """One line of JSON, with what the database promised meanwhile."""
    promised = {
        name: house.owner.execute(f"SHOW {name}").fetchone()[0]  # type: ignore[index]
        for name in ("fsync", "synchronous_commit", "full_page_writes")
    }
    line = {
        "bench": bench,
        "value": value,
        "unit": unit,
        "rss_mb": largest_mb(house.server.pid),
        **promised,
        **more,
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
