"""What an operator sees of a whole Sayso: its figures, and what it says and answers while the database is "
"away."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.doors.served import Got, get
from tests.faults.test_away import away, below, hanging, texted
from tests.journeys.shop import Shop, open_shop, telephone
from tests.running import Sayso, post, serving, until

pytestmark = [pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def sayso() -> Iterator[Sayso]:
    with serving(SAYSO_LOG="json") as running:
        yield running


@pytest.fixture(scope="module")
def shop(sayso: Sayso) -> Shop:
    return open_shop(sayso, sayso.workspace("Fern & Co"))


def figures(sayso: Sayso) -> dict[str, float]:
    """The metrics page: every value by its name and labels."""
    page = get(sayso.url + "/metrics").body.decode()
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def lines(sayso: Sayso, process: str, after: int) -> list[dict[str, str]]:
    """What one kind of process logged after that many characters."""
    told = (line for line in sayso.said()[after:].splitlines() if line.startswith("{"))
    return [line for line in map(json.loads, told) if line.get("process") == process]


def begun(sayso: Sayso, after: int = 0) -> Counter[str]:
    """How often each kind of process said that it cannot reach the database, after that many characters."""
    return _told(sayso, after, r"the database cannot be reached \(.*")


def ended(sayso: Sayso, after: int = 0) -> Counter[str]:
    """How often each kind of process said that it can again."""
    return _told(sayso, after, r"over: the database cannot be reached; it lasted \d+ s")


def _told(sayso: Sayso, after: int, pattern: str) -> Counter[str]:
    return Counter(
        process
        for process in ("engine", "web")
        for line in lines(sayso, process, after)
        if re.fullmatch(pattern, line["event"])
    )


def test_the_figures_are_of_the_whole_server_whoever_is_asked(sayso: Sayso, shop: Shop) -> None:
    phones = [telephone() for _ in range(6)]
    for phone in phones:
        assert texted(shop, phone, f"figures-{phone}").status == 200
    for _ in range(3):
        assert post(sayso.hook(shop.connection, "inbound"), b"{}", {}).status == 403
    assert post(sayso.url + "/hooks/nobody/inbound", b"{}", {}).status == 404
    for phone in phones:
        shop.received(phone, "You are out.")
    taken = 'sayso_callbacks_total{kind="inbound",provider="simulator",result="taken"}'
    wanted = {
        taken: 6,
        'sayso_callbacks_total{kind="inbound",provider="simulator",result="quarantined"}': 3,
        'sayso_callbacks_total{kind="inbound",provider="unknown",result="unknown_address"}': 1,
        'sayso_texts_total{outcome="unsubscribe"}': 6,
        'sayso_messages_total{status="queued"}': 6,
        'sayso_messages_total{status="sent"}': 6,
        'sayso_messages_total{status="delivered"}': 6,
        'sayso_alarms{code="bad_signature"}': 1,
        'sayso_alarm_times{code="bad_signature"}': 3,
        'sayso_queue_length{queue="quarantine"}': 3,
        'sayso_queue_length{queue="inbound"}': 0,
        "sayso_database_up": 1,
    }

    def differing() -> dict[str, tuple[float | None, float]]:
        # Several times, so that each worker is asked.
        pages = [figures(sayso) for _ in range(8)]
        return {
            name: (page.get(name), value)
            for page in pages
            for name, value in wanted.items()
            if page.get(name) != value
        }

    try:
        until("every worker tells the same, and all of it", lambda: not differing())
    except AssertionError as late:
        raise AssertionError(differing()) from late
    found = figures(sayso)
    assert found["sayso_text_store_seconds_count"] >= 1
    assert found["sayso_text_decide_seconds_count"] >= 1
    assert found["sayso_flush_rows"] >= 1
    assert found['sayso_requests_total{door="hooks",status="2xx"}'] >= 6


def test_what_a_killed_engine_counted_is_not_forgotten(sayso: Sayso, shop: Shop) -> None:
    stopped = 'sayso_texts_total{outcome="unsubscribe"}'
    before = figures(sayso).get(stopped, 0)
    shop.blocked(_stopped(shop))
    # Exactly this: what was counted before is shown until then, and would be taken for it.
    until("it is counted", lambda: figures(sayso).get(stopped) == before + 1)
    (engine,) = below(sayso, "sayso.cli.main work")
    os.kill(engine, signal.SIGKILL)
    shop.blocked(_stopped(shop))
    until("both engines' texts are counted", lambda: figures(sayso)[stopped] == before + 2)


# A door that does not know waits for ten seconds, and a pool whose tries drift apart for minutes. These are
# as much as tells them apart, because a busy machine is slow, not wrong.
SOON, AT_ONCE = 9.5, 30.0


@contextmanager
def timed(most: float) -> Iterator[None]:
    """No longer than this."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < most, f"it took {time.monotonic() - began:.1f} s"


WORKERS = 2
"""Of the web server. Which of them answers a request nobody can say: what each knows stands in the log."""


def ask_api(sayso: Sayso, shop: Shop) -> Got:
    return get(sayso.url + "/api/v1/blocks", Authorization=f"Bearer {shop.client.key}")


@pytest.mark.parametrize("trouble", [away, hanging])
def test_who_asks_while_the_database_is_away_is_told_so_soon_and_served_at_once_when_it_is_back(
    sayso: Sayso, shop: Shop, trouble: Callable[[Sayso], contextmanager[None]]
) -> None:
    assert ask_api(sayso, shop).status == 200
    until("whatever was said to begin is over", lambda: begun(sayso) == ended(sayso))
    after = len(sayso.said())
    with trouble(sayso):
        # The first ones come before anybody knows.
        with timed(SOON):
            assert ask_api(sayso, shop).status == 503
        with timed(SOON):
            assert get(sayso.url + "/sign-in/").status == 503
        until("every worker knows", lambda: begun(sayso, after)["web"] == WORKERS)
        for _ in range(6):
            api = ask_api(sayso, shop)
            with timed(SOON):
                page = get(sayso.url + "/sign-in/")
            assert (api.status, page.status) == (503, 503)
            assert api.headers["content-type"] == "application/problem+json"
            assert "database cannot be reached" in json.loads(api.body)["detail"]
            assert b"Nothing was changed" in api.body  # without a try at the database: nothing to time
            assert "reach its database" in page.body.decode()
            assert "/static/" in page.body.decode()
            assert (api.headers["retry-after"], page.headers["retry-after"]) == ("5", "5")
        # What is shown is looked at every five seconds.
        until("the figures say so", lambda: figures(sayso)["sayso_database_up"] == 0)
        assert get(sayso.url + "/api/v1/openapi.json").status == 200
    sayso.await_ready()
    with timed(AT_ONCE):
        until("every worker knows that it is back", lambda: ended(sayso, after)["web"] == WORKERS)
    for _ in range(6):
        assert (ask_api(sayso, shop).status, get(sayso.url + "/sign-in/").status) == (200, 200)


def test_an_outage_is_said_when_it_begins_and_when_it_is_over_and_not_each_second(
    sayso: Sayso, shop: Shop
) -> None:
    shop.blocked(_stopped(shop))
    until("whatever was said to begin is over", lambda: begun(sayso) == ended(sayso))
    after = len(sayso.said())
    with away(sayso):
        # Time is what is tested: longer than leases last, and than every stage needs to fail several times.
        time.sleep(12)
        for _ in range(20):
            ask_api(sayso, shop)
            get(sayso.url + "/sign-in/")
    sayso.await_ready()
    once = {"engine": 1, "web": WORKERS}
    until("the engine and both workers say that it is over", lambda: ended(sayso, after) == once)
    assert begun(sayso, after) == once
    for process, count in once.items():
        told = [line["event"] for line in lines(sayso, process, after)]
        assert len(told) <= 6 * count, told
        assert not [line for line in lines(sayso, process, after) if "exception" in line]
    shop.blocked(_stopped(shop))


def _stopped(shop: Shop) -> str:
    phone = telephone()
    assert texted(shop, phone, f"m-{phone}").status == 200
    return phone


def test_doctor_beside_a_sayso_whose_database_is_away_says_where_to_look(sayso: Sayso) -> None:
    with away(sayso):
        until("readiness says no", lambda: not sayso.is_ready())
        command = [sys.executable, "-m", "sayso.cli.main", "doctor"]
        done = subprocess.run(command, env=sayso.environ, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "✗ database: " in done.stdout, done.stdout
    assert "SAYSO_HOME elsewhere" not in done.stdout
    assert str(sayso.home / "database" / "log") in done.stdout or "See that it runs" in done.stdout
    assert (sayso.home / "database" / "log").exists()
    sayso.await_ready()
