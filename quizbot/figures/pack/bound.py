"""Sheets bound together: the paper and its spreadsheets in one ZIP."""

import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

from quizbot.cells import csv_lines
from quizbot.clock import LONDON
from quizbot.evidence import pdf
from quizbot.figures.pack.contents import Period
from quizbot.figures.pack.sheets import PackSheet
from quizbot.store.audit import TrailHead

PAPER = "inspection-pack.pdf"
TRAIL = "trail"  # the paper says it at its end without a table


def bind(
    out: IO[bytes], sheets: Sequence[PackSheet], *, period: Period, place: str, at: datetime
) -> None:
    """Write the ZIP: a spreadsheet's lines one after another, never a whole one in memory."""
    made_at = at.astimezone(LONDON).timetuple()[:6]
    with zipfile.ZipFile(out, "w") as made:
        paper = zipfile.ZipInfo(PAPER, made_at)  # a PDF is packed already
        made.writestr(paper, pdf.make("report", paper_of(sheets, period, place), at))
        for sheet in sheets:
            entry = zipfile.ZipInfo(sheet.file, made_at)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with made.open(entry, "w") as file:
                for line in csv_lines(sheet.lines()):
                    file.write(line.encode())


def paper_of(sheets: Sequence[PackSheet], period: Period, place: str) -> dict[str, Any]:
    """What is printed, all of it from the sheets."""
    (trail,) = (sheet for sheet in sheets if sheet.name == TRAIL)
    head = TrailHead(int(trail.rows[0][0]), trail.rows[0][1])
    sections = [
        {
            "title": sheet.title,
            "words": sheet.words,
            "tables": [
                {"caption": table.caption, "head": table.head, "rows": table.rows}
                for table in sheet.printed
            ],
        }
        for sheet in sheets
        if sheet.name != TRAIL
    ]
    return {
        "title": "Inspection pack",
        "place": place,
        "lines": [f"{period.words}."],
        "sections": sections,
        "head": {"number": head.number, "hash": head.hash},
    }
