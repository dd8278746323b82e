"""What Sayso counts about itself, for Prometheus: every process adds, any web worker tells the sum."""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

# The library reads this when it is first imported; `serve` sets it for its children.
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

requests = Counter("sayso_requests", "Requests answered, by door and status class", ["door", "status"])


def render() -> bytes:
    """The metrics page: what all processes counted together."""
    registry = CollectorRegistry()
    if os.environ.get(DIRECTORY):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(requests)
    return generate_latest(registry)


def clear(directory: Path) -> None:
    """Forget what the processes of the last run counted; call before the first process of this one."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in directory.glob("*.db"):
        old.unlink(missing_ok=True)
