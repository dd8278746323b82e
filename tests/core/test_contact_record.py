"""What one contact may bring, however it comes."""

from __future__ import annotations

import pytest

from sayso.core import attributes
from sayso.core.contact_record import ContactWanted, read
from sayso.core.import_files import Place, Record
from sayso.core.importing import Columns, faults, understood

pytestmark = pytest.mark.rule("R8.1")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"n" * 100: "v" * 2_000}, ""),
        ({"tags": ["é" * 900, "é" * 900]}, ""),
        ({"n" * 101: None, "": None}, ""),  # it may have come in before there were bounds
        ({"n" * 101: "v"}, "name"),
        ({" ": "v"}, "name"),
        ({"a": 1, "n": "v" * 2_001}, "too_long"),
        ({"tags": ["x" * 1_000, "x" * 1_000]}, "too_long"),
        ({"deep": {"in": {"it": "x" * 2_000}}}, "too_long"),
        ({str(number): 1 for number in range(201)}, "form"),
    ],
)
def test_attributes_have_bounds(said: dict[str, object], code: str) -> None:
    found = read(ContactWanted("fern-1", attributes=said), "GB").problems
    assert "".join(problem.code for problem in found) == code
    assert {problem.field for problem in found} <= {"attributes"}


@pytest.mark.parametrize("letters", [2_000, 2_001])
def test_a_value_of_a_file_has_the_bound_of_any_other(letters: int) -> None:
    cells = ["fern-1", "v" * letters]
    record = Record(cells, 2, ";".join(cells), Place(0, 2))
    row = understood(record, Columns(("external_id", "attributes.note"), "GB"))
    assert bool(row.problems) == bool(attributes.faults({"note": "v" * letters})) == (letters > 2_000)


@pytest.mark.parametrize("letters", [100, 101])
def test_a_name_of_a_file_has_the_bound_of_any_other(letters: int) -> None:
    name = "n" * letters
    named = faults(("external_id", f"attributes.{name}"), ("id", "note"))
    assert bool(named) == bool(attributes.faults({name: "v"})) == (letters > 100)
