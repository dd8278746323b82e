"""Condition trees and contacts as Hypothesis makes them, few values each, so that trees and people meet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from sayso.core.audience import CHOICES, IDENTIFIED, NAMED, TESTS, AllOf, AnyOf, Condition, Not, Tree
from sayso.core.audience_plain import needs_days, needs_value

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CATEGORIES = ("news", "offers")
ATTRIBUTES = ("city", "orders", "born", "tags", 'odd %s "name" {x}')
VALUES: dict[str, tuple[str, ...]] = {
    "language": ("de", "en", "DE-at"),
    "country": ("DE", "US"),
    "time_zone": ("Europe/Berlin", "UTC"),
    "email": ("a@b.example", "A@", "b.ex", "%"),
    "external_id": ("c-1", "C-", "1", "_"),
    "attribute": ("Berlin", "ber", "5", "19.9", "true", "1990-05-01", "vip", "É", "%", "7", "a' OR 1=1 --"),
}
FORMED = {
    "greater": ("0", "5", "-2.5", "19.90"),
    "less": ("0", "5", "-2.5", "19.90"),
    "before": ("1990-05-01", "2000-01-01"),
    "after": ("1990-05-01", "2000-01-01"),
}
IDS = (1, 2, 999)
DAYS = (1, 7, 30)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    about = draw(st.sampled_from(sorted(TESTS)))
    test = draw(st.sampled_from(TESTS[about]))
    more: dict[str, Any] = {}
    if about in NAMED:
        more["name"] = draw(st.sampled_from(ATTRIBUTES if about == "attribute" else CATEGORIES))
    if needs_value(about, test):
        values = FORMED.get(test) or CHOICES.get(about) or VALUES[about]
        more["value"] = draw(st.sampled_from(values))
    if needs_days(test):
        more["days"] = draw(st.sampled_from(DAYS))
    if about in IDENTIFIED:
        more["id"] = draw(st.sampled_from(IDS))
    return Condition(about, test, **more)


def _groups(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return several.map(AllOf) | several.map(AnyOf) | inner.map(Not)


def _depth(tree: Tree) -> int:
    if isinstance(tree, Condition):
        return 0
    inner = (tree.of,) if isinstance(tree, Not) else tree.of
    return 1 + max(map(_depth, inner))


TREES: st.SearchStrategy[Tree] = st.recursive(conditions(), _groups, max_leaves=6).filter(
    lambda tree: _depth(tree) <= 5
)
MOMENTS = st.none() | st.sampled_from(
    [NOW - timedelta(days=days, seconds=late) for days in (0, *DAYS, 400) for late in (-1, 0, 1)][1:]
)
