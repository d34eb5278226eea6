"""CSV as every page and command writes it: nothing runs in a spreadsheet, nothing is lost."""

import csv
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.cells import Value, as_meant, csv_lines, harmless

BEGINNINGS = [*"=+-@\t\r\n", *"＝﹦⁼₌＋﹢⁺₊\ufb29－﹣⁻₋\u2212＠﹫"]


@pytest.mark.parametrize("letter", BEGINNINGS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u200b", "\ufeff", "'", "'' "])
def test_no_cell_begins_as_a_formula(letter, before):
    cell = f"{before}{letter}cmd()"

    assert harmless(cell) == f"'{cell}"
    assert as_meant(harmless(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["", " ", "Amina", "'t Hooft", "O’Neill", "2026-11-21", "a=b", "–"]
)
def test_every_other_cell_stays_as_it_is(cell):
    assert harmless(cell) == cell
    assert as_meant(cell) == cell


@given(st.text(alphabet=st.sampled_from([*"'= -ab\u200b", *BEGINNINGS])))
def test_what_was_made_harmless_is_read_as_it_was_meant(cell):
    assert as_meant(harmless(cell)) == cell


def test_a_file_is_marked_as_utf_8_and_holds_words_days_and_shares():
    table: list[list[Value]] = [
        ["Ann, “A”", date(2026, 11, 21), 0.5, None],
        ["＝1+1", "x\ny", "", "-2"],
    ]

    told = "".join(csv_lines(table))

    assert told.startswith("\ufeff")
    assert list(csv.reader(told[1:].splitlines(keepends=True))) == [
        ["Ann, “A”", "2026-11-21", "50%", ""],
        ["'＝1+1", "x\ny", "", "'-2"],
    ]


def test_an_instant_is_written_as_its_day_in_london():
    told = "".join(csv_lines([(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), date(2026, 7, 1))]))

    assert told.strip("\ufeff\r\n") == "2026-07-02,2026-07-01"
