"""`kill -9` at random moments of a campaign: what is promised when machines fail, counted at the carrier.

    python -m bench.faults [--size 100000] [--kills 20] [--stops 1000] [--pace 2000] [--seed …]

Engines, web workers (the doors), the database and the whole tree are killed while a campaign goes out and its
recipients text STOP. The line says for each promise what was counted: nothing is sent twice, every planned
message is accounted for, a kill leaves at most a window unconfirmed, and no advertising leaves later than a
second after a block was committed. `value` is how many of these were broken. Needs what the tests need.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import psycopg
from tests.faults.killing import Victim, kill
from tests.running import Sayso, until

from bench.killed import Aftermath, Story, play
from bench.lines import say
from sayso.cli.demo_client import StoryError
from sayso.core import pacing
from sayso.serve.database import running_in

KILLED: tuple[Victim, ...] = ("engine", "worker", "postmaster", "engine", "tree", "serve")
ALLOWED = timedelta(seconds=1)


def main() -> int:
    """Kill, count, print a line; 1 where a promise was broken, 2 where the story broke off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--stops", type=int, default=1_000)
    parser.add_argument("--pace", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    told = parser.parse_args()
    victims = list(islice(cycle(KILLED), told.kills))
    random.Random(told.seed).shuffle(victims)
    story = Story(told.size, min(told.stops, told.size // 4), victims, told.seed, told.pace, patience=900)
    try:
        broken = played(story)
    except (AssertionError, StoryError) as error:
        print(f"the story did not come to its end: {error}", file=sys.stderr)
        return 2
    return 1 if broken else 0


def played(story: Story) -> list[str]:
    """Play it on a server of its own and print the line; which promises were broken."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as home, serving(Path(home)) as sayso:
        remember_commits(sayso)
        found = play(sayso, story)
        broken = promises(found, story)
        databases = running_in(sayso.home)
        assert databases is not None
        with psycopg.connect(databases.owner_url, autocommit=True) as owner:
            more = counted(found, story) | {"broken": broken, "seconds": round(time.monotonic() - began)}
            say(owner, "faults.campaign", len(broken), "promises broken", **more)
    return broken


@contextmanager
def serving(folder: Path) -> Iterator[Sayso]:
    """`sayso serve` with its database on a disk, unlike the tests’, until the block ends."""
    sayso = Sayso(folder / "home")
    try:
        sayso.start()
        yield sayso
    finally:
        sayso.close()


def remember_commits(sayso: Sayso) -> None:
    """Have the database remember when transactions were committed, from its next start on: after a kill."""
    sayso.rows("ALTER SYSTEM SET track_commit_timestamp = on")
    kill(sayso, "postmaster")
    # The doors may not have noticed yet.
    until("commits are remembered", lambda: remembers_commits(sayso))
    sayso.await_ready()


def remembers_commits(sayso: Sayso) -> bool:
    """Whether the database is there again, and does."""
    with suppress(psycopg.OperationalError, AssertionError):
        (found,) = sayso.rows("SELECT current_setting('track_commit_timestamp') = 'on' AS kept")
        return bool(found["kept"])
    return False


def promises(found: Aftermath, story: Story) -> list[str]:
    """Which promises were broken, in words."""
    unsure = found.became["unconfirmed"]
    kept = {
        "nothing is sent twice": not found.sent_twice,
        "no number is texted twice": not found.texted_twice,
        "every recipient is planned": found.planned.total() == story.recipients,
        "every planned message is accounted for": found.became.total() == found.planned.total(),
        "what the carrier took is what left": found.left - unsure <= len(found.sends) <= found.left,
        "a kill leaves at most a window unconfirmed": unsure <= allowed(story),
        "every STOP is a block": len(found.since) == story.stops,
        "no advertising a second after a block": not found.late(ALLOWED),
    }
    return [promise for promise, holds in kept.items() if not holds]


def allowed(story: Story) -> int:
    """How many messages may be unconfirmed."""
    return len(story.victims) * pacing.window(story.parts_per_second)


def counted(found: Aftermath, story: Story) -> dict[str, object]:
    """Each count that a promise is about."""
    return {
        "recipients": story.recipients,
        "kills": len(story.victims),
        "victims": {victim: story.victims.count(victim) for victim in sorted(set(story.victims))},
        "seed": story.seed,
        "stops": story.stops,
        "blocks": len(found.since),
        "duplicates": len(found.sent_twice),
        "numbers_texted_twice": len(found.texted_twice),
        "planned": found.planned.total(),
        "accounted": found.became.total(),
        "statuses": dict(sorted(found.became.items())),
        "taken_by_carrier": len(found.sends),
        "unconfirmed": found.became["unconfirmed"],
        "unconfirmed_allowed": allowed(story),
        "later_than_a_second_after_a_block": len(found.late(ALLOWED)),
    }


if __name__ == "__main__":
    sys.exit(main())
