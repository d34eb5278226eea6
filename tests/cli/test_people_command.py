"""`quizbot people` as an operator types it: looked at, confirmed, taken in, taken out, printed."""

import json
import re

import pytest

HEAD = "staff_ref,name,email,unit,job,started_on,manager\n"
TEAM = "Northmoor/Council/Assessment"
CARYS = f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,\n"
AMINA = f"N1,Amina Rahman,,{TEAM},Social worker,2026-01-05,N3\n"
COMPLETE = ("--unit", TEAM, "--complete")


@pytest.fixture
def take(run, folder):
    """Writes a file of these lines and imports it in some way."""
    (folder / "var").mkdir()
    assert run("db", "upgrade").code == 0

    def take(lines, *options, head=HEAD):
        (folder / "hr.csv").write_text(head + lines, encoding="utf-8")
        return run("people", "import", "hr.csv", *options)

    return take


@pytest.fixture
def known(take):
    """Amina and Carys are in."""
    assert take(AMINA + CARYS, "--make-units").code == 0
    return take


def test_a_dry_run_shows_each_person_and_changes_nothing(take, run):
    said = take(AMINA + CARYS, "--make-units", "--dry-run")

    assert said.code == 0
    assert said.out.splitlines()[:3] == [
        "Unit Northmoor is made",
        "Unit Northmoor/Council is made",
        f"Unit {TEAM} is made",
    ]
    assert (
        "Amina Rahman (N1) joins\n    begins Northmoor/Council/Assessment, Social worker"
        in said.out
    )
    assert said.out.endswith("as they were. Nothing was changed.\n")
    assert json.loads(run("units", "list", "--json").out) == []


def test_the_import_says_what_it_did_and_the_second_time_nothing(known):
    again = known(AMINA + CARYS)

    assert again.out == (
        "hr.csv: 0 joined, 0 changed, 0 posts added, 0 units made, 2 as they were.\n"
    )


def test_more_than_one_in_ten_leaving_needs_confirm(known):
    shown = known(CARYS, *COMPLETE, "--dry-run")
    assert "Amina Rahman (N1) leaves" in shown.out
    assert shown.sentence == (
        f"1 of 2 people of {TEAM} would leave, which is more than one in ten. This needs --confirm."
    )
    refused = known(CARYS, *COMPLETE)
    assert refused.code == 1
    assert refused.sentence.endswith("Nothing was imported. Check the file, or add --confirm.")

    assert "1 left" in known(CARYS, *COMPLETE, "--confirm").out


def test_faults_are_told_by_line_and_the_good_lines_taken_when_asked_for(known):
    lines = f"N9,Gwen,,{TEAM},Worker,2026-01-05,\nN8,,,{TEAM},Worker,someday,\n"
    refused = known(lines)
    assert refused.code == 1
    assert refused.err.splitlines() == [
        "line 3, name: is empty: fill it",
        "line 3, started_on: 'someday' is not a day such as 2026-11-21",
        "Nothing was imported: 2 faults in hr.csv.",
    ]

    said = known(lines, "--good-rows")

    assert said.code == 0
    assert said.out.startswith("hr.csv: 1 joined")
    assert said.out.endswith("1 line left out.\n")
    assert said.err.startswith("Left out: line 3, name: is empty: fill it\n")


def test_json_is_one_object_with_everybody_who_changes(known):
    said = known(CARYS, *COMPLETE, "--dry-run", "--json")

    found = json.loads(said.out)
    assert found["counts"]["left"] == 1
    assert (found["leaving"], found["in_unit"], found["needs_confirm"]) == (1, 2, True)
    assert [(one["name"], one["kind"]) for one in found["people"]] == [("Amina Rahman", "leaves")]


def test_a_day_that_could_be_two_asks_for_an_option(known):
    line = f"N9,Gwen,,{TEAM},Worker,05/01/2026,\n"

    said = known(line)

    assert said.code == 1
    assert said.sentence == (
        "hr.csv, line 2: '05/01/2026' could be 5 January 2026 or 1 May 2026. Say how this file"
        " writes days: --days day-first or month-first."
    )
    assert "on 5 January 2026" in known(line, "--days", "day-first", "--dry-run").out


@pytest.mark.parametrize("options", [("--complete",), ("--unit", TEAM), (*COMPLETE, "--good-rows")])
def test_options_that_do_not_go_together_are_misuse(known, options):
    assert known(CARYS, *options).code == 2


def test_a_unit_that_is_not_there_names_the_nearest(known):
    said = known(CARYS, "--unit", "Northmoor/Counsil", "--complete")

    assert said.code == 1
    assert "did you mean 'Northmoor/Council'?" in said.sentence


def test_what_is_exported_is_taken_back_unchanged(known, run, folder):
    assert run("people", "export", "out.csv").code == 0
    (folder / "hr.csv").write_text((folder / "out.csv").read_text(encoding="utf-8"))

    assert (
        run("people", "export").out.replace("\r\n", "\n").splitlines()[0] == f"\ufeff{HEAD.strip()}"
    )
    assert "2 as they were" in run("people", "import", "hr.csv", *COMPLETE).out


def test_a_slip_is_printed_by_number_or_address(known, run):
    for who in ("N1", "carys@northmoor.example"):
        said = run("people", "slip", who)
        assert said.code == 0
        assert re.search(r"Enter   [A-Z]{4}(-[A-Z]{4}){3}\n", said.out)
        assert "/sign-in/slip" in said.out
    assert run("people", "slip", "N99").sentence == "Nobody here has the number or address 'N99'."


def test_columns_are_named_and_remembered(known, run, folder):
    head = HEAD.strip().replace("staff_ref", "Employee Number").replace("manager", "Boss")
    (folder / "hr.csv").write_text(f"{head}\n{CARYS}\n")
    refused = run("people", "import", "hr.csv")
    assert refused.code == 1
    assert 'If yours are called otherwise: --columns "employee number=staff_ref,…".' in refused.err

    said = run(
        "people", "import", "hr.csv", "--columns", "Employee Number=staff_ref, Boss = manager"
    )

    assert said.code == 0
    assert run("people", "import", "hr.csv").code == 0


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ("Employee Number", "is not of the form"),
        ("=name", "is not of the form"),
        ("Pay=salary", "'salary' is no column of ours. These are: staff_ref, name, email,"),
    ],
)
def test_columns_that_are_not_named_well_are_told(known, run, columns, sentence):
    said = run("people", "import", "hr.csv", "--columns", columns)

    assert said.code == 1
    assert sentence in said.sentence


def test_two_records_are_joined_by_command_and_parted_again(known, run):
    twin = f"003,Carys Evans,,{TEAM},Team manager,2020-03-02,\n"
    assert known(AMINA + CARYS + twin, "--confirm").code == 0

    shown = run("people", "join", "N3", "003")
    assert shown.code == 1
    assert "Staff number: N3 | 003" in shown.out
    assert "add --confirm" in shown.sentence
    assert run("people", "join", "N3", "003", "--confirm").code == 0
    assert "Nobody has the number or address '003'" in run("people", "join", "N3", "003").sentence

    assert run("people", "join", "N3", "--undo").code == 0
    assert run("people", "join", "N3", "003").code == 1
    assert run("people", "join", "N3").code == 2
