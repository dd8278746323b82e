"""R12.3: links are found as they were by the plain pattern, and in hostile texts as quickly as in others."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sayso.core.links import first_link

pytestmark = pytest.mark.rule("R12.3")
PLAIN = re.compile(
    r"\b(?:https?|ftp)\s*:\s*/|\bwww\s*\.\s*\w|[a-z][a-z\d+.-]+:[\w/+]|\b\d+(?:\.\d+){3}\b"
    r"|(?:\w|[^\x00-\u2070\s])\.[^\W\d_]{2}",
    re.IGNORECASE,
)
ACUTE, GRAVE_BELOW, HIRAGANA_A, IDEOGRAPHIC_STOP = "\u0301", "\u0316", "\u3042", "\u3002"
LETTERS = [*"aBw1.:/+-_ \n", "é", "ſ", "❤", ACUTE, GRAVE_BELOW, HIRAGANA_A, IDEOGRAPHIC_STOP, "http", "www"]


def plainly(text: str) -> str | None:
    """The first link by the plain pattern, for texts of these letters."""
    ended = re.sub(f"(?<={HIRAGANA_A}){IDEOGRAPHIC_STOP}(?={HIRAGANA_A})", " ", text)
    seen = unicodedata.normalize("NFKC", ended.replace(IDEOGRAPHIC_STOP, ".")).replace("\n", " ")
    seen = "".join(char for char in seen if unicodedata.category(char) != "Mn")
    found = PLAIN.search(seen)
    return seen[seen.rfind(" ", 0, found.start()) + 1 :].split(maxsplit=1)[0] if found else None


@settings(max_examples=2_000, deadline=None)
@given(st.lists(st.sampled_from(LETTERS), max_size=16).map("".join))
@example("1a:b 2.ab")
@example(f"a{GRAVE_BELOW}{ACUTE}b:1 http:/")
def test_the_first_link_is_the_one_that_the_plain_pattern_finds(text: str) -> None:
    assert first_link(text) == plainly(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "a.",
        "1.",
        "1.1",
        "a-",
        "+a",
        " ",
        "www ",
        "www.",
        "http ",
        "http: ",
        ACUTE + GRAVE_BELOW,
        "é。",
    ],
)
@pytest.mark.parametrize("begin", ["", "www", "http"])
def test_a_text_made_to_be_slow_is_not(begin: str, piece: str) -> None:
    began = time.process_time()
    first_link(begin + piece * (200_000 // len(piece)))
    # Far more than one look at each letter takes, and far less than a look at all that follow each of them.
    assert time.process_time() - began < 5
