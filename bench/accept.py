"""How many callbacks a second the doors take, durably and once, beside the ceiling of the same machine.

    python -m bench.accept [--seconds 8] [--rounds 2] [--connections 64] [--unsigned]

Door and ceiling are measured in turn, in one run on one database: neighbours move absolute rates, the ratio
holds. Prints one line of JSON a figure.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench import ceiling_accept
from sayso import settings
from sayso.storage.databases import Databases
from sayso.storage.embedded import Embedded
from sayso.storage.migrate import migrate
from sayso.storage.vault import seal

GOAL_PER_SECOND, GOAL_RATIO, GOAL_P99_MS = 9_000, 0.7, 40
TOKEN = "bench-" + "t" * 40
WORKERS = settings.read({}).workers
"""As many as the server starts on such a machine."""


def main() -> int:
    """Measure, print, and say by the exit code whether the goals were met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--unsigned", action="store_true")
    told = parser.parse_args()
    secret = "" if told.unsigned else secrets.token_urlsafe(24)
    key = secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as home, Embedded(Path(home)) as databases:
        prepare(databases, key, secret)
        environment = {
            "BENCH_DATABASE_URL": databases.url,
            "BENCH_OWNER_URL": databases.owner_url,
            "BENCH_SECRET_KEY": key,
        }
        doors, ceilings = [], []
        for _ in range(told.rounds):
            ceilings.append(measure("bench.ceiling_accept:app", environment, told, secret))
            doors.append(measure("bench.accept_door:app", environment, told, secret))
        accepted = sum(run["statuses"].get("200", 0) for run in doors)
        stored = count(databases)
    return report(doors, ceilings, accepted, stored)


def prepare(databases: Databases, key: str, secret: str) -> None:
    """Make the schema, one connection, and the ceiling's tables."""
    migrate(databases.owner_url, login_role=databases.login)
    with psycopg.connect(databases.owner_url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO sayso.connections (name, kind, secrets, hook_token, parts_per_second) "
            "VALUES ('bench', 'simulator', %s, %s, 100)",
            (seal(key, {"webhook_secret": secret} if secret else {}), TOKEN),
        )
        for table in ceiling_accept.TABLES:
            owner.execute(table)


def measure(application: str, environment: dict[str, str], told: argparse.Namespace, secret: str) -> dict:
    """Serve the application as the server would, load it from a process of its own, stop it."""
    with served(application, environment) as port:
        client = [
            sys.executable,
            "-m",
            "bench.accept_client",
            f"--port={port}",
            f"--path=/hooks/{TOKEN}/inbound",
        ]
        client += [f"--secret={secret}", f"--seconds={told.seconds}", f"--connections={told.connections}"]
        finished = subprocess.run(client, check=True, stdout=subprocess.PIPE, text=True)
    measured = json.loads(finished.stdout)
    print(json.dumps({"application": application, **measured}), file=sys.stderr)
    return measured


@contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[int]:
    """Served as the product is, on a free port, until it answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bench.accept_server", application, str(port), str(WORKERS)]
    server = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        deadline = time.monotonic() + 20
        while not answers(port):
            if time.monotonic() > deadline or server.poll() is not None:
                raise RuntimeError(f"{application} did not start")
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def answers(port: int) -> bool:
    """Whether requests are answered there; a port listens before its workers do."""
    try:
        for _ in range(4 * WORKERS):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/hooks/ready/inbound")
            connection.getresponse().read()
            connection.close()
    except (OSError, http.client.HTTPException):
        return False
    return True


def count(databases: Databases) -> int:
    """How many texts stand raw, deduplicated and queued; the three must agree."""
    with psycopg.connect(databases.owner_url) as owner:
        counted = owner.execute(
            "SELECT (SELECT count(*) FROM sayso.callbacks), (SELECT count(*) FROM sayso.callback_refs), "
            "(SELECT count(*) FROM sayso.inbound_queue)"
        ).fetchone()
    assert counted is not None and len(set(counted)) == 1, counted
    return int(counted[0])


def report(doors: list[dict], ceilings: list[dict], accepted: int, stored: int) -> int:
    """Print the two figures; 1 where a goal is missed or an answer was not 200."""
    value = round(statistics.mean(run["per_second"] for run in doors))
    ceiling = round(statistics.mean(run["per_second"] for run in ceilings))
    p99 = max(run["p99_ms"] for run in doors)
    ratio = round(value / ceiling, 2)
    clean = all(set(run["statuses"]) == {"200"} for run in doors + ceilings) and stored >= accepted
    rate = {
        "bench": "inbound.accept",
        "value": value,
        "unit": "callbacks/s",
        "ceiling": ceiling,
        "ratio": ratio,
    }
    rate |= {"goal": GOAL_PER_SECOND, "goal_ratio": GOAL_RATIO, "accepted": accepted, "stored": stored}
    wait = {"bench": "inbound.accept_p99", "value": p99, "unit": "ms", "goal": GOAL_P99_MS}
    wait |= {"p50": statistics.median(run["p50_ms"] for run in doors)}
    wait |= {"ceiling": max(run["p99_ms"] for run in ceilings)}
    print(json.dumps(rate))
    print(json.dumps(wait))
    return 0 if clean and value >= GOAL_PER_SECOND and ratio >= GOAL_RATIO and p99 < GOAL_P99_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
