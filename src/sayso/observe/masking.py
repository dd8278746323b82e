"""Keeps telephone numbers, what people wrote and links that open something out of the logs."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

NUMBERS = frozenset({"phone", "number", "sender", "recipient", "to", "from", "telephone", "msisdn"})
TEXTS = frozenset({"body", "text", "message_text", "content", "raw"})
# Eight digits and more, standing alone, also at the end of a sentence or behind `tel:`: shorter ones are
# counts, ports and short codes; what goes on with letters, or with digits behind a point, is an id or a time.
_NUMBER = re.compile(r"(?:(?<=%2B)|(?<![\w-])(?<!\d[.:])\+?)[0-9]{8,15}(?!\w|-\w|[.:]\d)", re.IGNORECASE)
_SPACED = re.compile(r"\+[1-9][0-9]{0,2}(?:[ ().-]{1,2}[0-9]{1,8}){2,6}(?!\w)")

# Whoever has such an address may join, hand in callbacks, stop somebody's texts, set a password or pass for
# them; a page's failure tells its address.
_LINK = re.compile(
    r"((?:/|%2F)(?:join|hooks|u|l|forgotten(?:/|%2F)[\w.~-]+)(?:/|%2F))[\w.~-]+", re.IGNORECASE
)
_KEY = re.compile(r"\bsayso_[\w-]{40,}")
# With what is wrong PostgreSQL tells the row that it is wrong with.
_ROW = re.compile(
    r"(?:\b|(?<=\\n))(DETAIL|CONTEXT): .*?"
    r"(?=(?:\n|\\n)(?:DETAIL|HINT|CONTEXT|QUERY|LINE \d+):|\n+(?:During handling|The above exception)|\Z)",
    re.DOTALL,
)


def mask(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask one structured log line: a processor for structlog.

    What stands under a name of TEXTS is told by its length, under a name of NUMBERS by its ends; elsewhere
    every number of 8 to 15 digits is masked, what follows `/join/`, `/hooks/`, `/u/` and `/l/` in an address,
    API keys, and what PostgreSQL tells of a row that it refuses.
    """
    for name, value in line.items():
        line[name] = _masked(name, value)
    return line


def masked_number(number: str) -> str:
    """Keep the first three and the last two characters: `+44…23`; five and fewer are kept whole."""
    return number if len(number) <= 5 else f"{number[:3]}…{number[-2:]}"


def masked_text(text: str) -> str:
    """Mask telephone numbers inside a sentence, what opens something, and what stood in a refused row."""
    told = _KEY.sub("sayso_…", _LINK.sub(r"\1…", _ROW.sub(r"\1: [not kept]", text)))
    for numbers in (_NUMBER, _SPACED):
        told = numbers.sub(lambda found: masked_number(found.group()), told)
    return told


def _masked(name: str, value: Any) -> Any:
    if name in TEXTS and isinstance(value, str | bytes):
        return f"({len(value)} {'characters' if isinstance(value, str) else 'bytes'})"
    if name in NUMBERS and isinstance(value, str | int):
        return masked_number(str(value))
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        return {key: _masked(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(name, item) for item in value]
    return value
