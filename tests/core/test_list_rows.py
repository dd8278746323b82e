"""Lists of opt-outs: whatever quotation marks do, each number that is there is read (R6.9)."""

from __future__ import annotations

from io import BytesIO

import pytest

from sayso.actions.list_files import Cells, as_row, read
from sayso.core.import_shapes import Unreadable
from sayso.core.list_rows import MOST_LINES

pytestmark = pytest.mark.rule("R6.9")


def _cells(said: str) -> list[Cells]:
    found = read(BytesIO(said.encode()))
    assert not isinstance(found, Unreadable)
    return list(found)


def _phones(said: str) -> list[tuple[int, str]]:
    return [(one.line, one.phone) for one in _cells(said)]


@pytest.mark.parametrize(
    "said",
    [
        'phone,reason\n+49151000001,"said stop\n+49151000002,x\n+49151000003,"y"\n',
        'phone,reason\n+49151000001,"said stop\n+49151000002,x\n+49151000003,y"\n',
        'phone,reason\n+49151000001,"said stop\n+49151000002,x\n+49151000003,y',
        'phone,reason\r\n+49151000001,"said stop\r\n+49151000002,x\r\n+49151000003,""y\r\n',
        'phone,reason\n"+49151000001,x\n+49151000002,"x\n"+49151000003","y, z"\n',
    ],
)
def test_an_open_mark_swallows_no_number(said: str) -> None:
    assert _phones(said) == [(2, "+49151000001"), (3, "+49151000002"), (4, "+49151000003")]


def test_numbers_in_a_later_column_are_not_swallowed_either() -> None:
    found = _cells('reason;phone\n"said;+49151000001\nx;+49151000002\ny";+49151000003\n')
    assert [one.phone for one in found] == ["+49151000001", "+49151000002", "+49151000003"]


def test_a_reason_of_several_lines_is_one_row_and_the_next_has_its_own_line() -> None:
    first, second = _cells('phone,reason,scope\n+49151000001,"said\n""stop"", twice",ALL\n+49151000002,x,\n')
    assert (first.line, first.phone, first.more["reason"]) == (2, "+49151000001", 'said\n"stop", twice')
    assert as_row(first).scope == "all"
    assert (second.line, second.phone, as_row(second).scope) == (4, "+49151000002", "channel")


def test_what_is_half_a_row_is_told_by_its_line() -> None:
    assert _phones('reason;phone\nx;+49151000001\n"said stop\nx;+49151000002\n') == [
        (2, "+49151000001"),
        (3, "said stop"),
        (4, "+49151000002"),
    ]


def test_a_reason_without_end_stops_neither_its_own_number_nor_the_next() -> None:
    endless = "x" * 200_000
    for reason in (endless, f'"{endless}"', '"' + "x\n" * (MOST_LINES + 1)):
        read_rows = _phones(f"phone,reason\n+49151000001,{reason}\n+49151000002,y\n")
        assert read_rows[0] == (2, "+49151000001")
        assert "+49151000002" in [phone for _, phone in read_rows]
