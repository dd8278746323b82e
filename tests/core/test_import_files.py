"""Lists as people's programs write them: read alike in any cut, a broken row alone."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sayso.core.import_files import LONGEST_RECORD, Place, Record, _Lines, in_midst, records, rows
from sayso.core.import_shapes import Shape, Unreadable, sniff

pytestmark = pytest.mark.rule("R8.2")
LIST = 'Mobile;First name;Note\r\n+447700900227;Zoë;a\r\n+447700900228;Ünal;"two\r\nlines"\r\n;;\r\n'


def shape_of(data: bytes) -> Shape:
    found = sniff(data)
    assert isinstance(found, Shape)
    return found


def read(data: bytes, step: int = 1 << 20) -> list[Record]:
    """All rows behind the first, in stretches of `step` bytes, each from where the last one ended."""
    shape = shape_of(data)
    place, found = Place(shape.begins, 0), []
    while True:
        stretch = data[place.byte : place.byte + step]
        midst = place.byte > shape.begins and in_midst(data[: place.byte][-4:], shape)
        some = list(records(stretch, shape, place, whole=place.byte + step >= len(data), midst=midst))
        found += some
        if some:
            place = some[-1].end
        elif place.byte + step >= len(data):
            return found[1:] if shape.header else found
        else:
            step *= 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_letters_and_delimiter_are_seen_in_the_file(encoding: str) -> None:
    found = read(LIST.encode(encoding))
    assert [row.cells for row in found[:2]] == [
        ["+447700900227", "Zoë", "a"],
        ["+447700900228", "Ünal", "two\r\nlines"],
    ]
    assert [row.line for row in found] == [2, 3, 5]
    assert found[2].blank


def test_of_many_blank_rows_one_is_handed_out_here_and_there() -> None:
    data = ("Phone\n" + "\n" * 1_000 + "+447700900227\n").encode()
    found = list(rows(data, shape_of(data), Place(0, 0), whole=True))
    assert len(found) in range(10, 50)
    assert [row.cells for row in found if not row.blank] == [["+447700900227"]]
    assert found[-1].line == 1_002


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_by_which_rows_are_alike(delimiter: str) -> None:
    rows = [["Phone", "Shop"], ["+44770", "Bath, UK; north"], ["+44771", "Rome, IT | x"]]
    out = StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    assert shape_of(out.getvalue().encode()).delimiter == delimiter


def test_a_list_without_a_header_has_made_names() -> None:
    shape = shape_of(b"+447700900227,Ada\n+447700900228,Ben\n")
    assert (shape.header, shape.columns) == (False, ("Column 1", "Column 2"))
    assert len(read(b"+447700900227,Ada\n+447700900228,Ben\n")) == 2


def test_a_line_that_names_the_separator_is_no_row() -> None:
    data = b"sep=;\r\nPhone;Name\r\n1;2\r\n"
    assert shape_of(data).columns == ("Phone", "Name")
    assert [row.cells for row in read(data)] == [["1", "2"]]


@pytest.mark.parametrize("beginning", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"%PDF-1.7", b"", b"\n\n"])
def test_what_is_no_list_is_told_so(beginning: bytes) -> None:
    assert isinstance(sniff(beginning), Unreadable)


def test_a_quotation_mark_that_never_closes_spoils_one_row() -> None:
    data = b'Phone,Note\n1,fine\n2,"5 inch" screen\n3,"open\n4,fine\n5,fine\n'
    told = [(row.line, list(row.cells), bool(row.fault)) for row in read(data)]
    assert told == [
        (2, ["1", "fine"], False),
        (3, ["2", "5 inch screen"], False),
        (4, [], True),
        (5, ["4", "fine"], False),
        (6, ["5", "fine"], False),
    ]


def test_a_quotation_mark_that_would_take_in_a_large_file_spoils_one_row() -> None:
    rest = "".join(f"{number},fine\n" for number in range(60_000))
    found = read(f'Phone,Note\n1,"open\n{rest}'.encode(), 700_000)
    assert [row.line for row in found if row.fault] == [2]
    assert len(found) == 60_001


def test_lines_that_each_open_a_quotation_mark_are_not_each_read_to_the_longest_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Each of them opens one from where a row begins, and from within a cell closes one and opens the next.
    count = 20_000
    handed = 0
    plain = _Lines.__next__

    def counting(lines: _Lines) -> str:
        nonlocal handed
        handed += 1
        return plain(lines)

    monkeypatch.setattr(_Lines, "__next__", counting)
    found = read(b"Phone,Note\n" + b'a","b\n' * count, 1 << 20)
    assert [bool(row.fault) for row in found] == [True] * count
    # Before: half the lines for each of them, two hundred million.
    assert handed < 250 * count


def test_one_endless_line_ends_all_the_same() -> None:
    data = b"Phone,Note\n1,fine\n2," + b"x" * (3 * LONGEST_RECORD)
    found = read(data, 2 * LONGEST_RECORD)
    assert found[0].cells == ["1", "fine"]
    assert all(row.fault for row in found[1:])
    assert found[-1].end.byte == len(data)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_end_of_an_endless_line_is_no_row_of_its_own(newline: str) -> None:
    """It was taken for one: a contact of a piece of text, with the number that stood behind it."""
    lines = ["Phone,Note", "1,fine", "2," + "x" * (3 * LONGEST_RECORD) + ",+447700900126", "3,fine", ""]
    found = read(newline.join(lines).encode(), 2 * LONGEST_RECORD)
    assert [row.cells for row in found if not row.fault] == [["1", "fine"], ["3", "fine"]]


@pytest.mark.parametrize(("encoding", "shown"), [("cp1252", "Zoë"), ("utf-8", "Zoë")])
def test_a_row_tells_its_letters_where_the_beginning_did_not(encoding: str, shown: str) -> None:
    plain = "".join(f"{number},Ada\n" for number in range(20_000))
    found = read(f"Phone,Name\n{plain}7,Zoë\n".encode(encoding), 500_000)
    assert found[-1].cells == ["7", shown]
    assert found[-1].end.byte == len(f"Phone,Name\n{plain}7,Zoë\n".encode(encoding))


def reads_as_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(
    st.lists(
        st.lists(st.text("ab\"',;\n\r €é𝄞", max_size=6), min_size=2, max_size=2), min_size=1, max_size=8
    ),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
    st.integers(20, 90),
)
@settings(max_examples=300)
def test_rows_are_the_same_in_any_cut(rows: list[list[str]], encoding: str, step: int) -> None:
    out = StringIO(newline="")
    csv.writer(out).writerows([["Phone", "Note"], *rows])
    data = out.getvalue().encode(encoding, "replace")
    # "é€€" in Windows-1252 is "退" in UTF-8, byte for byte: no reader can know.
    assume(encoding != "cp1252" or data.isascii() or not reads_as_utf8(data))
    whole, cut = read(data), read(data, step)
    assert cut == whole
    # Where each row ends is where the file says that it does.
    ends = [row.end.byte for row in whole]
    assert ends[-1] == len(data)
    written = "".join(row.written for row in whole)
    assert data.decode(encoding).endswith(written)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@settings(max_examples=60)
@given(text=st.text(st.sampled_from("aé;, \n\r\t'"), max_size=40))
def test_rows_without_quotation_marks_are_read_as_those_beside_them(
    text: str, newline: str, encoding: str
) -> None:
    """A mark anywhere in the stretch has each row joined line by line; without one, lines are the rows."""
    shape = Shape(encoding, ";", newline, 0, False, ("a",))
    body = text.replace("\n", newline).encode(encoding)
    marked = f'"x"{newline}'.encode(encoding)
    quick = list(records(body, shape, Place(0, 0), whole=True))
    _, *slow = records(marked + body, shape, Place(0, 0), whole=True)
    assert [(row.cells, row.written, row.fault) for row in quick] == [
        (row.cells, row.written, row.fault) for row in slow
    ]
    ends = [(row.line, row.end.byte, row.end.line) for row in quick]
    assert ends == [(row.line - 1, row.end.byte - len(marked), row.end.line - 1) for row in slow]
