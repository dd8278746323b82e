"""Charts: drawn by the server in two sizes, without styles, and the same data as a table.

`Chart(sentence, points, series)`, then `{% chart found %}` straight in a panel and `{% legend found %}` in
its head. From zero, at most four lines of the grid, series apart by a gap or a dash and not by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any

from django import template

register = template.Library()

BARS, LINES = "bars", "lines"
MOST_LINES = 4
_ENDS = {0: "start", 1: "end"}


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the axis: its full name in the table, and its short one where the axis has room for it."""

    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Series:
    """A figure for each point, and how it is drawn: c1 to c3 as bars, l1 to l3 as lines."""

    name: str
    figures: tuple[int, ...]
    look: str


@dataclass(frozen=True, slots=True)
class Size:
    """Of a drawing: its box, the room for figures at its left, and how many names the axis has room for."""

    kind: str
    width: int
    height: int
    left: int
    names: int


WIDE = Size("only-wide", 760, 196, 44, 7)
SMALL = Size("only-small", 326, 170, 38, 3)
TOP, BOTTOM = 8, 22


@dataclass(frozen=True)
class Chart:
    """Points with one figure a series each; `sentence` says in words what the drawing shows."""

    sentence: str
    points: tuple[Point, ...]
    series: tuple[Series, ...]
    kind: str = BARS
    head: str = "Day"
    told: str = "The same as a table"
    sizes: tuple[Size, Size] = field(default=(WIDE, SMALL), repr=False)

    @property
    def drawings(self) -> list[Drawing]:
        """The wide one and the small one."""
        return [Drawing(self, size) for size in self.sizes]

    @property
    def rows(self) -> list[tuple[Point, list[int]]]:
        """The table's rows."""
        return [
            (point, [one.figures[place] for one in self.series]) for place, point in enumerate(self.points)
        ]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to be drawn."""
        return not any(any(one.figures) for one in self.series)

    @cached_property
    def highest(self) -> int:
        """The highest figure, or sum of figures where they stand on each other."""
        if self.kind == LINES:
            return max((figure for one in self.series for figure in one.figures), default=0)
        return max((sum(figures) for _, figures in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Rect:
    """A bar."""

    look: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Drawing:
    """One of the two sizes of a chart."""

    chart: Chart
    size: Size

    @property
    def box(self) -> str:
        """The view box."""
        return f"0 0 {self.size.width} {self.size.height}"

    @property
    def floor(self) -> float:
        """Where zero is."""
        return float(self.size.height - BOTTOM)

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """The grid: how high, how high its word stands, and the word."""
        step = step_of(self.chart.highest)
        values = range(0, step * max(ceil(self.chart.highest / step), 1) + 1, step)
        return [(_n(self._y(one)), _n(self._y(one) + 4), short(one)) for one in values]

    @property
    def names(self) -> list[tuple[str, str, str]]:
        """What stands under the axis: where, how it is aligned, the word."""
        count = len(self.chart.points)
        every = max(ceil(count / self.size.names), 1)
        shown = range(0, count, every)
        return [
            (
                _n(self._middle(place)),
                "middle" if self.chart.kind == BARS or 0 < place < count - 1 else _ENDS[min(place, 1)],
                self.chart.points[place].short,
            )
            for place in shown
        ]

    @property
    def groups(self) -> list[tuple[str, list[Rect]]]:
        """Bars, a group a point, each with its words."""
        if self.chart.kind != BARS:
            return []
        return [
            (self._words(point, figures), self._bars(place, figures))
            for place, (point, figures) in enumerate(self.chart.rows)
            if any(figures)
        ]

    @property
    def paths(self) -> list[tuple[str, str]]:
        """Lines: their look and their way."""
        if self.chart.kind != LINES:
            return []
        return [(one.look, self._way(one)) for one in self.chart.series]

    def _words(self, point: Point, figures: list[int]) -> str:
        said = [
            f"{figure:,} {one.name.lower()}" for one, figure in zip(self.chart.series, figures, strict=True)
        ]
        return f"{point.name}: {', '.join(said)}"

    def _bars(self, place: int, figures: list[int]) -> list[Rect]:
        """The last series at the bottom, a gap of one between two."""
        room = self._room
        width = max(room * 0.75, 1.0)
        x, below, found = self._middle(place) - width / 2, 0, []
        for one, figure in reversed(list(zip(self.chart.series, figures, strict=True))):
            if figure:
                top, gap = self._y(below + figure), 1.0 if below else 0.0
                height = max(self._y(below) - top - gap, 0.5)
                found.append(Rect(one.look, _n(x), _n(top), _n(width), _n(height)))
            below += figure
        return found

    def _way(self, one: Series) -> str:
        return " ".join(
            f"{'L' if place else 'M'}{_n(self._middle(place))} {_n(self._y(figure))}"
            for place, figure in enumerate(one.figures)
        )

    @property
    def _room(self) -> float:
        return (self.size.width - self.size.left) / max(len(self.chart.points), 1)

    def _middle(self, place: int) -> float:
        if self.chart.kind == BARS:
            return self.size.left + self._room * (place + 0.5)
        return self.size.left + (self.size.width - self.size.left - 8) * place / max(
            len(self.chart.points) - 1, 1
        )

    def _y(self, figure: float) -> float:
        step = step_of(self.chart.highest)
        top = step * max(ceil(self.chart.highest / step), 1)
        return TOP + (self.floor - TOP) * (1 - figure / top)


def step_of(highest: int) -> int:
    """How far the lines of the grid are apart: 1, 2 or 5 times a power of ten, at most MOST_LINES of them."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step * MOST_LINES >= highest:
                return step
        size *= 10


def short(figure: int) -> str:
    """`5k` for 5000, `1.5M` for 1500000."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if figure >= size:
            return f"{figure / size:g}{letter}"
    return str(figure)


@register.inclusion_tag("parts/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """The drawing, with its table under it: `{% chart found %}`, straight in a panel."""
    return {"chart": chart}


@register.inclusion_tag("parts/legend.html")
def legend(chart: Chart) -> dict[str, Any]:
    """What each colour or dash stands for, in the panel's head."""
    return {"chart": chart}


def _n(value: float) -> str:
    return f"{value:.1f}"
