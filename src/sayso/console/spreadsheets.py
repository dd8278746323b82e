"""Cells that no spreadsheet takes for a formula, for the files that pages hand out."""

from sayso.core.formulas import disarmed

__all__ = ["disarmed"]
