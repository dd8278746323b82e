"""Cells that no spreadsheet takes for a formula (R8.2)."""

from __future__ import annotations

import re

# What a spreadsheet takes for a formula, also behind blanks and quotes: at the beginning of a cell, and after
# what begins a new one where the file is opened with another separator, which no quotes of ours can keep.
_FORMULA = re.compile(r"""(^|[;|\t\r\n\v\f])(?=[\s'"]*[=+\-@＝＋－＠])""")


def disarmed(cell: str) -> str:
    """The cell, with an apostrophe before whatever looks like a formula."""
    told = _FORMULA.sub(r"\1'", cell)
    return f"'{told}" if told.startswith(("\t", "\r")) else told
