"""A replay in steps: each request reads for less than a second, and keeps what it found for the next.

Nothing runs while nobody looks: the page that shows the progress is what goes on. What is kept (an uploaded
file's texts, the counts, the rows) lies in the shared cache for an hour, one replay a person and workspace.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.http import HttpRequest

from sayso.actions.past_texts import MOST_TEXTS, Uploaded, keyed
from sayso.actions.replays import SLICE, Plan, Readers, past_since, past_slice
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.replay.words import Row, as_csv, row
from sayso.core.replay import PastText, Tally
from sayso.storage.inbound_messages import Between

KEPT_SECONDS = 3_600
STEP_SECONDS = 0.7
SHOWN = 200
IN_FILE = 20_000
MONTH = timedelta(days=30)


@dataclass(slots=True)
class Run:
    """One replay, as far as it has come. `where` is the stretch left of past texts; None for a file."""

    token: str
    workspace_id: int
    plan: Plan
    began: datetime
    whole: Between | None
    where: Between | None
    uploaded: int = 0
    cut: int = 0
    left_out: bool = False
    read: int = 0
    tally: Tally = field(default_factory=Tally)
    rows: list[Row] = field(default_factory=list)
    pieces: int = 0
    in_file: int = 0
    done: bool = False
    stopped_at_most: bool = False

    @property
    def percent(self) -> int:
        """How far it has come: by texts of a file, by time of past ones."""
        if self.done:
            return 100
        if self.whole is None or self.where is None:
            return 100 * self.read // max(self.uploaded, 1)
        span = max(self.whole.last - self.whole.first, 1)
        return int(100 * (self.whole.last - self.where.last) / span)

    @property
    def since(self) -> datetime:
        """From when on past texts are read."""
        return self.began - MONTH


def begin(request: HttpRequest, plan: Plan, uploaded: Uploaded | None) -> Run:
    """A new replay of this person here, in place of a former one; nothing is read yet."""
    now = datetime.now(UTC)
    whole = (
        None if uploaded else demand(perform(request, past_since, now - MONTH, now + timedelta(minutes=1)))
    )
    run = Run(secrets.token_hex(8), request.place.workspace.id, plan, now, whole, whole)
    if uploaded:
        run.uploaded, run.cut, run.left_out = len(uploaded.texts), uploaded.cut, uploaded.left_out
        cache.set(_key(request, "texts"), uploaded.texts, KEPT_SECONDS)
    return run


def find(request: HttpRequest, token: str) -> Run | None:
    """This person's replay by its token; None where it is another one's, replaced, or an hour old."""
    run = cache.get(_key(request))
    return run if isinstance(run, Run) and secrets.compare_digest(run.token, token) else None


def go_on(request: HttpRequest, run: Run) -> None:
    """Read for a moment more, and keep what was found."""
    if run.done:
        return
    until = time.monotonic() + STEP_SECONDS
    readers = Readers(run.plan)
    found: list[Row] = []
    for texts in _slices(request, run):
        found += _read(run, readers, texts)
        if time.monotonic() > until:
            break
    _keep(request, run, found)


def in_file(request: HttpRequest, run: Run) -> Iterator[str]:
    """The lines of the file of differences."""
    for piece in range(run.pieces):
        yield str(cache.get(_key(request, f"{run.token}-{piece}"), ""))


def _read(run: Run, readers: Readers, texts: Sequence[PastText]) -> list[Row]:
    found: list[Row] = []
    for text in texts:
        difference = run.tally.add(text, *readers.read(text))
        if difference is not None and run.in_file + len(found) < IN_FILE:
            found.append(row(difference))
    run.read += len(texts)
    return found


def _slices(request: HttpRequest, run: Run) -> Iterator[Sequence[PastText]]:
    """The texts that are left, a slice at a time; `run` is moved on before each is handed out."""
    if run.where is None:
        texts: tuple[PastText, ...] = cache.get(_key(request, "texts"), ())
        for start in range(run.read, len(texts), SLICE // 5):
            some = texts[start : start + SLICE // 5]
            run.done = start + len(some) >= len(texts)
            yield [keyed(text, run.plan.now.stored) for text in some]
        run.done = run.done or not texts
        return
    while not run.done and run.where is not None:
        found = demand(perform(request, past_slice, run.plan.line_id, run.where))
        run.where, run.done = found.rest, found.done
        room = MOST_TEXTS - run.read
        if len(found.texts) >= room:
            run.stopped_at_most, run.done = not found.done or len(found.texts) > room, True
        yield found.texts[:room]


def _keep(request: HttpRequest, run: Run, found: Sequence[Row]) -> None:
    run.rows += found[: SHOWN - len(run.rows)]
    if found:
        cache.set(_key(request, f"{run.token}-{run.pieces}"), as_csv(found), KEPT_SECONDS)
        run.pieces, run.in_file = run.pieces + 1, run.in_file + len(found)
    if run.done:
        cache.delete(_key(request, "texts"))
    cache.set(_key(request), run, KEPT_SECONDS)


def _key(request: HttpRequest, part: str = "run") -> str:
    return f"replay-{request.place.workspace.id}-{request.user.pk}-{part}"
