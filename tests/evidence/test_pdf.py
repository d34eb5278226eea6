"""Papers: tagged PDF with a title and a language, the same bytes for the same data."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from quizbot.evidence import pdf
from tests.evidence.scripts import LOST, NAMES

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


# Names in every script


def papers(name):
    """All three papers, with a name wherever words of an outsider stand."""
    line = dict.fromkeys(
        ("title", "edition", "taken_on", "outcome", "share", "code", "state"), name
    )
    table = {"caption": name, "head": [name, name], "rows": [[name, name]]}
    head = {"number": 7, "hash": "ab" * 32}
    record = dict.fromkeys(("name", "issuer", "title", "edition", "issued_on", "expires_on"), name)
    yield pdf.make(
        "certificate",
        {**record, "objectives": [name], "code": "K", "address": "http://127.0.0.1/", "qr": QR},
        AT,
    )
    yield pdf.make("transcript", {**record, "made_on": "1 May", "lines": [line]}, AT)
    section = {"title": name, "words": [name], "tables": [table]}
    shown = {"title": name, "place": name, "lines": [name], "sections": [section], "head": head}
    yield pdf.make("report", shown, AT)


QR = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><path d="M0 0h1v1z"/></svg>'


@pytest.mark.parametrize("script", NAMES)
def test_every_paper_shows_names_in_every_script(script):
    name = NAMES[script]

    for made in papers(name):
        told = words(made)
        assert name in read(made).metadata.title
        assert not {letter for letter in name if letter not in told}
        assert pdf.BOX not in told


@pytest.mark.parametrize("script", LOST)
def test_a_letter_that_no_typeface_has_is_a_box_and_is_told(script):
    name = LOST[script]

    for made in papers(name):
        told = words(made)
        assert pdf.BOX in read(made).metadata.title
        assert f"{pdf.BOX} stands for a letter that our typefaces do not have." in told


def test_only_the_letter_that_is_lost_is_a_box():
    (paper, *_) = papers("Ann \u0378Lee")

    assert read(paper).metadata.title == "Certificate: Ann □Lee, Ann □Lee"
    assert "they come first: U+0378." in words(paper)


def test_many_lost_letters_are_counted():
    lost = "".join(map(chr, range(0xE000, 0xE000 + 50)))

    assert "U+E027 and 10 more." in words(next(papers(lost)))


def test_what_a_file_cannot_hold_is_a_box_too():
    for made in papers("Ann\x00 \udc00Lee"):
        assert "Ann□ □Lee" in read(made).metadata.title


def test_the_same_names_give_the_same_bytes_in_another_process(tmp_path):
    name = "".join(NAMES.values()) + "".join(LOST.values())
    program = (
        "import sys, json; from datetime import UTC, datetime; from quizbot.evidence import pdf;"
        " given = json.load(sys.stdin);"
        " sys.stdout.buffer.write(pdf.make('report', given, datetime(2026, 11, 21, 9, tzinfo=UTC)))"
    )
    given = {**DATA, "title": name}

    made = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(given).encode(),
        stdout=subprocess.PIPE,
        check=True,
    ).stdout

    assert made == pdf.make("report", given, AT)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30))
def test_no_text_at_all_is_refused(name):
    pdf.make("report", {**DATA, "title": f"Report on {name}", "place": name}, AT)
