"""Texts with what is known of the recipient in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.core.problems import Problem
from sayso.core.rendering import Missing, Text, read, with_opt_out
from sayso.core.text_values import as_text


def text(body: str) -> Text:
    found = read(body)
    assert isinstance(found, Text), found
    return found


@pytest.mark.rule("R9.2")
@pytest.mark.parametrize(
    ("body", "values", "wanted"),
    [
        ("Hi {{ name }}.", {"name": "Ada"}, "Hi Ada."),
        ("Hi {{name}}.", {"name": " Ada "}, "Hi Ada."),
        ("Hi {{ contact.name }}.", {"name": "Ada"}, "Hi Ada."),
        ('Hi {{ name | default: "friend" }}.', {}, "Hi friend."),
        ("Hi {{ name | default: 'friend' }}.", {"name": "   "}, "Hi friend."),
        ('Hi {{ name | default: "" }}.', {}, "Hi ."),
        (
            "{{ points }} points, {{ rate }}, {{ vip }}",
            {"points": 3, "rate": 1.5, "vip": True},
            "3 points, 1.5, yes",
        ),
        ("{{ größe }}", {"größe": "XL"}, "XL"),
        ("50 % { off } }", {}, "50 % { off } }"),
        ("", {}, ""),
    ],
)
def test_values_and_defaults_stand_where_their_names_are(
    body: str, values: dict[str, object], wanted: str
) -> None:
    assert text(body).render(values) == wanted


@pytest.mark.rule("R9.2")
@pytest.mark.parametrize("value", [None, "", "  ", [], {}])
def test_what_is_not_known_and_has_no_default_is_missing(value: object) -> None:
    assert text("Hi {{ name }}.").render({"name": value}) == Missing("name")


@pytest.mark.parametrize(
    "body",
    [
        "{{ name }",
        "{{ name",
        "name }}",
        "{{ a {{ b }} }}",
        "{{ }}",
        "{{ 1 + 1 }}",
        "{{ a.b() }}",
    ],
)
def test_what_is_not_understood_is_refused_with_what_to_write(body: str) -> None:
    found = read(body)
    assert isinstance(found, Problem)
    assert "{{ name }}" in found.message or "{{ name | default" in found.message


@pytest.mark.rule("R9.3")
def test_the_opt_out_message_stands_where_it_was_put_or_at_the_end() -> None:
    message = text("STOP ends {{ shop }}.")

    def said(body: str, *, appended: bool = True) -> str | Missing:
        return with_opt_out(text(body), message, appended=appended).render({"shop": "it"})

    assert said("Sale.") == "Sale. STOP ends it."
    assert said("Sale.\n") == "Sale.\nSTOP ends it."
    assert said("{{ opt_out_message }} Sale.") == "STOP ends it. Sale."
    assert said("{{ opt_out_message }} Sale.", appended=False) == "STOP ends it. Sale."
    assert said("Sale.", appended=False) == "Sale."
    assert with_opt_out(text("Sale."), text(""), appended=True).render({}) == "Sale."


@given(st.text())
def test_words_alone_come_out_as_they_went_in_and_nothing_raises(body: str) -> None:
    found = read(body)
    if isinstance(found, Text) and not found.names and "{" not in body:
        assert found.render({}) == body


@pytest.mark.parametrize("body", ["<{{ a }}>", "{% if a %}<{{ a }}>{% endif %}"])
@given(value=st.text(min_size=1, max_size=20).filter(lambda value: as_text(value) is not None))
def test_a_value_is_never_read_as_a_text_again(body: str, value: str) -> None:
    assert text(body).render({"a": value}) == f"<{as_text(value)}>"


@pytest.mark.rule("R9.2")
def test_what_no_telephone_shows_is_taken_out_of_values_and_refused_in_texts() -> None:
    said = text("{{ a }}").render({"a": "one\r\ntwo\x00\tthree\u2028four\ud800"})
    assert said == "one\ntwo three\nfour"
    found = read("Hi\x00 {{ a }}")
    assert isinstance(found, Problem)
    assert found.code == "control"
