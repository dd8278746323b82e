"""Secrets of connections are sealed, and open with their own key alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.storage.vault import VaultError, open_sealed, seal

KEY = "k" * 40
texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(texts, texts))
def test_what_is_sealed_comes_out_as_it_went_in(secrets: dict[str, str]) -> None:
    assert open_sealed(KEY, seal(KEY, secrets)) == secrets


def test_nothing_of_a_secret_shows_and_no_two_seals_are_alike() -> None:
    sealed = seal(KEY, {"auth_token": "open sesame"})
    assert b"sesame" not in sealed
    assert sealed != seal(KEY, {"auth_token": "open sesame"})


@pytest.mark.parametrize("key", ["another key", KEY + " "])
def test_another_key_opens_nothing_and_says_so(key: str) -> None:
    with pytest.raises(VaultError, match="SAYSO_SECRET_KEY"):
        open_sealed(key, seal(KEY, {"a": "b"}))


def test_damage_is_noticed() -> None:
    sealed = bytearray(seal(KEY, {"a": "b"}))
    sealed[20] ^= 1
    with pytest.raises(VaultError):
        open_sealed(KEY, bytes(sealed))


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(VaultError):
        seal("", {"a": "b"})
