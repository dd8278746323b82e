"""Two profiles of one person become one (R6.3, R8.2), and attributes as a person edits them (R8.1)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sayso.core import attribute_lines
from sayso.core.contact_merge import differing, merged
from sayso.core.contact_record import ContactRow
from sayso.core.problems import Problem

ADA = ContactRow(
    "fern-1", 447911123456, None, "en", None, "GB", {"shop": "Bath", "vip": True}, "unknown", None
)
TWIN = ContactRow(
    "fern-2", 447911123456, "ada@example.com", "de", None, None, {"shop": "Bonn", "visits": 3}, "yes", None
)


@pytest.mark.rule("R8.2")
def test_what_only_one_says_is_kept_and_of_both_the_chosen() -> None:
    assert differing(ADA, TWIN) == ["language", "attributes"]
    one = merged(ADA, TWIN, {"language"})
    assert (one.external_id, one.email, one.language, one.country) == (
        "fern-1",
        "ada@example.com",
        "de",
        "GB",
    )
    assert one.attributes == {"shop": "Bath", "vip": True, "visits": 3}
    assert merged(ADA, TWIN, {"attributes"}).attributes["shop"] == "Bonn"


@pytest.mark.rule("R6.3", "R8.2")
def test_a_no_of_either_stands_and_a_yes_stays_with_its_number() -> None:
    assert merged(ADA, TWIN, ()).sms_consent == "yes"
    assert merged(replace(ADA, sms_consent="no"), TWIN, ()).sms_consent == "no"
    assert merged(TWIN, replace(ADA, sms_consent="no"), ()).sms_consent == "no"
    elsewhere = replace(TWIN, phone=447911123457)
    assert merged(ADA, elsewhere, ()).sms_consent == "unknown"
    assert merged(ADA, elsewhere, {"phone"}).sms_consent == "yes"


@pytest.mark.rule("R8.1")
def test_an_attribute_that_was_not_touched_keeps_its_kind() -> None:
    stood = {"vip": True, "tags": ["a", "b"], "note": "two\nlines", "shop": "Bath"}
    said = attribute_lines.lines(stood)
    assert attribute_lines.read(said, stood) == stood
    edited = (
        said.replace("shop: Bath", "shop: Bonn: north").replace("vip: true\n", "").replace("vip: true", "")
    )
    read = attribute_lines.read(edited, stood)
    assert not isinstance(read, Problem)
    assert attribute_lines.changed(read, stood) == {
        "vip": None, "tags": ["a", "b"], "note": "two\nlines", "shop": "Bonn: north",
    }  # fmt: skip
    assert isinstance(attribute_lines.read("no colon", {}), Problem)
    assert isinstance(attribute_lines.read("a: 1\na: 2", {}), Problem)
