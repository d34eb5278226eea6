"""Cells of a table that no spreadsheet takes for a formula, and what takes the mark off again."""

import re

# What begins a formula, now or once a spreadsheet has put it into its usual form: wide, small,
# raised and lowered letters and the true minus sign; blanks in front of it are no safeguard.
_FORMULA = re.compile(
    r"'*[\s\u00ad\u200b-\u200d\u2060\ufeff]*"
    r"[=+\-@\t\r\n＝﹦⁼₌＋﹢⁺₊\ufb29－﹣⁻₋\u2212＠﹫]"
)


def harmless(words: str) -> str:
    """A cell as it is written: one that would begin a formula gets an apostrophe in front."""
    return f"'{words}" if _FORMULA.match(words) else words


def as_meant(cell: str) -> str:
    """A cell as it was before it was made harmless; every other cell as it is."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell[1:]) else cell
