"""Personal links: read back by who made them, by nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.core.unsubscribe_links import LENGTH, key_of, mint, read

KEY = key_of("a secret of this server, long enough")
IDS = st.integers(0, 2**63 - 1)


@pytest.mark.rule("R9.4")
@given(IDS)
def test_a_token_is_read_back_and_no_longer_than_it_must(message_id: int) -> None:
    token = mint(KEY, message_id)
    assert len(token) == LENGTH
    assert read(KEY, token) == message_id


@pytest.mark.rule("R9.4")
@given(IDS, st.integers(0, LENGTH - 1), st.characters(max_codepoint=0x2FFF))
def test_a_token_with_another_letter_is_none(message_id: int, place: int, letter: str) -> None:
    token = mint(KEY, message_id)
    other = token[:place] + letter + token[place + 1 :]
    assert read(KEY, other) == (message_id if other == token else None)


@pytest.mark.rule("R9.4")
@pytest.mark.parametrize("after", [".", "/", "。", "まで", "STOP", ")", "\n"])
def test_what_a_telephone_takes_for_a_part_of_the_link_keeps_nobody_from_stopping(after: str) -> None:
    assert read(KEY, mint(KEY, 7) + after) == 7


@given(IDS)
def test_another_server_s_token_is_none(message_id: int) -> None:
    assert read(KEY, mint(key_of("another secret of another server"), message_id)) is None


@given(st.text(max_size=30))
def test_whatever_is_asked_nothing_raises(token: str) -> None:
    assert read(KEY, token) is None
