"""Letters that force Unicode: what is offered in their place, and what is never touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.core.plain_letters import PLAIN, offered, plainly
from sayso.core.rendering import Text, read, whole
from sayso.core.segments import count


@pytest.mark.rule("R9.2")
@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Don’t miss it – “now”…", 'Don\'t miss it - "now"...'),
        ("20\u00a0% off", "20 % off"),
        ("a\u200bb\u00adc", "abc"),
        ("3 × 4", "3 x 4"),
        ("Größe: é, ñ, €", "Größe: é, ñ, €"),
    ],
)
def test_what_reads_alike_is_replaced(said: str, plain: str) -> None:
    assert plainly(said) == plain
    assert count(plainly(said)).encoding == "GSM-7"


@pytest.mark.rule("R9.2")
@pytest.mark.parametrize("said", ["Don’t 🎉", "“Привет”", "ça va – oui", "Wałęsa’s"])
def test_where_nothing_is_gained_nothing_is_changed(said: str) -> None:
    assert plainly(said) == said


@pytest.mark.rule("R9.2")
def test_an_offer_names_what_is_replaced_what_stays_and_what_it_saves() -> None:
    found = offered("Don’t miss the – autumn – box, " + "x" * 60)
    assert found is not None
    assert found.replaced == (("’", "'"), ("–", "-"))
    assert (found.before.parts, found.after.parts) == (2, 1)
    assert found.helps
    stays = offered("Don’t 🎉")
    assert stays is not None
    assert stays.remaining == ("🎉",)
    assert not stays.helps
    assert offered("plain") is None
    assert offered("🎉") is None


def test_every_replacement_is_plain_itself() -> None:
    assert {char for char, plain in PLAIN.items() if count(plain).encoding != "GSM-7"} == set()
    assert {char for char in PLAIN if char != "\t" and count(char).encoding == "GSM-7"} == set()


@pytest.mark.rule("R9.2")
def test_a_value_cannot_force_unicode_where_letters_are_replaced_once_it_is_written() -> None:
    text = whole("Hi {{ name }}", "STOP", appended=True, plain=True)
    assert text.render({"name": "O’Neill"}) == "Hi O'Neill STOP"
    assert whole("Hi {{ name }}", "", appended=False).render({"name": "O’Neill"}) == "Hi O’Neill"
    assert isinstance(read("Hi"), Text)


@given(st.text())
def test_replacing_never_costs_a_part_and_a_second_time_changes_nothing(said: str) -> None:
    plain = plainly(said)
    assert plainly(plain) == plain
    assert count(plain).parts <= count(said).parts
