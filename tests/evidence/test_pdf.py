"""Papers: tagged PDF with a title and a language, the same bytes for the same data."""

import io
from datetime import UTC, datetime

from pypdf import PdfReader

from quizbot.evidence import pdf

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
DATA = {
    "title": "Report on *tea* #panic()",
    "place": "Northmoor <partnership>",
    "lines": ["One line."],
    "sections": [
        {
            "title": "Pots",
            "words": ["A pot is a pot."],
            "tables": [{"caption": "Kinds", "head": ["Pot", "Cups"], "rows": [["#1/0", "6"]]}],
        }
    ],
    "head": {"number": 7, "hash": "ab" * 32},
}


def read(made):
    return PdfReader(io.BytesIO(made))


def words(made):
    return " ".join(" ".join(page.extract_text() for page in read(made).pages).split())


def test_a_paper_is_tagged_and_says_that_it_is_accessible():
    found = read(pdf.make("report", DATA, AT))

    root = found.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert found.metadata.title == DATA["title"]


def test_what_is_printed_is_data_and_never_a_command():
    told = words(pdf.make("report", DATA, AT))

    for text in (DATA["title"], DATA["place"], "#1/0", "6", "Kinds", "ab" * 32):
        assert text in told


def test_the_same_data_gives_the_same_bytes():
    assert pdf.make("report", DATA, AT) == pdf.make("report", DATA, AT)
