"""What Liquid may do in a text: which tags and filters there are, and how much of anything (R9.2).

The library bounds depth by itself; loops, output and what a text remembers are unbounded until somebody says
otherwise, and its filters are unbounded for good. So each filter is wrapped, and every step is counted: no
text, and no value in one, can keep planning waiting or fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from types import MappingProxyType
from typing import Any, ClassVar

from liquid import Environment, RenderContext
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import Output, OutputNode
from liquid.exceptions import (
    FilterValueError,
    LoopIterationLimitError,
    OutputStreamLimitError,
    ResourceLimitError,
)
from liquid.template import BoundTemplate
from liquid.undefined import UNDEFINED, FalsyStrictUndefined

TAGS = frozenset(
    ["if", "unless", "case", "for", "break", "continue", "assign", "capture", "comment", "raw", "#"]
)
# fmt: off
FILTERS = frozenset([
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "default", "divided_by", "downcase",
    "first", "floor", "join", "last", "lstrip", "minus", "modulo", "plus", "prepend", "remove",
    "remove_first", "replace", "replace_first", "reverse", "round", "rstrip", "size", "slice", "sort",
    "split", "strip", "times", "truncate", "truncatewords", "uniq", "upcase", "url_encode",
])
# fmt: on
STEPS = 500
"""Names looked up, filters asked and turns of loops, all together, in one text for one person."""
LONGEST = 40_000
"""Characters of anything in between, and of what is written."""
MOST_ITEMS = 1_000
LARGEST = 10**18
DATE_SIGNS: Mapping[str, str] = MappingProxyType(
    {sign: f"%{sign}" for sign in "dmYyHMBbAae"} | {"-d": "%-d", "-m": "%-m", "%": "%%"}
)
_DATE_SIGN = re.compile(r"%(-?[A-Za-z]|%)")


class StepsError(ResourceLimitError):
    """A text takes more steps for one person than any needs."""


class Unknown(FalsyStrictUndefined):
    """A name without a value: it may be asked whether it is there, and given a default; nothing else.

    The error that anything else raises has the whole name as its message, `address.city`.
    """

    def __init__(self, name: str, *, token: Any, obj: object = UNDEFINED, hint: str | None = None) -> None:
        path = (hint or name).removesuffix(" is undefined").strip("'")
        super().__init__(name, token=token, obj=obj, hint=path)


class Context(RenderContext):
    """Counts every step."""

    steps = 0

    def count(self, steps: int, token: Any = None) -> None:
        """Take so many more steps."""
        self.steps += steps
        if self.steps > STEPS:
            raise StepsError("too many steps", token=token)

    def get(self, path: list[object], *, token: Any, default: object = UNDEFINED) -> object:
        """A value by its name."""
        self.count(1, token)
        return super().get(path, token=token, default=default)

    def filter(self, name: str, token: Any) -> Callable[..., object]:
        """A filter by its name; one that walks much takes more steps."""
        self.count(1, token)
        asked = super().filter(name, token)

        def counted(value: object, *said: object, **named: object) -> object:
            made = asked(value, *said, **named)
            self.count(max(_weight(value), _weight(made)), token)
            return made

        return counted

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """A loop begins: all its turns are counted at once, in a long text for more, as each does more."""
        super().raise_for_loop_limit(length)
        self.count(length * (1 + len(getattr(self.template, "source", "")) // 100))


class Template(BoundTemplate):
    """A text whose steps are counted."""

    context_class = Context
    source = ""


class Node(OutputNode):
    """Writes a value as the plain path does: yes and no, and no blanks for what is no text."""

    def render_to_output(self, context: RenderContext, buffer: Any) -> int:
        """Write it."""
        return int(buffer.write(written(self.expression.evaluate(context))))


class Said(Output):
    """What stands between double braces."""

    node_class = Node


class Bounded(Environment):
    """Liquid with every limit set, without templates of others, and without what asks for the time."""

    loop_iteration_limit: ClassVar[int | None] = 100
    output_stream_limit: ClassVar[int | None] = LONGEST
    local_namespace_limit: ClassVar[int | None] = 4 * LONGEST
    context_depth_limit: ClassVar[int] = 20
    block_nesting_limit: ClassVar[int] = 20
    template_class: type[BoundTemplate] = Template

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Keep what a text needs."""
        super().setup_tags_and_filters(extra=extra)
        kept = {name: tag for name, tag in self.tags.items() if name in TAGS or not name.isalpha()}
        inner = {name: tag for name, tag in self.tags.items() if name in ("content", "illegal", "output")}
        self.tags = kept | inner
        self.add_tag(Said)
        self.filters = {name: _bounded(each) for name, each in self.filters.items() if name in FILTERS}
        self.filters |= {"date": _date, "uniq": _bounded(uniq)}


def written(value: object) -> str:
    """A value as it stands in a text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(written(each) for each in value[:MOST_ITEMS])
    if value is None or (isinstance(value, Mapping) and not isinstance(value, Unknown)):
        return ""
    return str(value)


def _bounded(asked: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(asked)
    def bounded(value: Any, *said: Any, **named: Any) -> Any:
        for each in (value, *said, *named.values()):
            _bearable(each)
        if asked.__name__ in ("replace", "join") and said:
            _bearable_together(value, said)
        return _bearable(asked(value, *said, **named))

    return bounded


def _weight(value: object) -> int:
    """How many steps it is to walk a value: nothing that a name usually stands for."""
    if isinstance(value, str):
        return len(value) // 1_000
    return len(value) // 50 if isinstance(value, list | tuple) else 0


def uniq(sequence: Any) -> list[object]:
    """Each value once. The library's own compares each with each."""
    found: dict[object, object] = {}
    for one in sequence if isinstance(sequence, list | tuple | range) else [sequence]:
        # Lists and mappings cannot be looked up; how they are written tells them apart.
        found.setdefault(str(one) if isinstance(one, list | dict) else one, one)
    return list(found.values())


def _range(_literal: RangeLiteral, start: Any, stop: Any) -> range:
    """What `(1..9)` stands for: to look for a word in one without end would take for ever."""
    begins, ends = (_whole(each) for each in (start, stop))
    if ends - begins >= MOST_ITEMS:
        raise LoopIterationLimitError("too long a range", token=None)
    return range(begins, ends + 1)


def _whole(said: Any) -> int:
    try:
        return int(said)
    except (ValueError, TypeError, OverflowError):
        return 0


def _bearable(value: Any) -> Any:
    if isinstance(value, str):
        fits = len(value) <= LONGEST
    elif isinstance(value, list | tuple | range):
        fits = len(value) <= MOST_ITEMS
    elif isinstance(value, int | float):
        fits = abs(value) <= LARGEST
    else:
        fits = True
    if not fits:
        raise OutputStreamLimitError("too much in between", token=None)
    return value


def _bearable_together(value: Any, said: tuple[Any, ...]) -> None:
    """What putting one text in many places would make, before it is made."""
    times = len(value) if isinstance(value, str | list | tuple | range) else 1
    if (times + 1) * len(str(said[-1])) > LONGEST:
        raise OutputStreamLimitError("too much in between", token=None)


def _date(value: Any, shape: object = "%d.%m.%Y") -> str:
    """A day or a moment, written by a few signs; nothing asks for today."""
    try:
        moment = value if isinstance(value, date) else datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise FilterValueError(f"“{str(value)[:40]}” is not a date", token=None) from error
    return _DATE_SIGN.sub(lambda found: _date_part(moment, found[1]), str(shape)[:100])


def _date_part(moment: date, sign: str) -> str:
    if sign not in DATE_SIGNS:
        raise FilterValueError(f"“%{sign}” is no part of a date", token=None)
    return moment.strftime(DATE_SIGNS[sign])


# The library makes its ranges there, and asks nobody how long one may be.
RangeLiteral._make_range = _range  # type: ignore[assignment,method-assign]
ENVIRONMENT = Bounded(undefined=Unknown)


def why_too_much(error: ResourceLimitError) -> str:
    """What a text does too much of."""
    if isinstance(error, LoopIterationLimitError | StepsError):
        return "a loop here may go on for too long"
    return "what is made here may become too long"
