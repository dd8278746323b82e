"""Logs tell what happened, and neither numbers nor what people wrote."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from sayso.observe import logs, metrics
from sayso.observe.masking import mask, masked_text


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where the logs of this test go; everything is as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("json", process="test", stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_a_line_names_its_process_and_hides_people(lines: io.StringIO) -> None:
    structlog.get_logger("x").info("heard +447700900123", sender="+447700900123", body="stop it", count=3)
    told = json.loads(lines.getvalue())
    assert (told["event"], told["sender"], told["body"]) == ("heard +44…23", "+44…23", "(7 characters)")
    assert (told["process"], told["count"], told["level"]) == ("test", 3, "info")


def test_lines_of_libraries_come_out_the_same_way(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("no answer from %s", "447700900123")
    assert json.loads(lines.getvalue())["event"] == "no answer from 447…23"


def test_masking_reaches_into_what_is_nested() -> None:
    line = {"messages": [{"to": 447700900123, "text": "hi"}], "because": {"phone": "12025550143"}}
    assert mask(None, "info", line) == {
        "messages": [{"to": "447…23", "text": "(2 characters)"}],
        "because": {"phone": "120…43"},
    }


@pytest.mark.parametrize(
    "kept", ["2026-11-22T01:46:57", "port 8080", "11221", "127.0.0.1:18080", "a1b2c3d4e5f6"]
)
def test_what_is_no_number_is_left_alone(kept: str) -> None:
    assert masked_text(kept) == kept


def test_the_metrics_page_counts_requests() -> None:
    metrics.requests.labels("api", "2xx").inc()
    assert 'sayso_requests_total{door="api",status="2xx"}' in metrics.render().decode()
