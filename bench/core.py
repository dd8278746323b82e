"""How many decisions and segment counts a second one core makes; nothing is stored.

    python -m bench.core [--seconds 5]

The texts are what customers write, one in ten an opt-out; the sender has a profile and was texted before.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from sayso.core.inbound import decide
from sayso.core.lines import LineRecord, Listening, NumberRecord, WorkspaceWords, build_line, build_number
from sayso.core.messages import InboundText, Known, Number, Process, Profile, Texted
from sayso.core.segments import count

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXTS = (
    "When does the shop open on saturday please?",
    "Thanks a lot, got it",
    "please cancel my order",
    "Where is my parcel 12345? It should be here by now",
    "ok",
    "yes I want two of those",
    "Hello! Can I return the red one, it is too small",
    "merci beaucoup, à bientôt",
    "Is the blue one still in stock at your shop?",
    "STOP",
)
MESSAGES = (
    "Little Fern: 20% off all prams until Sunday. Show this text or order at frn.li/p. STOP ends it.",
    "Your parcel 4711 is on its way and comes tomorrow between 9:00 and 11:00. Track it here: frn.li/t/4711",
    "Bonjour Amélie, votre commande est prête jusqu'à samedi, 18 h. Répondez STOP pour arrêter.",
    "Hi Sam \U0001f600 your table for four at eight is booked. Text back to change anything at all",
)


def main() -> int:
    """Measure for a while, print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    seconds = parser.parse_args().seconds
    number, known = house()
    texts = [
        InboundText(n, 1, 12025550143, "+12025550143", "+12025550100", body, NOW, NOW)
        for n, body in enumerate(TEXTS)
    ]
    say(
        "core.decisions",
        "decisions/s",
        100_000,
        rate(lambda text: decide(text, number, known), texts, seconds),
    )
    say("core.segments", "counts/s", 400_000, rate(count, MESSAGES, seconds))
    return 0


def house() -> tuple[Number, Known]:
    """A long code with both processes, custom words and terms, and a sender who is known."""
    stop = Process(1, "unsubscribe", "Stop", messages={"en": "You are out."})
    listening = (
        Listening(stop, ("genug", "basta")),
        Listening(Process(2, "help", "Help", messages={"en": "Help."})),
    )
    record = NumberRecord(1, 1, "12025550100", "long_code", "US")
    words = WorkspaceWords(terms=("leave me alone", "no more"), rejects=("promotions",))
    number = build_number(record, [(build_line(record, LineRecord(1, 1), listening, words), listening)])
    sent = Texted(1, 1, 11, 5, transactional=False, at=NOW - timedelta(hours=3))
    return number, Known(profiles=(Profile(1, 11, "en"),), texted=(sent,))


def rate(work: Callable[..., object], things: Iterable[object], seconds: float) -> float:
    """How often a second of processor time the work is done, in rounds of a thousand."""
    endless = itertools.cycle(things)
    done, began = 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        for thing in itertools.islice(endless, 1_000):
            work(thing)
        done += 1_000
    return done / spent


def say(bench: str, unit: str, goal: int, value: float) -> None:
    """One line of JSON."""
    megabytes = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(
        json.dumps({"bench": bench, "value": round(value), "unit": unit, "goal": goal, "rss_mb": megabytes})
    )


if __name__ == "__main__":
    raise SystemExit(main())
