"""A file from HR on its page: looked at first, then taken in as shown."""

import io
import os
import time
from datetime import date

import pytest

from quizbot.access import Role
from quizbot.work import Work
from tests.people.people_files import HEAD, TEAM, Files, workbook_of
from web.forms import gone

AMINA = f"N1,Amina Rahman,amina@northmoor.example,{TEAM},Social worker,2026-01-05,N3"
CARYS = f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,"
GWEN = f"N9,Gwen Okafor,gwen@northmoor.example,{TEAM},Social worker,2026-11-02,N3"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Files that wait are kept below the folder where the service runs."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


def send(visitor, content, *, follow=True, **fields):
    """Choose a file and look at what it would do."""
    visitor.get("/admin/people/import")
    body = content if isinstance(content, bytes) else f"{HEAD}\n{content}\n".encode()
    data = {
        "csrf_token": visitor.token,
        "holds": "some",
        "unit": "",
        "file": (body, "hr.csv"),
        **fields,
    }
    content, name = data["file"]
    data["file"] = (io.BytesIO(content), name)
    path = "/admin/people/import"
    sent = visitor.client.post(path, data=data, content_type="multipart/form-data")
    return visitor._come(path, sent, follow=follow)


def waiting(tmp_path):
    folder = tmp_path / "var" / "uploads"
    return list(folder.iterdir()) if folder.is_dir() else []


def test_a_file_is_looked_at_and_then_taken_in(efua_page, files, tmp_path):
    before = files.everything()
    page = send(efua_page, GWEN)

    assert page.heading == "What would change"
    assert "Gwen Okafor N9 Begins Northmoor/Council/Assessment, Social worker" in page.words
    assert "Join 1" in page.words
    assert files.everything() == before
    page = efua_page.press("Take it in as shown")

    assert page.heading == "People"
    assert page.notes[0].startswith("The file is taken in: 1 joined, 0 changed, 1 post added")
    assert "Gwen Okafor" in files.people()
    assert waiting(tmp_path) == []


def test_the_whole_list_can_be_taken_away_as_a_text(efua_page):
    send(efua_page, f"{GWEN}\n{AMINA.replace('Rahman', 'Bell')}")

    path = efua_page.page.links["All of this as a text"]
    sent = efua_page.get(path)

    assert sent.headers["Content-Type"].startswith("text/plain")
    assert sent.body.splitlines() == [
        "Amina Bell (N1) changes",
        "    name: Amina Rahman → Amina Bell",
        "Gwen Okafor (N9) joins",
        f"    begins {TEAM}, Social worker on 2 November 2026, manager Carys Evans",
    ]


def test_a_file_that_changes_nothing_says_so_and_offers_no_button(efua_page):
    page = send(efua_page, AMINA)

    assert page.heading == "Nothing would change"
    assert page.buttons == ["Cancel and delete the file"]


def test_faults_are_listed_by_line_and_the_good_lines_may_be_taken(efua_page, files):
    page = send(efua_page, f"{GWEN}\nN8,,,{TEAM},Worker,someday,")

    assert page.heading == "This file cannot be taken in yet"
    assert "2 things are to be mended." in page.words
    assert "Line 3, name: is empty: fill it" in page.words
    page = efua_page.press("Leave these lines out and look at the others")
    assert page.heading == "What would change"
    assert "Lines left out 1" in page.words
    efua_page.press("Take it in as shown")
    assert "Gwen Okafor" in files.people()


def test_a_complete_file_needs_a_word_when_many_leave(efua_page, files):
    page = send(efua_page, CARYS, holds="all", unit=TEAM)

    assert f"1 of 2 people of {TEAM} would leave, which is more than one in ten." in page.words
    assert "Leave 1" in page.words
    page = efua_page.press("Take it in as shown")
    assert page.errors == ["Say that it is meant, or cancel"]
    assert files.people()["Amina Rahman"][2] is None

    efua_page.press("Take it in as shown", confirm="yes")

    assert str(files.people()["Amina Rahman"][2]) == "2026-11-20"


def test_units_are_made_where_the_lead_says_so(efua_page, files, service):
    line = GWEN.replace("Assessment", "First contact")
    assert "is not a unit" in send(efua_page, line).words

    page = send(efua_page, line, also="units")

    assert "New units: 1" in page.words
    efua_page.press("Take it in as shown")
    assert "Northmoor/Council/First contact" in [u.path for u in service.people.units()]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"file": (b"", "")}, ["Choose a file"]),
        ({"holds": "all"}, ["Choose the unit"]),
        ({"holds": "x"}, [gone("Say what the file holds")]),
        ({"holds": "all", "unit": "Nowhere"}, [gone("Choose the unit")]),
        ({"csrf_token": "old"}, ["This page had been open for too long."]),
        ({"file": (b"", "hr.csv")}, ["The file is empty."]),
    ],
)
def test_what_is_missing_is_said(efua_page, tmp_path, fields, errors):
    page = send(efua_page, GWEN, follow=False, **fields)

    assert page.status == 400
    assert [error[: len(errors[0])] for error in page.errors] == errors
    assert waiting(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfeh\x00i\x00", "The file is UTF-16, not UTF-8."),
        (f"{HEAD}\nN9,Zoë,,{TEAM},Worker,2026-11-02,".encode("cp1252"), "with 'ë' here"),
        (b"PK\x03\x04", "The file cannot be read as a workbook"),
        (b"\x00\x01", "The file is not a text file."),
        (b"name\nGwen", "Line 1: column 'unit' is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_deleted_and_the_reason_told(
    efua_page, tmp_path, content, words
):
    page = send(efua_page, content)

    assert page.status == 400
    assert page.heading == "This file cannot be read"
    assert words in page.words
    assert waiting(tmp_path) == []


def test_columns_by_other_names_are_chosen_and_remembered(efua_page, files, tmp_path):
    content = f"Employee Number,name,email,unit,job,started_on,Boss,Phone\n{GWEN},0123\n".encode()
    page = send(efua_page, content)
    assert page.heading == "What are the columns?"
    assert "Line 1: column 'boss' is not known" in page.words

    body = {"title": ["employee number", "boss", "phone"], "means": ["staff_ref", "manager", ""]}
    path = page.path
    sent = efua_page.client.post(f"{path}/columns", data={"csrf_token": efua_page.token, **body})
    assert sent.status_code == 303
    page = efua_page.get(path)

    assert page.heading == "What would change"
    efua_page.press("Take it in as shown")
    assert files.people()["Gwen Okafor"][1] == "N9"
    assert send(efua_page, content).heading == "Nothing would change"


def test_a_workbook_with_other_titles_and_british_days_comes_in_by_choosing(efua_page, files):
    content = workbook_of(
        ("Staff number", "name", "email", "Team", "Job title", "Start date", "Line manager"),
        ("00009", "Gwen Okafor", "gwen@northmoor.example", TEAM, "Worker", "03/02/2026", "N3"),
        ("N8", "Ann Lee", "", TEAM, "Worker", "13/02/2026", ""),
    )
    page = send(efua_page, content)
    assert page.heading == "What are the columns?"

    options = page.form("Look at what would change").all("option")
    means = [option["value"] for option in options if "selected" in option]
    assert means == ["staff_ref", "unit", "job", "started_on", "manager"]
    page = efua_page.press("Look at what would change", means=means)
    assert page.heading == "How does this file write days?"
    assert "On line 2 it says 03/02/2026, which could be two days" in page.words
    assert "1 other day of it can only be read with the day first" in page.words
    ticked = [one["value"] for one in page.form("Look at what would change").all("input")
              if "checked" in one]  # fmt: skip
    assert ticked == ["day-first"]
    page = efua_page.press("Look at what would change", days="day-first")
    assert "Begins Northmoor/Council/Assessment, Worker on 3 February 2026" in page.words
    efua_page.press("Take it in as shown")

    assert files.people()["Gwen Okafor"][1] == "00009"
    assert [post[3] for post in files.posts("Ann Lee")] == ["2026-02-13"]


def test_how_days_are_written_has_to_be_said(efua_page):
    page = send(efua_page, GWEN.replace("2026-11-02", "03/11/2026"))
    assert page.heading == "How does this file write days?"
    assert "3 November 2026" in page.words
    assert "11 March 2026" in page.words

    page = efua_page.press("Look at what would change")

    assert page.errors == ["Say how this file writes days"]
    page = efua_page.press("Look at what would change", days="month-first")
    assert "Social worker on 11 March 2026" in page.words


def test_columns_that_are_still_missing_are_asked_for_again(efua_page):
    page = send(efua_page, b"Employee Number,Full name\nN9,Gwen\n")

    page = efua_page.press("Look at what would change")

    assert page.heading == "What are the columns?"
    assert "Line 1: column 'unit' is missing" in page.words
    efua_page.press("Cancel and delete the file")


def test_what_changed_meanwhile_is_shown_again_before_it_is_done(efua_page, files, service):
    send(efua_page, GWEN)
    service.people.grant("carys@northmoor.example", Role.MANAGER, "Northmoor/Police")

    page = efua_page.press("Take it in as shown")

    assert page.errors == ["People were changed meanwhile: look again"]
    assert "Gwen Okafor" not in files.people()
    efua_page.press("Take it in as shown")
    assert "Gwen Okafor" in files.people()


def test_a_file_is_there_for_who_sent_it_alone(efua_page, fresh_browser, service, people):
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor")
    path = send(efua_page, GWEN).path
    carys = fresh_browser().sign_in("carys@northmoor.example")

    assert carys.get(path).status == 404
    assert carys.post(path).status == 404
    assert carys.post(f"{path}/good").status == 404
    assert carys.get(f"{path}/changes.txt").status == 404
    assert efua_page.get(path).status == 200
    assert efua_page.get("/admin/people/import/../../secret-key").status == 404


def test_a_file_is_kept_for_an_hour_readable_for_nobody_else(efua_page, service, tmp_path):
    path = send(efua_page, GWEN).path
    kept = waiting(tmp_path)
    assert {oct(file.stat().st_mode)[-3:] for file in kept if file.suffix == ".csv"} == {"600"}

    for file in kept:
        os.utime(file, (time.time() - 3700,) * 2)

    assert "choose it again" in efua_page.get(path).words
    Work(service).once()
    assert waiting(tmp_path) == []


def test_cancelling_deletes_it(efua_page, files, tmp_path):
    send(efua_page, GWEN)

    page = efua_page.press("Cancel and delete the file")

    assert page.notes == ["Nothing was changed, and the file is deleted."]
    assert waiting(tmp_path) == []
    assert "Gwen Okafor" not in files.people()


def test_nothing_of_the_file_is_in_cookie_or_address(efua_page):
    page = send(efua_page, GWEN)

    assert "Gwen" not in efua_page.cookie("knowledge")
    assert "Gwen" not in page.path
    assert "hr.csv" not in page.path


def large(size):
    return f"{HEAD}\n{GWEN}\n".encode() + b",,,,,,\n" * (size // 7)


def test_a_large_file_is_taken_here_and_nowhere_else(efua_page, amina_page):
    assert send(efua_page, large(400_000)).heading == "What would change"
    efua_page.get("/admin/people/new")
    page = efua_page.post("/admin/people/new", [("name", "x" * 200_000)])
    assert page.status == 413

    amina_page.get("/me")
    data = {"csrf_token": amina_page.token, "file": (io.BytesIO(large(300_000)), "hr.csv")}
    sent = amina_page.client.post("/admin/people/import", data=data)
    assert sent.status_code == 413


def test_hostile_content_is_shown_as_words(efua_page):
    line = GWEN.replace("Gwen Okafor", "<script>alert(1)</script>").replace(
        "Social worker", "=cmd|' /C calc'!A0"
    )

    page = send(efua_page, line)

    assert "<script>alert(1)</script>" in page.words
    assert "<script>" not in page.body


def chosen_in(page):
    """What each title of theirs is taken for, before anybody chooses."""
    options = page.form("Look at what would change").all("option")
    return [option["value"] for option in options if "selected" in option]


def test_forename_and_surname_in_two_columns_are_the_name_and_remembered(efua_page, files):
    titles = ("Staff number", "First name", "Last name", "Team", "Job title", "Start date")
    gwen = ("00009", "Gwen", "Okafor", TEAM, "Worker", date(2026, 2, 20))
    page = send(efua_page, workbook_of(titles, gwen))
    assert page.heading == "What are the columns?"
    means = chosen_in(page)
    assert means == ["staff_ref", "forename", "surname", "unit", "job", "started_on"]

    efua_page.press("Look at what would change", means=means)
    efua_page.press("Take it in as shown")

    assert files.people()["Gwen Okafor"][1] == "00009"
    assert send(efua_page, workbook_of(titles, gwen)).heading == "Nothing would change"


def test_a_name_beside_a_surname_may_be_the_forename(efua_page):
    content = (
        f"staff_ref,name,surname,unit,job,started_on\nN9,Gwen,Okafor,{TEAM},Worker,2026-11-02\n"
    )
    page = send(efua_page, content.encode())
    assert "column 'name' is there, and so is 'surname': one of both is enough" in page.words

    page = efua_page.press("Look at what would change", means=["forename", "surname"])

    assert page.heading == "What would change"
    assert "Gwen Okafor" in page.words


def test_a_surname_alone_is_no_name(efua_page):
    content = f"staff_ref,surname,unit,job,started_on\nN9,Okafor,{TEAM},Worker,2026-11-02\n"

    page = send(efua_page, content.encode())

    assert "Line 1: column 'forename' is missing" in page.words


def test_titles_of_theirs_are_found_below_headings_and_empty_lines(efua_page):
    page = send(
        efua_page,
        b"Northmoor Council staff\nRun on 2 November\n\n\n"
        b"Employee No,Full name,Dept,Position,Hired\n"
        b"N9,Gwen Okafor,Northmoor/Council/Assessment,Worker,2026-11-02\n",
    )

    assert page.heading == "What are the columns?"
    assert "The titles were looked for on line 5." in page.words
    page = efua_page.press(
        "Look at what would change", means=["staff_ref", "name", "unit", "job", "started_on"]
    )
    assert page.heading == "What would change"
    assert "Gwen Okafor" in page.words


def test_the_line_with_the_titles_is_chosen_where_another_was_looked_at(efua_page):
    lines = ["a,b,c,d,e", "Nummer,Wer,Wo,Was,Wann", f"N9,Gwen Okafor,{TEAM},Worker,2026-11-02"]
    page = send(efua_page, "\n".join(lines).encode())
    assert "The titles were looked for on line 1." in page.words

    page = efua_page.press("Take the titles from there", titles_on="2")

    assert "The titles were looked for on line 2." in page.words
    page = efua_page.press(
        "Look at what would change", means=["staff_ref", "name", "unit", "job", "started_on"]
    )
    assert page.heading == "What would change"
    assert "Gwen Okafor" in page.words


@pytest.mark.parametrize("line", ["0", "-1", "x", "99", "9" * 90])
def test_an_odd_line_for_the_titles_changes_nothing(efua_page, line):
    page = send(efua_page, b"Employee Number,Full name\nN9,Gwen\n")

    page = efua_page.press("Take the titles from there", titles_on=line)

    assert page.heading == "What are the columns?"
    assert "The titles were looked for on line 1." in page.words
