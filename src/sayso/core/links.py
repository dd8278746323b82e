"""Whether a text holds a link: an address a telephone would make tappable (R12.3)."""

from __future__ import annotations

import re

# With a scheme, with www, or a bare host: a known ending alone ("example.com"), any ending before a path
# ("frn.li/a8Kq2"). A full stop without a blank after it ("Yes.No") is not a link.
# Endings that are English words too (me, at, us) would make a link of a forgotten blank: they need a path.
_ENDINGS = "com|net|org|info|biz|shop|store|online|site|app|link|club|xyz|io|ly|gl|gd|eu|uk|de|fr|ch|es|nl"
_LINK = re.compile(
    rf"(?:https?|ftp)\s*:\s*/\s*/|\bwww\s*\.\s*\w|\b[\w-]+(?:\.[\w-]+)*\.(?:(?:{_ENDINGS})\b|[^\W\d_]{{2,}}/\S)",
    re.IGNORECASE,
)


def first_link(text: str) -> str | None:
    """The first link as it stands in the text, up to the next blank; None where there is none."""
    found = _LINK.search(text)
    if found is None:
        return None
    return text[found.start() :].split(maxsplit=1)[0]
