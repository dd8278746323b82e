"""Past texts through keywords, or through a line as it is set up now (R14.4)."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sayso.actions import past_texts
from sayso.cli.errors import CommandError
from sayso.core import replay
from sayso.core.because import Because, Step, as_plain
from sayso.core.keywords import Entry, Kind, Matcher
from sayso.core.messages import Line, Number
from sayso.core.modes import MODES
from sayso.core.phones import address_key
from sayso.core.text import fold

Row = Mapping[str, str]
Asked = Callable[[Row], dict[str, Any]]


def asked(line: int | None, keywords: str | None, mode: str) -> Asked:
    """What answers each row; raises CommandError unless exactly one of line and keywords is given."""
    if (line is None) == (keywords is None):
        raise CommandError(
            "Give either --line ID or --keywords stop,arret: the texts are asked of one of them."
        )
    if keywords is not None:
        return _of_keywords(keywords, mode)
    return _of_line(line or 0)


def rows(file: Path) -> Iterator[Row]:
    """The rows of a CSV with a header; letters that are not UTF-8 become U+FFFD."""
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
            yield from past_texts.rows(opened, str(file))
    except OSError as error:
        raise CommandError(f"{file} can't be read ({error.strerror}).") from error
    except past_texts.UnreadableError as error:
        raise CommandError(str(error)) from error


def _of_keywords(written: str, mode: str) -> Asked:
    if mode not in MODES:
        raise CommandError(f"--mode is {mode!r}. Choose {', '.join(MODES)}.")
    words = [word.strip() for word in written.split(",") if fold(word).words]
    if not words:
        raise CommandError("--keywords names no word. Write them with commas between: --keywords stop,arret.")
    matcher = Matcher(Entry(word, MODES[mode], Kind.UNSUBSCRIBE, process_id=0) for word in words)

    def answer(row: Row) -> dict[str, Any]:
        match = matcher.find(fold(row["text"]))
        if match is None:
            because: Because = (Step("R4.12", "No keyword takes the text."),)
            return _told(row, "none", None, None, because)
        return _told(row, "unsubscribe", match.keyword, match.mode.name, (Step("R4.12", match.because),))

    return answer


def _of_line(line_id: int) -> Asked:
    number, line = asyncio.run(_find(line_id))

    def answer(row: Row) -> dict[str, Any]:
        sender = row.get("from") or ""
        key = address_key(sender, number.connection_id, number.country)
        at = past_texts.moment(row.get("received_at") or "", datetime.now(UTC))
        text = replay.PastText(key, sender, row["text"], at, row.get("to") or "")
        found = replay.read(text, number, line.id)
        return _told(row, found.outcome, found.keyword, found.mode, found.because)

    return answer


async def _find(line_id: int) -> tuple[Number, Line]:
    from sayso.cli.house import house
    from sayso.providers.catalogue import provider_answers
    from sayso.storage import setup
    from sayso.storage.pool import ENGINE, open_pool

    with house() as (_, databases):
        async with open_pool(databases.url, ENGINE, size=1) as pool, pool.connection() as conn:
            found = await setup.read(conn, provider_answers)
    for number in found.numbers.values():
        for line in number.lines:
            if line.id == line_id:
                return number, line
    known = sorted(line.id for number in found.numbers.values() for line in number.lines)
    raise CommandError(f"There is no line {line_id}. There are: {', '.join(map(str, known)) or 'none'}.")


def _told(row: Row, decision: str, keyword: str | None, mode: str | None, because: Because) -> dict[str, Any]:
    return {
        "text": row["text"],
        "decision": decision,
        "keyword": keyword,
        "mode": mode,
        "grade": None,
        "because": as_plain(because),
    }
