"""Cells that no spreadsheet takes for a formula (R8.2)."""

from __future__ import annotations

import re

# What a spreadsheet takes for a formula, also behind blanks and quotes: at the beginning of a cell, and after
# what begins a new one where the file is opened with another separator, which no quotes of ours can keep.
_SIGN = r"[=+\-@＝＋－＠]"
_FIRST = re.compile(rf"""[\s'"]*{_SIGN}""")
_BEGINS = re.compile(r"[;|\t\r\n\v\f]")
# Each run of blanks, quotes and separators is looked at once, from its beginning: asked anew at each of its
# signs, a cell of line breaks alone takes the square of its length, and its process waits for that.
_RUN = re.compile(rf"""(?<![;|\s'"])[;|\s'"]++(?={_SIGN})""")


def disarmed(cell: str) -> str:
    """The cell, with an apostrophe before whatever looks like a formula."""
    # Asked for each cell of a file of a million rows: nearly all are told by the first two and stay.
    told = _RUN.sub(_parted, cell) if _BEGINS.search(cell) else cell
    return f"'{told}" if _FIRST.match(cell) or cell.startswith(("\t", "\r")) else told


def _parted(run: re.Match[str]) -> str:
    """What stands before a formula, with an apostrophe behind each separator that could begin it."""
    said = run[0]
    last = max(said.rfind(";"), said.rfind("|"), 0)
    return said[:last] + _BEGINS.sub(r"\g<0>'", said[last:])
