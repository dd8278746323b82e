"""Keeps telephone numbers, what people wrote and links that open something out of the logs."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

NUMBERS = frozenset({"phone", "number", "sender", "recipient", "to", "from", "telephone", "msisdn"})
TEXTS = frozenset({"body", "text", "message_text", "content", "raw"})
# Eight digits and more, standing alone: shorter ones are counts, ports and short codes.
_NUMBER = re.compile(r"(?<![\w.:-])\+?[0-9]{8,15}(?![\w.:-])")

# Whoever has such an address may join, hand in callbacks, stop somebody's texts, or pass for them; a page's
# failure tells its address.
_LINK = re.compile(r"((?:/|%2F)(?:join|hooks|u|l)(?:/|%2F))[\w.~-]+", re.IGNORECASE)


def mask(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask one structured log line: a processor for structlog.

    What stands under a name of TEXTS is told by its length, under a name of NUMBERS by its ends; elsewhere
    every run of 8 to 15 digits is masked, and what follows `/join/`, `/hooks/`, `/u/` and `/l/` in
    an address.
    """
    for name, value in line.items():
        line[name] = _masked(name, value)
    return line


def masked_number(number: str) -> str:
    """Keep the first three and the last two characters: `+44…23`; five and fewer are kept whole."""
    return number if len(number) <= 5 else f"{number[:3]}…{number[-2:]}"


def masked_text(text: str) -> str:
    """Mask every telephone number inside a sentence, and every link that opens something."""
    return _NUMBER.sub(lambda found: masked_number(found.group()), _LINK.sub(r"\1…", text))


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
