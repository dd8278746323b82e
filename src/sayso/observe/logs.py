"""One kind of log line for every process: JSON for machines, a readable line on a terminal, both masked."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

from sayso.observe.masking import mask
from sayso.observe.trouble import Seldom

# What these tell, they would tell for each request while the database is away.
_SELDOM = ("sayso.ingest.gather", "sayso.api.away", "sayso.console.away", "django.request")


def configure(
    style: str = "auto", *, process: str, level: str = "info", stream: TextIO | None = None
) -> None:
    """Set up logging for this process; call once, before the first line.

    `style` is `json`, `console`, or `auto` (console where `stream` is a terminal). `process` names the
    process in every line; lines below `level` are left out. Lines of
    libraries that use the standard library come out the same way.
    """
    out = stream or sys.stderr
    readable = style == "console" or (style == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(_least(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(readable, process, shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_least(level))
    # These tell each request or each tick, at a level where only news belongs.
    for chatty in ("aiohttp.access", "asyncio", "httpx"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, _least(level)))
    # It warns of every try to connect; that the database is away is said by those who need it.
    logging.getLogger("psycopg.pool").setLevel(max(logging.ERROR, _least(level)))
    for name in _SELDOM:
        logging.getLogger(name).filters[:] = [Seldom()]


def _least(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]


def _formatter(readable: bool, process: str, shared: list[Processor]) -> logging.Formatter:
    def name_process(
        _logger: object, _method: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        line["process"] = process
        return line

    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=False, sort_keys=False, pad_event_to=0)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_process,
            structlog.processors.format_exc_info,
            mask,
            last,
        ],
    )
