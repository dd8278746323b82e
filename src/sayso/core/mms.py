"""Texts with pictures: where they are carried, and what goes to who lives elsewhere (R9.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sayso.core.because import Because, Step
from sayso.core.phones import country_of
from sayso.core.rendering import Text, Variable, as_written, with_opt_out

COUNTRIES = frozenset({"US", "CA"})
"""Where carriers bring pictures to telephones from a number that can be answered."""
PICTURE_LINK = "picture_link"
NO_MMS = "no_mms"
WHY_NOT: Because = (
    Step(
        "R9.2",
        "It has a picture, which the line that would text them, or their country, does not carry, and the "
        "campaign sends nothing instead.",
    ),
)
PARTS = 1
"""An MMS counts as one, whatever its words."""


@dataclass(frozen=True, slots=True)
class Mms:
    """A campaign's pictures; `fallback` is the text where none is carried, None: then nothing is sent.

    `link` is the public address of the first.
    """

    urls: tuple[str, ...]
    link: str
    fallback: Text | None


def reaches(line_country: str, phone: int) -> bool:
    """Whether carriers bring a picture from a line of this country to this number."""
    return line_country in COUNTRIES and country_of(phone) in COUNTRIES


def fallback(body: str, opt_out_message: str, *, appended: bool, plain: bool) -> Text:
    """What goes where no picture is carried: the link after the words, the opt-out message after both."""
    text, message = as_written(body), as_written(opt_out_message)
    return replace(with_opt_out(with_link(text), message, appended=appended), plain=plain)


def with_link(text: Text) -> Text:
    """The text with the link to the picture at its end, unless it stands in it."""
    if PICTURE_LINK in text.names:
        return text
    last = text.pieces[-1] if text.pieces else ""
    apart = () if not text.pieces or (isinstance(last, str) and last.endswith((" ", "\n"))) else (" ",)
    return replace(text, pieces=(*text.pieces, *apart, Variable(PICTURE_LINK, None)))
