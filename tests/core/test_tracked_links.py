"""Short personal addresses: which are made, what they say, and that nobody else can make them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.core.tracked_links import (
    LENGTH,
    MOST,
    Link,
    Shortener,
    base_of,
    faults,
    found,
    host_of,
    key_of,
    left,
    mint,
    read,
    target_of,
)

KEY = key_of("a secret of this server, long enough")
IDS = st.integers(0, 2**60 - 1)
PLACES = st.integers(0, MOST - 1)


@pytest.mark.rule("R9.4")
@given(IDS, PLACES)
def test_a_token_is_read_back_is_short_and_ends_with_a_letter_or_digit(message_id: int, place: int) -> None:
    token = mint(KEY, message_id, place)
    assert len(token) == LENGTH
    assert token[-1].isalnum()
    assert read(KEY, token) == (message_id, place)


@pytest.mark.rule("R9.4")
@given(IDS, PLACES, st.integers(0, LENGTH - 1), st.characters(max_codepoint=0x2FFF))
def test_a_token_with_another_letter_is_none(message_id: int, place: int, at: int, letter: str) -> None:
    token = mint(KEY, message_id, place)
    other = token[:at] + letter + token[at + 1 :]
    assert read(KEY, other) == ((message_id, place) if other == token else None)


@given(IDS, PLACES)
def test_another_server_s_token_is_none(message_id: int, place: int) -> None:
    assert read(KEY, mint(key_of("another secret of another server"), message_id, place)) is None


@given(st.text(max_size=24))
def test_whatever_is_asked_nothing_raises(token: str) -> None:
    assert read(KEY, token) is None


@pytest.mark.rule("R9.4")
def test_what_a_telephone_takes_for_a_part_of_the_address_leads_on_all_the_same() -> None:
    assert read(KEY, mint(KEY, 7, 2) + "。次") == (7, 2)


@pytest.mark.rule("R9.4")
@pytest.mark.parametrize(
    ("body", "links"),
    [
        ("See https://a.example/sale.", ["https://a.example/sale"]),
        ("(www.a.example/x_(y)) or a.example/z?q=1!", ["www.a.example/x_(y)", "a.example/z?q=1"]),
        ("Twice https://a.example/s https://a.example/s", ["https://a.example/s"]),
        ("Yes.No, e.g. me@a.example/x, 1.2/3", []),
        ("“https://a.example/s”, {% if x %}https://a.example/t {% endif %}", ["https://a.example/s", "https://a.example/t"]),
        ('{{ x | default: "https://a.example/d" }}', ["https://a.example/d"]),
        ("https://10.0.0.1/x http://localhost/x ftp://a.example/x", []),
    ],
)  # fmt: skip
def test_addresses_are_seen_as_a_telephone_sees_them(body: str, links: list[str]) -> None:
    assert [one.written for one in found(body)] == links


@pytest.mark.rule("R9.4")
@pytest.mark.parametrize(
    "written", ["https://a.example/{{ code }}", "https://a.example/x{% if y %}?z{% endif %}"]
)
def test_an_address_with_something_of_the_recipient_in_it_stays_as_it_is(written: str) -> None:
    body = f"Go to {written} now, https://a.example/s"
    assert [one.written for one in found(body)] == ["https://a.example/s"]
    assert left(body, ["https://a.example/s"]) == [written]


@pytest.mark.rule("R9.4")
def test_only_what_is_tracked_is_shortened_and_each_is_the_messages_own() -> None:
    shortener = Shortener(KEY, "https://go.example", {"https://a.example/s": 0, "www.a.example/t": 1})
    said = shortener.shorten("A https://a.example/s, www.a.example/t. https://a.example/s/x", 7)
    first, second = mint(KEY, 7, 0), mint(KEY, 7, 1)
    assert said == f"A https://go.example/l/{first}, https://go.example/l/{second}. https://a.example/s/x"
    assert shortener.shorten("https://a.example/s", 8) == f"https://go.example/l/{mint(KEY, 8, 0)}"


def test_no_more_links_than_a_token_has_places_for() -> None:
    body = " ".join(f"a.example/{n}" for n in range(MOST + 3))
    links = found(body)
    assert len(links) == MOST
    assert left(body, [one.written for one in links]) == [f"a.example/{MOST + n}" for n in range(3)]


@pytest.mark.rule("R9.4")
@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("www.a.example/x", "https://www.a.example/x"),
        ("HTTP://A.Example", "http://a.example"),
        ("https://ü.example/ä?ö#ß", "https://xn--tda.example/%C3%A4?%C3%B6#%C3%9F"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("https://user@a.example/", None),
        ("https://a.example:99999/", None),
        ("https://a..example/", None),
        ("https://a.example/\r\nSet-Cookie: x", "https://a.example/%0D%0ASet-Cookie:%20x"),
    ],
)
def test_a_target_is_plain_and_leads_to_a_host(written: str, target: str | None) -> None:
    assert target_of(written) == target


@given(st.text())
def test_whatever_is_written_a_target_fits_into_a_header(written: str) -> None:
    for link in (*found(written), Link(written, target_of(written) or "https://a.example")):
        assert link.target.startswith(("http://", "https://"))
        assert all("!" <= sign <= "~" for sign in link.target)


@pytest.mark.rule("R9.4")
@pytest.mark.parametrize(
    "body", ["javascript:alert(1)", "x data:text/html,hi", "JAVASCRIPT:x", "https://good.example@evil.example/"]
)  # fmt: skip
def test_no_text_leads_to_a_script_or_hides_its_host(body: str) -> None:
    assert [one.field for one in faults(body)] == ["body"]
    assert faults("Your data: see https://a.example/?to=a@b") == []


@pytest.mark.parametrize(
    ("said", "host"),
    [(" Go.Example.com ", "go.example.com"), ("https://a.example", None), ("a.example/x", None), ("a", None),
     ("a.example:80", None), ("grün.example", "xn--grn-ioa.example"), ("a b.example", None)],
)  # fmt: skip
def test_a_host_is_a_name_and_nothing_else(said: str, host: str | None) -> None:
    assert host_of(said) == host


def test_links_begin_with_the_workspaces_own_name_where_it_has_one() -> None:
    assert base_of("https://sms.example.com/", "") == "https://sms.example.com"
    assert base_of("https://sms.example.com", "go.example") == "https://go.example"
