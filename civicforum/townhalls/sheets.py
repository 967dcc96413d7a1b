"""Cells of a table that spreadsheets open: words stay words, and never become a formula."""

from typing import Any

# A cell that begins with one of these is read as a formula; the full-width ones, too.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """The value as text that no spreadsheet computes."""
    text = "" if value is None else str(value)
    is_formula = text.startswith(_STARTS) or text.lstrip(" \u00a0\u3000").startswith(_STARTS)
    return f"'{text}" if is_formula else text
