"""Days in people files: British ones are taken, and one that could be two is asked about once."""

from datetime import date

import pytest

from quizbot.errors import BadFile
from quizbot.people.file.days import DayOrder, DayReader, DaysToChoose
from tests.people.people_files import TEAM, Files

TODAY = date(2026, 11, 21)
GWEN = f"N9,Gwen Okafor,,{TEAM},Worker,2026-11-02,"


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-02", "2026-11-02"),
        ("2026-11-02 00:00:00", "2026-11-02"),
        ("2026-11-02T00:00:00.000", "2026-11-02"),
        ("21/11/2026", "2026-11-21"),
        ("21/11/2026 00:00", "2026-11-21"),
        ("21.11.2026", "2026-11-21"),
        ("21-11-2026", "2026-11-21"),
        ("1/1/26", "2026-01-01"),
        ("05/05/98", "1998-05-05"),
        ("13/02/28", "2028-02-13"),
        ("13/02/29", "1929-02-13"),
        ("11/21/2026", "2026-11-21"),
        ("5-Jan-26", "2026-01-05"),
        ("5 January 2026", "2026-01-05"),
        ("05 Sept 2025", "2025-09-05"),
        ("1st May 2024", "2024-05-01"),
    ],
)
def test_a_day_that_can_be_but_one_is_taken(written, day):
    found = DayReader(TODAY).day_of(written, 2)

    if day < "1940":
        assert found == f"{written} is before 1940: check the year"
    else:
        assert found == date.fromisoformat(day)


@pytest.mark.parametrize(
    "written",
    ["2026-W02-1", "20261102", "٢٠٢٦-١١-٢١", "26-11-02", "2 Nov", "soon", "2026/11/02", "5-Foo-26",
     "21/11-2026", "2026-11-02 09:30:00"],
)  # fmt: skip
def test_what_is_no_day_is_never_guessed(written):
    assert "is not a day such as 2026-11-21" in str(DayReader(TODAY).day_of(written, 2))


def test_a_day_that_could_be_two_is_asked_about_with_both(files):
    lines = (GWEN.replace("2026-11-02", "03/04/2026"), GWEN.replace("N9,Gwen", "N8,Ann"))

    with pytest.raises(DaysToChoose) as refused:
        files.take(*lines, "N7,Cid,,x,y,13/05/2026,")

    assert str(refused.value).startswith("hr.csv, line 2: '03/04/2026' could be 3 April 2026 or 4")
    assert refused.value.certain == {DayOrder.DAY_FIRST: 1}
    assert "Gwen Okafor" not in files.people()


@pytest.mark.parametrize(
    ("order", "day"), [(DayOrder.DAY_FIRST, "2026-04-03"), (DayOrder.MONTH_FIRST, "2026-03-04")]
)
def test_an_answer_holds_for_the_whole_file(files, order, day):
    files.take(GWEN.replace("2026-11-02", "03/04/2026"), days=order)

    assert [post[3] for post in files.posts("Gwen Okafor")] == [day]


def test_a_day_that_contradicts_the_answer_is_a_fault(files):
    with pytest.raises(BadFile) as refused:
        files.take(GWEN.replace("2026-11-02", "05/13/2026"), days=DayOrder.DAY_FIRST)

    (fault,) = refused.value.faults
    assert fault.startswith(
        "line 2, started_on: '05/13/2026' is not a day such as 2026-11-21: here"
    )
    assert fault.endswith("the month is first, and this file is said to write the day first. Write"
                          " this one as 2026-11-21")  # fmt: skip


def test_a_file_that_writes_both_ways_is_refused(files):
    with pytest.raises(BadFile, match="some days with the day first and others with the month"):
        files.take(
            GWEN.replace("2026-11-02", "13/05/2026"),
            GWEN.replace("N9,Gwen", "N8,Ann").replace("2026-11-02", "05/13/2026"),
        )


def test_what_a_column_was_said_to_hold_needs_no_word_of_days_where_all_are_plain(files):
    assert files.take(GWEN.replace("2026-11-02", "13/05/2026")).joined == 1
