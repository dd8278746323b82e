"""Which letters of a text cost more, what may stand in their place, and what that saves (R9.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sayso.core.plain_letters import NAMES, PLAIN, offered, replaced
from sayso.core.segments import count

MOST_SIGNS = 6
FIELDS = ("body", "opt_out_message", "fallback_body")
"""The boxes in which letters are replaced at one press."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A letter that forces Unicode: as it is shown, and where it stands first, from 1."""

    shown: str
    place: int


@dataclass(frozen=True, slots=True)
class Letters:
    """What a text's letters cost.

    `plain`: what may be replaced, and by what; `stay`: what may not. Parts `now`, with the first replaced
    (`then`), and with none of either (`without`). `here`: some stand in the boxes, so that a press helps.
    """

    signs: tuple[Sign, ...]
    more: int
    plain: tuple[tuple[str, str], ...]
    stay: tuple[Sign, ...]
    now: int
    then: int
    without: int
    unicode_then: bool
    here: bool

    @property
    def helps(self) -> bool:
        """Whether replacing gains anything."""
        return bool(self.plain) and not self.unicode_then

    @property
    def pairs(self) -> str:
        """What the page's script replaces, as JSON."""
        return json.dumps(dict(PLAIN))


def of(text: str, form: Mapping[str, str]) -> Letters | None:
    """The letters of a text as it is sent, written in the boxes of a form; None: nothing forces Unicode."""
    found = count(text)
    places: dict[str, int] = {}
    for sign in found.forcing:
        places.setdefault(sign.char, sign.position + 1)
    if not places:
        return None
    offer = offered(text)
    signs = [Sign(_shown(char), place) for char, place in places.items()]
    stay = [Sign(_shown(char), place) for char, place in places.items() if char not in PLAIN]
    bare = "".join(char for char in replaced(text) if char not in places)
    return Letters(
        tuple(signs[:MOST_SIGNS]),
        len(signs[MOST_SIGNS:]),
        tuple((_shown(char), _shown(plain)) for char, plain in offer.replaced[:MOST_SIGNS]) if offer else (),
        tuple(stay[:MOST_SIGNS]),
        found.parts,
        offer.after.parts if offer else found.parts,
        count(bare).parts,
        offer is None or offer.after.encoding == "UCS-2",
        any(char in PLAIN for name in FIELDS for char in form.get(name, "")),
    )


def _shown(char: str) -> str:
    return NAMES.get(char, "nothing" if char == "" else "blank" if char.isspace() else char)
