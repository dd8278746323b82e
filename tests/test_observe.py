"""Logs tell what happened, and neither numbers nor what people wrote."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from sayso.observe import logs, metrics
from sayso.observe.counting import clear, committed, counters, once_committed
from sayso.observe.masking import mask, masked_text
from sayso.observe.trouble import Seldom, Trouble
from sayso.serve.answered import MOST_PATHS, Answered


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


@pytest.mark.parametrize(
    "before",
    [
        "/join/",
        "/sign-in/forgotten/1/",
        "https://x.example/hooks/",
        "/sign-in/?next=%2Fjoin%2F",
        "/l/",
        "/u/",
    ],
)
def test_links_that_open_something_are_cut(lines: io.StringIO, before: str) -> None:
    token = "k3-_" + "x" * 39
    logging.getLogger("django.server").warning("Unprocessable Entity: %s/inbound", before + token)
    assert token not in lines.getvalue()
    assert json.loads(lines.getvalue())["event"].endswith(f"{before}…/inbound")


def test_masking_reaches_into_what_is_nested() -> None:
    line = {"messages": [{"to": 447700900123, "text": "hi"}], "because": {"phone": "12025550143"}}
    assert mask(None, "info", line) == {
        "messages": [{"to": "447…23", "text": "(2 characters)"}],
        "because": {"phone": "120…43"},
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("It went to +447700900123.", "It went to +44…23."),
        ("447700900123: stop", "447…23: stop"),
        ("from tel:+447700900123-", "from tel:+44…23-"),
        ("/contacts?phone=%2B447700900123&x", "/contacts?phone=%2B447…23&x"),
        ("+44 7700 900123, +1 (202) 555-0143", "+44…23, +1 …43"),
    ],
)
def test_a_number_is_masked_however_it_stands_in_a_sentence(said: str, told: str) -> None:
    assert masked_text(said) == told


def test_an_api_key_is_not_told() -> None:
    assert masked_text(f"Bearer sayso_{'k' * 43} of sayso_text_store_seconds") == (
        "Bearer sayso_… of sayso_text_store_seconds"
    )


def test_of_a_row_that_the_database_refuses_only_what_is_wrong_is_told(lines: io.StringIO) -> None:
    said = (
        'null value in column "id"\nDETAIL:  Failing row contains (7, ada@club.example,\nI am ill, stop).\n'
        "HINT:  Look at it."
    )
    refused = ValueError(said)
    logging.getLogger("x").error("a row cannot be stored: %r", refused, exc_info=refused)
    told = lines.getvalue()
    assert "ada@club" not in told
    assert "I am ill" not in told
    assert 'null value in column \\"id\\"' in told
    assert told.count("HINT:  Look at it.") == 2


@pytest.mark.parametrize(
    "kept",
    [
        "12345678.5",
        "0.12345678",
        "12345678-1234-4abc-8def-0123456789ab",
        "29931391394250818",
        "2026-11-22T01:46:57",
        "port 8080",
        "11221",
        "127.0.0.1:18080",
        "a1b2c3d4e5f6",
    ],
)
def test_what_is_no_number_is_left_alone(kept: str) -> None:
    assert masked_text(kept) == kept


def test_the_metrics_page_counts_requests() -> None:
    metrics.requests.labels("api", "2xx").inc()
    assert 'sayso_requests_total{door="api",status="2xx"}' in metrics.render().decode()


@dataclass
class Clock:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def events(lines: io.StringIO) -> list[str]:
    told = [json.loads(line)["event"] for line in lines.getvalue().splitlines()]
    lines.seek(0)
    lines.truncate()
    return told


def test_trouble_is_said_when_it_begins_each_minute_and_when_it_is_over(lines: io.StringIO) -> None:
    clock = Clock()
    trouble = Trouble("the well is dry", clock)
    for second in range(61):
        clock.at = second
        for who in ("one", "another"):
            trouble.note(who, OSError("no water"))
    assert events(lines) == [
        "the well is dry (one): OSError: no water",
        "the well is dry, since 60 s (one): OSError: no water",
    ]
    clock.at = 90
    trouble.over("one")
    assert events(lines) == []
    trouble.over("another")
    assert events(lines) == ["over: the well is dry; it lasted 90 s"]
    trouble.over("another")
    assert events(lines) == []


def test_who_ended_in_the_midst_of_trouble_does_not_keep_it_going(lines: io.StringIO) -> None:
    trouble = Trouble("the well is dry", Clock())
    for who in ("one", "another"):
        trouble.note(who, OSError("no water"))
    trouble.forget("one")
    trouble.over("another")
    assert events(lines)[-1] == "over: the well is dry; it lasted 0 s"


def test_a_line_that_would_come_with_each_request_comes_once_a_minute_and_counts(lines: io.StringIO) -> None:
    clock = Clock()
    logger = logging.getLogger("only.for.this.test")
    logger.addFilter(Seldom(clock))
    for number in range(5):
        logger.error("row %s is not stored", number)
    logger.error("something else")
    clock.at = 60
    logger.error("row %s is not stored", 6)
    assert events(lines) == [
        "row 0 is not stored",
        "something else",
        "row 6 is not stored (and 4 more like this since the last time)",
    ]


@pytest.mark.parametrize("name", ["sayso.ingest.gather", "django.request", "sayso.api.away"])
def test_what_repeats_in_an_outage_is_seldom(lines: io.StringIO, name: str) -> None:
    for _ in range(3):
        logging.getLogger(name).warning("again")
    assert events(lines) == ["again"]


def test_what_is_rolled_back_is_not_counted() -> None:
    counted: list[str] = []
    with pytest.raises(ValueError, match="no"), committed():
        once_committed(lambda: counted.append("lost"))
        raise ValueError("no")
    with committed():
        once_committed(lambda: counted.append("kept"))
        assert counted == []
    once_committed(lambda: counted.append("alone"))
    assert counted == ["kept", "alone"]


def test_a_new_start_forgets_what_ended_and_keeps_what_still_counts(tmp_path: Path) -> None:
    place = counters(tmp_path)
    (place / "counter_999999999.db").touch()
    (place / f"counter_{os.getpid()}.db").touch()
    clear(place)
    assert [file.name for file in place.iterdir()] == [f"counter_{os.getpid()}.db"]


def test_strangers_who_invent_addresses_fill_no_memory_and_no_labels() -> None:
    answered = Answered()

    async def send(_message: object) -> None:
        """Nothing."""

    for number in range(MOST_PATHS * 2):
        asyncio.run(_once(answered.watching(f"/hooks/{number}/inbound", send)))
    assert len(answered._counts) == MOST_PATHS + 1
    answered.tell()
    assert answered._counts == {}
    page = metrics.render().decode()
    told = 'sayso_callbacks_total{kind="inbound",provider="unknown",result="unknown_address"}'
    assert told in page
    assert "/hooks/" not in page


async def _once(send: Any) -> None:
    await send({"type": "http.response.start", "status": 404})
