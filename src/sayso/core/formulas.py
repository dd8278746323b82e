"""Cells that no spreadsheet takes for a formula (R8.2)."""

from __future__ import annotations

import re

# What a spreadsheet takes for a formula, also behind blanks and quotes: at the beginning of a cell, and after
# what begins a new one where the file is opened with another separator, which no quotes of ours can keep.
_SIGN = r"""[\s'"]*[=+\-@＝＋－＠]"""
_FIRST = re.compile(_SIGN)
_WITHIN = re.compile(rf"([;|\t\r\n\v\f])(?={_SIGN})")


def disarmed(cell: str) -> str:
    """The cell, with an apostrophe before whatever looks like a formula."""
    # Asked for each cell of a file of a million rows: nearly all are told by these two, and stay as they are.
    told = _WITHIN.sub(r"\1'", cell) if _WITHIN.search(cell) else cell
    return f"'{told}" if _FIRST.match(cell) or cell.startswith(("\t", "\r")) else told
