"""What Sayso counts about itself, for Prometheus: every process adds, any web worker tells the sum."""

import os
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from sayso.observe.counting import DIRECTORY, once_committed

__all__ = ["Metric", "Seen", "count_messages", "gauge", "render", "requests"]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

requests = Counter("sayso_requests", "Requests answered, by door and status class", ["door", "status"])
callbacks = Counter(
    "sayso_callbacks",
    "Callbacks answered, by what they tell of, provider, and result; repeats count again",
    ["kind", "provider", "result"],
)
texts = Counter("sayso_texts", "Texts decided, by outcome; on a shared code one a workspace", ["outcome"])
messages = Counter(
    "sayso_messages", "What became of messages: every step of their history, by status", ["status"]
)
store_seconds = Histogram(
    "sayso_text_store_seconds",
    "From a text's arrival at a door to its flush; the slowest of each batch decided",
    buckets=_SECONDS,
)
decide_seconds = Histogram(
    "sayso_text_decide_seconds",
    "From a text's arrival at a door to its decision; the slowest of each batch decided",
    buckets=_SECONDS,
)
_COUNTED = (requests, callbacks, texts, messages, store_seconds, decide_seconds)


class Seen:
    """What was read of the database at one moment, as metrics beside the counted ones."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        """As the library asks for them."""
        return self._metrics


def gauge(
    name: str, told: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> Metric:
    """One figure that goes up and down, with a value for each set of labels."""
    family = GaugeMetricFamily(name, told, labels=labels)
    for said, value in values:
        family.add_metric(said, value)
    return family


def render(seen: Seen | None = None) -> bytes:
    """The metrics page: what all processes counted together, and what was `seen`."""
    registry = CollectorRegistry()
    if os.environ.get(DIRECTORY):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for counted in _COUNTED:
            registry.register(counted)
    if seen is not None:
        registry.register(seen)
    return generate_latest(registry)


def count_messages(steps: Mapping[str, int]) -> None:
    """Count steps of messages by status, once the transaction that takes them is committed."""

    def count() -> None:
        for status, times in steps.items():
            if times > 0:
                messages.labels(status).inc(times)

    once_committed(count)
