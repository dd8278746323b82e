"""Past texts through keywords, or through a line as it is set up now (R14.4)."""

import asyncio
import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sayso.cli.errors import CommandError
from sayso.core.because import Because, Step, as_plain
from sayso.core.effects import Record
from sayso.core.inbound import decide
from sayso.core.keywords import Entry, Kind, Matcher
from sayso.core.messages import NOTHING_KNOWN, InboundText, Line, Number
from sayso.core.modes import MODES
from sayso.core.phones import address_key
from sayso.core.text import fold

Row = Mapping[str, str]
Asked = Callable[[Row], dict[str, Any]]
LONGEST_FIELD = 16_000_000


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
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
            reader = csv.DictReader(opened, restval="")
            columns = [name.strip().lower() for name in reader.fieldnames or ()]
            if "text" not in columns:
                raise CommandError(
                    f"{file} has no column `text`; its header is: {', '.join(columns) or 'empty'}."
                )
            reader.fieldnames = columns
            yield from reader
    except OSError as error:
        raise CommandError(f"{file} can't be read ({error.strerror}).") from error
    except csv.Error as error:
        raise CommandError(f"{file} is no CSV that can be read ({error}).") from error


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
        decision = decide(_text(row, number), number, NOTHING_KNOWN)
        found = next(
            (each for each in decision.effects if isinstance(each, Record) and each.line_id == line.id), None
        )
        if found is None:
            return _told(row, "none", None, None, decision.because)
        outcome = "none" if found.outcome == "empty" else found.outcome
        return _told(row, outcome, found.keyword, found.mode, found.because)

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


def _text(row: Row, number: Number) -> InboundText:
    at = _moment(row.get("received_at") or "")
    sender = row.get("from") or ""
    return InboundText(
        id=0,
        connection_id=number.connection_id,
        phone=address_key(sender, number.connection_id, number.country),
        sender=sender,
        recipient=row.get("to") or number.number,
        body=row["text"],
        provider_at=at,
        received_at=at,
    )


def _moment(written: str) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _told(row: Row, decision: str, keyword: str | None, mode: str | None, because: Because) -> dict[str, Any]:
    return {
        "text": row["text"],
        "decision": decision,
        "keyword": keyword,
        "mode": mode,
        "grade": None,
        "because": as_plain(because),
    }
