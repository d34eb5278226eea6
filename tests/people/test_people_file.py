"""Bad people files: each fault a sentence with line and column, and nothing half done."""

import codecs
import io
import resource
import zipfile

import pytest

from quizbot.errors import BadFile
from quizbot.people.people import Options
from tests.people.people_files import HEAD, TEAM, Files, faults_of

GOOD = f"N9,Gwen Okafor,gwen@northmoor.example,{TEAM},Social worker,2026-11-02,N3"


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


WRONG = ": delete the one that is wrong"
ANEW = ": write the right one on both"
KEEP = ". So whose it is keeps it; for the other leave it empty, and print a sign-in slip"
SPREADSHEET = (
    ". A spreadsheet made this of it, and which day it was cannot be told from it. There, choose"
    " the column, Format cells, Custom, yyyy-mm-dd, and save it again"
)


def bytes_of(files, content):
    path = files.folder / "hr.csv"
    path.write_bytes(content)
    return path


# ---- one line by itself --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"N9,,g@n.example,{TEAM},Worker,2026-11-02,", "name: is empty: fill it"),
        ("N9,Gwen,g@n.example,,Worker,2026-11-02,", "unit: is empty: fill it"),
        (f"N9,Gwen,g@n.example,{TEAM},,2026-11-02,", "job: is empty: fill it"),
        (f"N9,Gwen,g@n.example,{TEAM},Worker,,", "started_on: is empty: fill it"),
        (
            f",Gwen,,{TEAM},Worker,2026-11-02,",
            "staff_ref: is empty: staff_ref, or else email, must tell who this is",
        ),
        (f"N9,{'x' * 201},,{TEAM},Worker,2026-11-02,", "name: is longer than 200 characters"),
        (f"{'9' * 65},Gwen,,{TEAM},Worker,2026-11-02,", "staff_ref: is longer than 64 characters"),
        (
            f"N9,Gwen,{'g' * 250}@n.example,{TEAM},Worker,2026-11-02,",
            "email: is longer than 254 characters",
        ),
        (f"N9,Gwen,gwen,{TEAM},Worker,2026-11-02,", "email: 'gwen' is not an e-mail address"),
        (f"N9,Gwen,a@b,{TEAM},Worker,2026-11-02,", "email: 'a@b' is not an e-mail address"),
        (
            f"N9,Gwen,,{TEAM},Worker,20261102,",
            "started_on: '20261102' is not a day such as 2026-11-21",
        ),
        (
            f"N9,Gwen,,{TEAM},Worker,2026-02-29,",
            "started_on: '2026-02-29' is not a day such as 2026-11-21: there is no such day",
        ),
        (
            f"N9,Gwen,,{TEAM},Worker,31/11/2026,",
            "started_on: '31/11/2026' is not a day such as 2026-11-21: there is no such day",
        ),
        (
            f"N9,Gwen,,{TEAM},Worker,26-11-02,",
            "started_on: '26-11-02' is not a day such as 2026-11-21",
        ),
        (
            f"N9,Gwen,,{TEAM},Worker,46027,",
            f"started_on: '46027' is not a day such as 2026-11-21{SPREADSHEET}",
        ),
        (
            f"N9,Gwen,,{TEAM},Worker,2026-W02-1,",
            "started_on: '2026-W02-1' is not a day such as 2026-11-21",
        ),
        (
            f"N9,Gwen,,{TEAM},Worker,٢٠٢٦-١١-٢١,",
            "started_on: '٢٠٢٦-١١-٢١' is not a day such as 2026-11-21",
        ),
        (f"N9,Zo\ufffd,,{TEAM},Worker,2026-11-02,", "name: holds �, which stands for a letter"),
        (f"N9,NULL,,{TEAM},Worker,2026-11-02,", "name: 'NULL' is what is written where nothing"),
        (f"#N/A,Gwen,,{TEAM},Worker,2026-11-02,", "staff_ref: '#N/A' is what is written where"),
        (f"N9,Gwen #REF!,,{TEAM},Worker,2026-11-02,", "name: 'Gwen #REF!' is what is written"),
        (f"N9,Gwen,,{TEAM},########,2026-11-02,", "job: '########' is what is written where"),
        (
            f"N9,Gwen,,{TEAM},Tea &amp; Co,2026-11-02,",
            "job: holds '&amp;', which stands for a letter on web pages: write the letter itself",
        ),
        (f"N9,&Eacute;va,,{TEAM},Worker,2026-11-02,", "name: holds '&Eacute;', which stands for"),
        (
            f"N9,Gwen,,{TEAM},Worker,1900-01-01,",
            "started_on: 1900-01-01 is before 1940: check the year",
        ),
        (
            f"N9,Gwen,,{TEAM},Worker,2062-11-02,",
            "started_on: 2062-11-02 is more than two years ahead: check the year",
        ),
        (f"N9,Gwen\x00,,{TEAM},Worker,2026-11-02,", "name: holds characters that cannot be shown"),
        (f"N9,Gwen\x1b[2J,,{TEAM},Worker,2026-11-02,", "name: holds characters that cannot be"),
        (f"N9,Gwen\u202enewG,,{TEAM},Worker,2026-11-02,", "name: holds characters that cannot be"),
        (f'N9,"Gwen\nOkafor",,{TEAM},Worker,2026-11-02,', "name: holds characters that cannot be"),
        ("N9,Gwen,,Northmoor//Team,Worker,2026-11-02,", "unit: has an empty part"),
        (f"N9,Gwen,,{'/'.join('abcdefghijk')},Worker,2026-11-02,", "unit: has more than 10 levels"),
        (f"N9,Gwen,,{'u' * 201},Worker,2026-11-02,", "unit: has a name longer than 200"),
        (f"N9,Gwen,,{TEAM},Guest,2026-11-02,", "job: 'Guest' is for candidates: name the job"),
    ],
)
def test_a_cell_that_cannot_be(files, line, fault):
    before = files.everything()

    (found,) = faults_of(lambda: files.take(line))

    assert found.startswith(f"line 2, {fault}")
    assert files.everything() == before


def test_every_fault_of_every_line_is_told_in_the_order_of_the_file(files):
    found = faults_of(
        lambda: files.take(
            "N9,,wrong,,Worker,someday,",
            GOOD,
            f"N9,Gwen,{TEAM},Worker,2026-11-02,",
        )
    )

    assert found == [
        "line 2, email: 'wrong' is not an e-mail address",
        "line 2, name: is empty: fill it",
        "line 2, started_on: 'someday' is not a day such as 2026-11-21",
        "line 2, unit: is empty: fill it",
        "line 4: has 6 cells, not 7: is a comma missing?",
    ]


def test_a_line_with_a_bad_cell_is_held_against_the_others_by_its_sound_ones(files):
    found = faults_of(
        lambda: files.take(
            "Z2,Bad Two,z2@n.example,Northmoor/Council/Asessment,SW,46027,N77",
            f"Z3,Bad Three,amina@northmoor.example,{TEAM},Guest,someday,Z3",
            f"Z4,,z4@n.example,{TEAM},SW,2026-11-02,Z2",
            f",Nobody,,{TEAM}s,SW,2026-11-02,Z4",
        )
    )

    unit = (
        "is not a unit: did you mean 'Northmoor/Council/Assessment'? Mend it, or have units made"
        " that"
    )
    assert found == [
        "line 2, manager: 'N77' is in neither the file nor the database",
        f"line 2, started_on: '46027' is not a day such as 2026-11-21{SPREADSHEET}",
        f"line 2, unit: 'Northmoor/Council/Asessment' {unit} are not there yet.",
        f"line 3, email: belongs to somebody else here: one address, one person{KEEP}",
        "line 3, job: 'Guest' is for candidates: name the job",
        "line 3, manager: nobody is their own manager",
        "line 3, started_on: 'someday' is not a day such as 2026-11-21",
        "line 4, name: is empty: fill it",
        "line 5, staff_ref: is empty: staff_ref, or else email, must tell who this is",
        f"line 5, unit: '{TEAM}s' {unit} are not there yet.",
    ]


def test_two_lines_about_one_post_are_told_though_a_day_cannot_be_read(files):
    found = faults_of(lambda: files.take(GOOD, GOOD.replace("2026-11-02", "2 November")))

    assert found == [
        "line 3: is about the same post as line 2: delete one of them",
        "line 3, started_on: '2 November' is not a day such as 2026-11-21",
    ]


@pytest.mark.parametrize(
    "name",
    ["=HYPERLINK(1)", "<script>alert(1)</script>", "'; DROP TABLE person; --", "{{ 7 * 7 }}", "%s"],
)
def test_hostile_names_are_only_names(files, name):
    files.take(f'N9,"{name}",,{TEAM},Worker,2026-11-02,')

    assert name in files.people()


def test_lines_are_counted_as_an_editor_counts_them(files):
    (found,) = faults_of(
        lambda: files.take("", GOOD.replace("Gwen Okafor", '"Gwen Okafor"'), "", "N8,")
    )

    assert found == "line 5: has 2 cells, not 7: is a comma missing?"


@pytest.mark.parametrize(
    ("separator", "called"),
    [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")],
)
def test_a_line_with_cells_too_few_or_too_many_names_what_stands_between_them(
    files, separator, called
):
    lines = "\n".join((HEAD, "N8,Ann", GOOD.replace("Okafor", "Okafor,Dr"))).replace(",", separator)

    found = faults_of(lambda: files.service.people.import_file(bytes_of(files, lines.encode())))

    assert found == [
        f"line 2: has 2 cells, not 7: is a {called} missing?",
        f"line 3: has 8 cells, not 7: is a {called} unquoted?",
    ]


# ---- lines held against each other ---------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([GOOD, GOOD], ["line 3: is the same as line 2: delete one of them"]),
        (
            [GOOD, GOOD.replace("2026-11-02", "2026-10-02")],
            [
                f"line 2, started_on: is another than on line 3 for the same post{WRONG}",
                f"line 3, started_on: is another than on line 2 for the same post{WRONG}",
            ],
        ),
        (
            [GOOD, GOOD.replace(",N3", ",N4")],
            [
                f"line 2, manager: is another than on line 3 for the same post{WRONG}",
                f"line 3, manager: is another than on line 2 for the same post{WRONG}",
            ],
        ),
        (
            [GOOD, GOOD.replace("Okafor", "Oku").replace("Social", "Youth")],
            [
                f"line 2, name: is another than on line 3 for the same person{ANEW}",
                f"line 3, name: is another than on line 2 for the same person{ANEW}",
            ],
        ),
        (
            [GOOD, GOOD.replace("gwen@", "g@").replace("Social", "Youth")],
            [
                f"line 2, email: is another than on line 3 for the same person{ANEW}",
                f"line 3, email: is another than on line 2 for the same person{ANEW}",
            ],
        ),
        (
            [GOOD, GOOD.replace("N9", "n9").replace("Social", "Youth")],
            [
                "line 2, staff_ref: differs by capitals alone from line 3: write it in one way",
                "line 3, staff_ref: differs by capitals alone from line 2: write it in one way",
            ],
        ),
        (
            [GOOD, GOOD.replace("N9,Gwen", "N8,Glen")],
            [
                f"line 2, email: belongs to somebody else on line 3: one address, one person{KEEP}",
                f"line 3, email: belongs to somebody else on line 2: one address, one person{KEEP}",
            ],
        ),
        (
            [GOOD.replace("gwen@", "amina@")],
            [f"line 2, email: belongs to somebody else here: one address, one person{KEEP}"],
        ),
        ([GOOD.replace(",N3", ",N9")], ["line 2, manager: nobody is their own manager"]),
        (
            [GOOD.replace(",N3", ",Gwen@northmoor.example")],
            ["line 2, manager: nobody is their own manager"],
        ),
        (
            [GOOD.replace(",N3", ",N77")],
            ["line 2, manager: 'N77' is in neither the file nor the database"],
        ),
        (
            [GOOD.replace("Assessment", "Asessment")],
            [
                (
                    "line 2, unit: 'Northmoor/Council/Asessment' is not a unit: did you mean"
                    " 'Northmoor/Council/Assessment'? Mend it, or have units made"
                    " that are not there yet."
                )
            ],
        ),
    ],
)  # fmt: skip
def test_lines_that_contradict_each_other_or_what_is_known(files, lines, faults):
    before = files.everything()

    assert faults_of(lambda: files.take(*lines)) == faults
    assert files.everything() == before


def test_a_leaver_is_made_nobodys_manager(files):
    files.take(f"N1,Amina Rahman,,{TEAM},Social worker,2026-01-05,", unit=TEAM, complete=True,
               confirm=True)  # fmt: skip

    assert faults_of(lambda: files.take(GOOD)) == ["line 2, manager: 'N3' has left"]


def test_nobody_leaves_and_manages_by_the_same_file(files):
    found = faults_of(lambda: files.take(GOOD, unit=TEAM, complete=True, confirm=True))

    assert found == ["line 2, manager: 'N3' is not in this file, which is said to be complete"]


def test_a_manager_on_a_line_with_a_fault_is_not_told_twice(files):
    found = faults_of(
        lambda: files.take(GOOD.replace(",N3", ",N8"), f"N8,Head,,{TEAM},Head,yesterday,")
    )

    assert found == ["line 3, started_on: 'yesterday' is not a day such as 2026-11-21"]


def test_very_many_faults_are_counted(files):
    found = faults_of(lambda: files.take(*["N9,"] * 600))

    assert len(found) == 501
    assert found[-1] == "and 100 more"


# ---- the good lines alone ------------------------------------------------------------------


def test_good_lines_are_taken_and_the_others_listed(files, service):
    path = files.write(GOOD, "N8,", GOOD.replace("N9,Gwen", "N7,Glen").replace("gwen@", "glen@"))

    with service.people.plan(path, Options(good_rows=True)) as plan:
        imported = service.people.apply(plan)

    assert (imported.joined, imported.left_out) == (2, 1)
    assert [str(fault) for fault in plan.faults] == [
        "line 3: has 2 cells, not 7: is a comma missing?"
    ]


def test_a_line_left_out_tells_all_its_faults_and_spoils_no_good_one(files, service):
    path = files.write(
        GOOD,
        GOOD.replace("Okafor", "Oku").replace("Assessment", "Asessment").replace("2026", "26"),
    )

    with service.people.plan(path, Options(good_rows=True)) as plan:
        imported = service.people.apply(plan)

    assert (imported.joined, imported.left_out) == (1, 1)
    assert [(fault.line, fault.column) for fault in plan.faults] == [
        (3, "name"),
        (3, "started_on"),
        (3, "unit"),
    ]


def test_who_stands_on_a_good_line_below_a_manager_left_out_is_left_out_too(files):
    imported = files.take(
        f"A,Ann,,{TEAM},Worker,2026-11-02,B",
        f"B,Ben,,{TEAM},Worker,2026-11-02,C",
        f"C,Cid,,{TEAM},Worker,2026-11-02,D",
        GOOD,
        good_rows=True,
    )

    assert (imported.joined, imported.left_out) == (1, 3)


def test_of_two_equal_lines_one_is_good_and_of_two_contrary_ones_none(files):
    imported = files.take(GOOD, GOOD, f"B,Ben,,{TEAM},Worker,2026-11-02,",
                          f"B,Bob,,{TEAM},Head,2026-11-02,", good_rows=True)  # fmt: skip

    assert (imported.joined, imported.left_out) == (1, 3)


# ---- the whole file ------------------------------------------------------------------------


def refused(files, path):
    before = files.everything()
    with pytest.raises(BadFile) as error:
        files.service.people.import_file(path)
    assert files.everything() == before
    return str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{GOOD}\n".encode("utf-8-sig"),
        f"{HEAD}\n{GOOD}\n".replace(",", ";").encode(),
        f"{HEAD}\n{GOOD}\n".replace(",", "\t").encode(),
        f"{HEAD}\r\n{GOOD}\r\n".encode(),
        f"{HEAD.upper()}\n{GOOD}".encode(),
        f"{HEAD}\n\n{GOOD.replace('Gwen', '  Gwen  ')}\n;;\n".replace(";;", ",,,,,,").encode(),
        f"{HEAD}\n{GOOD}\n".replace(",", "|").encode(),
        f"sep=;\r\n{HEAD}\r\n{GOOD}\r\n".replace(",", ";").encode(),
        f'"sep=^"\n{HEAD}\n{GOOD}\n'.replace(",", "^").encode(),
        f"Starters and leavers, November 2026\n\n{HEAD}\n{GOOD}\n".encode(),
        f"Report;;;;;;\n;;;;;;\n{HEAD}\n{GOOD}\n".replace(",", ";").encode(),
        f"{HEAD},,,\n{GOOD},,,\n,,,,,,,,,\n".encode(),
        f"{HEAD}\n{GOOD},,\n".encode(),
        f"manager,{HEAD.removesuffix(',manager')}\nN3,{GOOD.removesuffix(',N3')}\n".encode(),
    ],
    ids="bom semicolons tabs crlf capitals blanks bars sep sep-other above wide-above empty-end"
    " longer columns".split(),
)
def test_files_as_spreadsheets_save_them(files, content):
    imported = files.service.people.import_file(bytes_of(files, content))

    assert imported.joined == 1
    assert files.people()["Gwen Okafor"] == ("gwen@northmoor.example", "N9", None, False)


def test_letters_written_in_two_ways_are_one_name(files):
    files.take(GOOD.replace("Gwen", "Zoe\u0308"))

    assert files.take(GOOD.replace("Gwen", "Zo\u00eb")).is_nothing


def packed():
    """A file packed as a workbook is, with something else inside."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("content.xml", "<document/>")
    return made.getvalue()


NOT_ONE = "is a packed file, not an Excel workbook (.xlsx) and not CSV. Open it where it was made"
OLD = "is an Excel workbook from before 2007, or one with a password. Open it in Excel"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            f"{HEAD}\n{GOOD}\n{GOOD.replace('Gwen', 'Zoë')}\n".encode("cp1252"),
            "hr.csv, line 3, name: not UTF-8. It looks like Windows-1252, with 'ë' here.",
        ),
        (f"{HEAD}\n{GOOD}\n".encode("utf-16"), "hr.csv is UTF-16, not UTF-8. Save it as"),
        (packed(), f"hr.csv {NOT_ONE}"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", f"hr.csv {OLD}"),
        (b"\x00\x01\x02", "hr.csv is not a text file."),
        (b"", "hr.csv is empty: save it again from where it comes"),
        (b"\xef\xbb\xbf\r\n \r\n", "hr.csv is empty: save it again from where it comes"),
        (b"name,phone\nGwen,1\n", "hr.csv: the first line must name the columns staff_ref, name,"),
        (
            f"{HEAD},name\n".encode(),
            "hr.csv: the first line must name the columns staff_ref, name,",
        ),
        (f"{HEAD}\n\n".encode(), "hr.csv has no people in it"),
        (
            f'{HEAD}\n{GOOD}\nN8,"Gwen{"x" * 140}\n'.encode() + b"y\n" * 70_000,
            "hr.csv, line 3: a cell is longer than any of ours. Is a quotation mark not closed?",
        ),
        (b"x" * 150_000, "hr.csv, line 1: longer than 100000 characters"),
    ],
    ids="windows utf-16 packed xls nul empty blank columns doubled nobody quote one-line".split(),
)
def test_a_file_that_is_none_says_where_and_what_to_do(files, content, words):
    assert refused(files, bytes_of(files, content)).startswith(words)


def test_what_stands_above_the_titles_is_told_and_lines_are_still_counted_as_in_an_editor(files):
    path = bytes_of(files, f"Starters, November\n\n{HEAD}\n{GOOD}\nN8,\n".encode())

    with files.service.people.plan(path, Options(good_rows=True)) as plan:
        assert [str(doubt) for doubt in plan.doubts] == [
            "line 3: the titles are here; what stands above them is left out: 'Starters, November'"
        ]
        assert [str(fault) for fault in plan.faults] == [
            "line 5: has 2 cells, not 7: is a comma missing?"
        ]
        assert not plan.needs_confirming


def test_somebody_called_null_is_somebody(files):
    files.take(GOOD.replace("Gwen Okafor", "Jo Null"))

    assert "Jo Null" in files.people()


def test_titles_that_are_wrong_are_named(files):
    found = faults_of(lambda: files.take("x", head="name,phone,name,unit,job"))

    assert found == [
        "line 1: column 'phone' is not known",
        "line 1: column 'name' is there twice",
        "line 1: column 'started_on' is missing",
        "line 1: column 'staff_ref' or 'email' is missing",
    ]


THEIRS = "Employee  Number,Full Name,Work e-mail,Unit,Role,Start,Line manager,Phone"
COLUMNS = {
    "employee number": "staff_ref",
    "Full Name": "name",
    "Work e-mail": "email",
    "Role": "job",
    "Start": "started_on",
    "Line manager": "manager",
    "Phone": "",
}


def test_columns_by_other_names_are_named_once_and_remembered(files):
    imported = files.take(f"{GOOD},0123", head=THEIRS, columns=COLUMNS)

    assert imported.joined == 1
    assert files.people()["Gwen Okafor"] == ("gwen@northmoor.example", "N9", None, False)
    assert files.take(f"{GOOD},0123", head=THEIRS.upper()).is_nothing
    assert files.take(GOOD).is_nothing


def test_columns_are_remembered_only_from_a_file_that_was_taken_in(files):
    assert faults_of(lambda: files.take("N9", head=THEIRS, columns=COLUMNS))

    assert "line 1: column 'phone' is not known" in faults_of(lambda: files.take("", head=THEIRS))


def test_a_column_may_be_named_anew(files):
    files.take(f"{GOOD},0123", head=THEIRS, columns=COLUMNS)

    other = {**COLUMNS, "Role": "", "Phone": "job"}
    files.take(f"{GOOD},Nurse", head=THEIRS, columns=other)

    assert files.take(f"{GOOD},Nurse", head=THEIRS).is_nothing


def test_two_columns_that_mean_one_are_told(files):
    found = faults_of(lambda: files.take("", head=THEIRS, columns={**COLUMNS, "Phone": "job"}))

    assert found == ["line 1: column 'job' is there twice"]


def test_a_column_without_a_title_is_told(files):
    assert faults_of(lambda: files.take("", head=HEAD.replace("email", ""))) == [
        "line 1: column 3 has no title"
    ]


def test_a_file_that_is_not_there_or_a_folder(files):
    assert refused(files, files.folder / "none.csv").endswith(
        "cannot be read: No such file or directory."
    )
    assert "cannot be read" in refused(files, files.folder)


def test_a_file_above_the_limit_is_not_even_begun(files):
    path = files.folder / "hr.csv"
    with path.open("wb") as file:
        file.truncate(200_000_001)  # sparse: it takes no room

    assert refused(files, path) == "hr.csv is larger than 200 MB: split it by unit."


def test_a_long_file_takes_no_memory_to_speak_of(files, service):
    line = GOOD.replace("N9,Gwen Okafor,gwen", "X{n},Gwen Okafor,gwen{n}")
    path = files.write(*(line.replace("{n}", str(n)) for n in range(3_000)))
    service.people.plan(path, Options()).close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    path = files.write(*(line.replace("{n}", str(n)) for n in range(30_000)))
    with service.people.plan(path, Options()) as plan:
        assert plan.counts.joined == 30_000

    path = files.write(*(line.replace("{n}", str(n)).replace("Assess", "Asess")
                         .replace("-11-02", "-31-02") for n in range(30_000)))  # fmt: skip
    with service.people.plan(path, Options(good_rows=True)) as plan:
        assert plan.fault_count == 60_000

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes


def test_a_byte_order_mark_is_not_part_of_a_title(files):
    path = bytes_of(files, codecs.BOM_UTF8 + b"name\n")

    with pytest.raises(BadFile) as error:
        files.service.people.import_file(path)
    assert "line 1: column 'name' is missing" not in error.value.faults


def test_a_lone_carriage_return_before_a_letter_that_is_not_utf_8_is_told(files):
    path = bytes_of(
        files, f"{HEAD}\nN1,Ami\r Rahman,amina@\xd1northmoor.example,,,,\n".encode("latin-1")
    )

    with pytest.raises(BadFile) as error:
        files.service.people.import_file(path)
    assert "not UTF-8" in str(error.value)


def test_a_name_in_two_columns_is_put_together(files):
    head = "staff_ref,forename,surname,email,unit,job,started_on,manager"
    files.take(f"N9, Gwen , Okafor ,,{TEAM},Worker,2026-11-02,", head=head)

    assert "Gwen Okafor" in files.people()


def test_what_a_spreadsheet_spoilt_in_half_a_name_is_a_fault(files):
    head = "staff_ref,forename,surname,email,unit,job,started_on,manager"

    found = faults_of(lambda: files.take(f"N9,NULL,Okafor,,{TEAM},Worker,2026-11-02,", head=head))

    assert [fault.split(": ")[0] for fault in found] == ["line 2, name"]


def test_the_line_with_the_titles_may_be_said(files):
    lines = ("Nobody knows,what,this,is,,,", HEAD, f"N9,Gwen,,{TEAM},Worker,2026-11-02,")

    files.take(*lines[1:], head=lines[0], titles_on=2)

    assert "Gwen" in files.people()


def test_a_line_without_titles_is_refused(files):
    with pytest.raises(BadFile, match="has no titles on line 7: that line is empty, or not there"):
        files.take(f"N9,Gwen,,{TEAM},Worker,2026-11-02,", titles_on=7)
