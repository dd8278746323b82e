"""What stands in the columns of a file that is handed out (R8.2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sayso.core.contact_columns import EVERYTHING, fault, heading, row
from sayso.storage.contacts import Contact

pytestmark = pytest.mark.rule("R8.2")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ADA = Contact(
    7, "=1+1", 447911123456, None, "en", None, "GB", {"shop": "@Bath", "visits": 3, "vip": True}, "yes", None,
    NOW, NOW, None,
)  # fmt: skip


def test_no_cell_is_a_formula_and_nothing_is_left_out() -> None:
    assert row(ADA, EVERYTHING) == [
        "'=1+1", "+447911123456", "", "en", "", "GB", "yes", "yes", *["2026-11-26T12:00:00Z"] * 2,
        '{"shop":"@Bath","visits":3,"vip":true}',
    ]  # fmt: skip


def test_an_attribute_with_a_column_is_not_told_twice() -> None:
    columns = ("attributes.shop", "attributes.vip", "attributes.gone", "attributes")
    assert row(ADA, columns) == ["'@Bath", "yes", "", '{"visits":3}']
    assert heading(columns) == ["shop", "vip", "gone", "attributes"]


@pytest.mark.parametrize("columns", [(), ("phone", "phone"), ("shoe_size",), ("attributes.",)])
def test_a_choice_that_cannot_be_written_is_refused(columns: tuple[str, ...]) -> None:
    assert fault(columns)
