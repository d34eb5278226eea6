"""Workbooks of Excel as people files: read as they are shown, bounded, nothing worked out."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from quizbot.errors import BadFile
from quizbot.people.file import workbook
from tests.people.people_files import HEAD, TEAM, Files, faults_of, workbook_of

TITLES = tuple(HEAD.split(","))
GWEN = ("N9", "Gwen Okafor", "gwen@n.example", TEAM, "Worker", date(2026, 11, 2), "N3")


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


def take(files, content):
    path = files.folder / "hr.xlsx"
    path.write_bytes(content)
    return files.service.people.import_file(path)


def with_part(content, name, change):
    """A workbook of which one part is another."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, change(data) if part.filename == name else data)
    return made.getvalue()


def test_a_workbook_is_a_people_file(files):
    take(files, workbook_of(TITLES, GWEN))

    assert files.people()["Gwen Okafor"] == ("gwen@n.example", "N9", None, False)
    assert files.posts("Gwen Okafor") == [(TEAM, "Worker", "Carys Evans", "2026-11-02", None)]


def test_a_workbook_and_a_text_of_the_same_people_are_the_same(files):
    take(files, workbook_of(TITLES, GWEN))

    assert files.take(f"N9,Gwen Okafor,gwen@n.example,{TEAM},Worker,2026-11-02,N3").is_nothing


@pytest.mark.parametrize("begins", ["1900", "1904"])
@pytest.mark.parametrize("shown", ["reader", "British"])
def test_a_day_is_the_day_that_was_written_however_it_is_counted_and_shown(files, begins, shown):
    """From 1904 on a Mac of old; as each reader's own country writes it is format 14."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"date_1904": begins == "1904"}) as book:
        as_day = book.add_format({"num_format": 14 if shown == "reader" else "dd/mm/yyyy"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, GWEN[:5])
        sheet.write_datetime(1, 5, GWEN[5], as_day)
        sheet.write_string(1, 6, GWEN[6])

    take(files, made.getvalue())

    assert files.posts("Gwen Okafor") == [(TEAM, "Worker", "Carys Evans", "2026-11-02", None)]


def test_a_note_a_link_and_a_bold_word_change_nothing_of_what_a_cell_says(files):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, (*GWEN[:5], GWEN[5].isoformat(), GWEN[6]))
        sheet.write_rich_string(1, 1, "Gwen ", bold, "Okafor")
        sheet.write_comment(1, 1, "came in May", {"author": "Bo Reed"})
        sheet.write_url(1, 2, f"mailto:{GWEN[2]}", string=GWEN[2])

    take(files, made.getvalue())

    assert files.people()["Gwen Okafor"] == ("gwen@n.example", "N9", None, False)


def test_numbers_keep_the_zeros_that_are_shown(files):
    take(files, workbook_of(TITLES, (123, *GWEN[1:]), zeros=6))

    assert files.people()["Gwen Okafor"][1] == "000123"


def test_faults_name_the_row_as_excel_counts_them(files):
    bad = ("N8", "", "ann@n.example", "x//y", 7.5, True, None)
    content = workbook_of(("Report of staff",), TITLES, (), GWEN, bad)

    found = faults_of(lambda: take(files, content))

    assert [fault.split(":")[0] for fault in found] == [
        "line 5, name",
        "line 5, started_on",
        "line 5, unit",
    ]


def test_a_day_with_an_hour_is_no_first_day(files):
    content = workbook_of(TITLES, (*GWEN[:5], datetime(2026, 11, 2, 9, 30), ""))  # noqa: DTZ001

    (found,) = faults_of(lambda: take(files, content))

    assert found.startswith("line 2, started_on: '2026-11-02 09:30:00' is not a day")


def test_something_behind_the_last_title_is_a_fault(files):
    (found,) = faults_of(lambda: take(files, workbook_of(TITLES, (*GWEN, "note"))))

    assert found == (
        "line 2: has something behind the last title: give that column a title, or clear it"
    )


def test_a_sheet_that_is_hidden_or_empty_is_passed_over(files):
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    book.active.append(("secret",))
    book.create_sheet("empty")
    people = book.create_sheet("people")
    for row in (TITLES, GWEN):
        people.append(row)
    made = io.BytesIO()
    book.active = 2
    book.save(made)

    assert take(files, made.getvalue()).joined == 1


def test_a_formula_counts_as_what_was_saved_for_it_and_is_not_worked_out(files):
    content = workbook_of(TITLES, (*GWEN[:4], '=CONCAT("Wor","ker")', *GWEN[5:]))

    (found,) = faults_of(lambda: take(files, content))
    assert found.startswith("hr.xlsx, line 2: has a formula, and what it comes to was not saved.")

    def saved(sheet):
        return sheet.replace(b"<v />", b"<v>Worker</v>").replace(b"<v></v>", b"<v>Worker</v>")

    text = with_part(
        content, "xl/worksheets/sheet1.xml",
        lambda sheet: saved(sheet.replace(b'<c r="E2">', b'<c r="E2" t="str">')),
    )  # fmt: skip
    assert take(files, text).joined == 1


def with_shared_words():
    """A workbook as Excel itself keeps it: words once, in a list of their own."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, (*GWEN[:5], "2026-11-02", "N3"))
    return made.getvalue()


def test_words_that_are_kept_in_a_list_are_found_in_it(files):
    content = with_shared_words()
    spoilt = with_part(content, "xl/sharedStrings.xml", lambda _: b"<sst/>")

    assert "cannot be read as a workbook" in faults_of(lambda: take(files, spoilt))[0]
    assert take(files, content).joined == 1


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        (SHEET, lambda data: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + data, "declares things that no"),
        ("xl/workbook.xml", lambda data: b"<!DOCTYPE x>" + data, "declares things that no"),
        (SHEET, lambda data: data[:400], "cannot be read as a workbook"),
        (SHEET, lambda _: b"", "cannot be read as a workbook"),
        (SHEET, lambda data: data.replace(b'r="2"', b'r="two"'), "cannot be read as a workbook"),
        ("xl/styles.xml", lambda _: b"<a", "cannot be read as a workbook"),
    ],
)
def test_a_spoilt_workbook_is_told_in_a_sentence(files, part, change, words):
    content = with_part(workbook_of(TITLES, GWEN), part, change)

    (found,) = faults_of(lambda: take(files, content))

    assert words in found
    assert "Gwen Okafor" not in files.people()


def test_a_row_said_to_be_far_below_is_not_waited_for(files):
    content = with_part(
        workbook_of(TITLES, GWEN), SHEET, lambda data: data.replace(b'"2"', b'"2000000000"')
    )

    (found,) = faults_of(lambda: take(files, content))

    assert found.startswith("hr.xlsx has no people in it") or "more than 300000 rows" in found


def test_what_unpacks_to_too_much_is_not_unpacked(files):
    made = io.BytesIO(workbook_of(TITLES, GWEN))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/media/big.bin", bytes(workbook.LARGEST_SMALL_PART + 1))

    (found,) = faults_of(lambda: take(files, made.getvalue()))

    assert found == "hr.xlsx is too large when it is unpacked: save it as CSV, or split it."


def test_a_packed_file_that_is_spoilt_is_told(files):
    content = workbook_of(TITLES, GWEN)

    with pytest.raises(BadFile, match="cannot be read as a workbook"):
        take(files, content[: len(content) // 2])
