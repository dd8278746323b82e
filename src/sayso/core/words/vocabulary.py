"""The shape of one language's predefined words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's words (R4.7), each list written with commas between words or phrases.

    `strong_out` opts out as the first words of a text, so none of it may be an everyday beginning of a text
    in any language we serve. `weak_out` opts out only when it is the whole text. `back` lifts a block, as
    the whole text; never a plain yes. `courtesy` may stand around any of them. `not_theirs` says, anywhere
    in a text, that somebody else has the number (R6.8); a person reads those.
    """

    language: str
    strong_out: str = ""
    weak_out: str = ""
    back: str = ""
    strong_help: str = ""
    weak_help: str = ""
    courtesy: str = ""
    not_theirs: str = ""


def listed(words: str) -> tuple[str, ...]:
    """The words and phrases of one list."""
    return tuple(word.strip() for word in words.split(",") if word.strip())
