"""Cells of files that are handed out: none is a formula, and none keeps a process waiting (R8.2)."""

from __future__ import annotations

import time

import pytest

from sayso.core.formulas import disarmed


@pytest.mark.parametrize("sign", ["\n", "\t", "\t'", ' "\r', ";", "|\v", "\f'\""])
def test_a_cell_of_nothing_but_separators_is_looked_at_once(sign: str) -> None:
    cell = "x" + sign * 100_000
    began = time.process_time()
    assert disarmed(cell) == cell
    # Looked at anew at each sign, it takes the square of its length.
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("a;=1", "a;'=1"),
        ("a\t\n =1", "a\t'\n' =1"),
        ("a\t;=1", "a\t;'=1"),
        ("a\t;b;=1", "a\t;b;'=1"),
        ("a;'|\"+1", "a;'|'\"+1"),
        ("a b =1", "a b =1"),
        ("a;;=1|-2", "a;;'=1|'-2"),
        ("\n=1", "'\n'=1"),
        (";=1", ";'=1"),
        ("\t", "'\t"),
        (" ＝1", "' ＝1"),
        ("7-5; no; 3", "7-5; no; 3"),
        ("", ""),
    ],
)
def test_an_apostrophe_stands_before_each_formula_a_separator_could_begin(cell: str, told: str) -> None:
    assert disarmed(cell) == told
