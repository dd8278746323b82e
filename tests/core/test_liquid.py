"""Texts that ask for more than a value: what they may do, and that no text and no value can do harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core.problems import Problem
from sayso.core.rendering import Missing, Text, read, with_opt_out

# A text is written for one person in less than this, however hostile both are; a busy machine is slow.
BOUND_SECONDS = 1.0


def text(body: str) -> Text:
    found = read(body)
    assert isinstance(found, Text), found
    return found


@pytest.mark.rule("R9.2")
@pytest.mark.parametrize(
    ("body", "values", "wanted"),
    [
        ("{% if name %}Hi {{ name }}{% else %}Hello{% endif %}", {"name": "Ada"}, "Hi Ada"),
        ("{% if name %}Hi {{ name }}{% else %}Hello{% endif %}", {"name": " "}, "Hello"),
        ("{{ name | upcase }}", {"name": "Ada"}, "ADA"),
        ("{{ contact.name | upcase }}", {"name": "Ada"}, "ADA"),
        ('{{ name | default: "friend" | capitalize }}', {}, "Friend"),
        ("{{ name | default: nickname }}", {"nickname": "Addy"}, "Addy"),
        ("{{ größe | downcase }}", {"größe": "XL"}, "xl"),
        ("{{ address.city | upcase }}", {"address.city": "Ulm"}, "ULM"),
        ("{{ address.city | upcase }}", {"address": {"city": "Ulm"}}, "ULM"),
        ('{% case language %}{% when "de" %}Hallo{% else %}Hi{% endcase %}', {"language": "de"}, "Hallo"),
        ("{% for each in basket %}{{ each }} {% endfor %}", {"basket": ["pram", "cot"]}, "pram cot "),
        ("{% if vip %}{{ vip }}{% endif %}, {{ rate }}", {"vip": True, "rate": 1.5}, "yes, 1.5"),
        ('{{ born | date: "%d.%m.%Y" }}', {"born": "1990-02-03"}, "03.02.1990"),
        ("{{ points | plus: 1 }}", {"points": 3}, "4"),
        ('{{ tags | uniq | join: "," }}', {"tags": ["b", "a", "b"]}, "b,a"),
        ("{{ name | upcase }} & <b>", {"name": "a & b"}, "A & B & <b>"),
    ],
)
def test_conditions_loops_and_filters_are_written(body: str, values: dict[str, object], wanted: str) -> None:
    assert text(body).render(values) == wanted


@pytest.mark.rule("R9.2")
@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("{{ name | upcase }}", "name"),
        ("{{ contact.name | upcase }}", "name"),
        ("{% for each in basket %}{{ each }}{% endfor %}", "basket"),
        ("{% if vip %}{{ name }}{% else %}{{ city }}{% endif %}", "city"),
    ],
)
def test_a_name_without_value_is_missing_where_it_is_needed(body: str, name: str) -> None:
    assert text(body).render({}) == Missing(name)


def test_the_opt_out_message_stands_within_a_condition_too() -> None:
    message = text("STOP ends {{ shop }}.")
    placed = with_opt_out(text("{% if a %}A {% endif %}{{ opt_out_message }} Bye"), message, appended=True)
    assert placed.render({"shop": "it"}) == "STOP ends it. Bye"
    assert placed.render({}) == Missing("shop")
    at_the_end = with_opt_out(text("{% if a %}A{% else %}B{% endif %}"), message, appended=True)
    assert at_the_end.render({"shop": "it"}) == "B STOP ends it."


@pytest.mark.rule("R9.2")
@pytest.mark.parametrize(
    ("body", "where", "why"),
    [
        ("Hi\n{% foo %}", "Line 2, column 4", "unexpected tag 'foo'"),
        ("{% if x %}a", "Line 1, column 1", "endif"),
        ("Hi {{ a | foo }}", "Line 1, column 11", "no filter “foo”"),
        ('{% include "x" %}', "Line 1", "unexpected tag"),
        ('{% render "x" %}', "Line 1", "unexpected tag"),
        ("{% for i in (1..1000000000) %}x{% endfor %}", "Line 1", "too long"),
        ('{% if (1..9999999999) contains "x" %}y{% endif %}', "Line 1", "too long"),
        ("{% for i in (1..90) %}{% for j in (1..90) %}x{% endfor %}{% endfor %}", "Line 1", "too long"),
        ('{% assign a = "xx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}', "", "long"),
        ("{{ a | replace: 'a', a | replace: 'a', a }}", "Line 1", "too long"),
        ("{{ 999999999999 | times: 999999999999 }}", "Line 1", "too long"),
        ("{{ 1 | divided_by: 0 }}", "", "written for nobody"),
        ("{{ 'now' | date: '%Y' }}", "", "not a date"),
        ("{{ 'x' | date: '%9999999d' }}", "", "not a date"),
    ],
)
def test_a_text_that_does_not_parse_or_explodes_is_refused_with_where_and_why(
    body: str, where: str, why: str
) -> None:
    found = read(body)
    assert isinstance(found, Problem)
    assert where in found.message
    assert why in found.message


PIECES = (
    "{{ a }}",
    "{{ a | upcase }}",
    "{{ a | replace: a, a }}",
    "{{ b | join: a | split: '' | sort | reverse }}",
    "{% for x in b %}",
    "{% for x in (1..99) %}",
    "{% endfor %}",
    "{% if a contains a %}",
    "{% if (1..9999999999) contains a %}",
    "{{ a | split: '' " + "| uniq " * 60 + "}}",
    "{% else %}",
    "{% endif %}",
    "{% assign a = a | append: a %}",
    "{% capture a %}",
    "{% endcapture %}",
    "{% case a %}{% when b %}",
    "{{ a | times: a | truncate: a | slice: 0, 999 | date: a }}",
    "{{ a.b.c[0][a] }}",
    "{%",
    "}}",
    "{{ -",
    "((",
    "'",
    "\n",
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.just("a{{ b }}" * 400),
    st.lists(st.text(max_size=9), max_size=99),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=14), VALUES, VALUES)
def test_no_text_and_no_value_raises_or_takes_longer_than_the_bound(
    pieces: list[str], a: object, b: object
) -> None:
    began = time.perf_counter()
    found = read("".join(pieces))
    if isinstance(found, Text):
        assert isinstance(found.render({"a": a, "b": b}), str | Missing)
    assert time.perf_counter() - began < BOUND_SECONDS
