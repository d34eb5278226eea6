"""`quizbot report`: three papers, and what it refuses."""

import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from quizbot.config import read_settings
from quizbot.service import open_service
from quizbot.store.tables import audit
from quizbot.words import is_showable, tidy
from tests.cli.conftest import TWO_PEOPLE
from tests.evidence.scripts import LOST, NAMES


def words(path):
    pages = PdfReader(path).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def last_act():
    service = open_service(read_settings())
    with service.database.reading() as connection:
        row = connection.execute(select(audit).order_by(audit.c.number.desc()).limit(1)).one()
    service.close()
    return row


def test_the_board_is_printed_with_the_end_of_the_trail(there):
    said = there("report", "board", "--month", "2026-11", "november.pdf")

    assert said.code == 0
    assert said.out.startswith("november.pdf is written")
    told = words("november.pdf")
    assert "Report for the board, November 2026" in told
    assert "Referrals: nobody is asked to take it." in told
    assert "How it was counted" in told
    act = last_act()
    assert (act.action, act.actor) == ("board.export", "operator")
    assert f"Row {act.number} of the trail" in told
    assert act.hash in told.replace(" ", "")


def test_a_team_is_printed_and_that_is_recorded(there):
    assert there("report", "team", "--manager", "carys@northmoor.example").code == 0

    told = words("team.pdf")
    assert "The team of Carys Evans." in told
    assert "Amina Rahman Referrals Not" in told
    act = last_act()
    assert (act.action, act.actor) == ("team.export", "operator")


def test_a_team_is_printed_whatever_its_names_are_written_in(there):
    names = [*NAMES.values(), *LOST.values()]
    lines = [
        f'M{number},"{name}",,Northmoor/Council,Social worker,2026-01-05,N3\n'
        for number, name in enumerate(names)
        if is_showable(name)
    ]
    Path("people.csv").write_text(TWO_PEOPLE + "".join(lines), encoding="utf-8")
    assert there("people", "import", "people.csv", "--confirm").code == 0

    assert there("report", "team", "--manager", "carys@northmoor.example").code == 0

    told = words("team.pdf")
    lost = {letter for name in LOST.values() for letter in name if f"U+{ord(letter):04X}" in told}
    shown = {letter for name in NAMES.values() for letter in tidy(name)}
    assert lost >= set("བོད\ue000\u0378")
    assert not lost & shown
    assert told.count("U+") == len(lost)


def test_the_questionnaires_are_printed(there):
    assert there("report", "modules", "all.pdf").code == 0

    assert "Referrals" in words("all.pdf")


def test_the_inspection_pack_is_one_zip(there):
    said = there("report", "pack", "--from", "2026-11", "--to", "2026-11", "pack.zip")

    assert said.code == 0
    assert said.out.startswith("pack.zip is written")
    with zipfile.ZipFile("pack.zip") as file:
        assert {"inspection-pack.pdf", "completion.csv", "trail.csv"} <= set(file.namelist())
    assert last_act().action == "pack.export"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("board", "--month", "2026-13"), "Give a month as in 2026-10."),
        (("pack", "--from", "October"), "Give a month as in 2026-10."),
        (("pack", "--to", "9999-12"), "December 9999 has not begun."),
        (("board", "--month", "October"), "Give a month as in 2026-10."),
        (("board", "--month", "9999-12"), "December 9999 has not begun."),
        (("board", "--month", "1999-01"), "Nothing was published before November 2026"),
        (("team", "--manager", "nobody@northmoor.example"), "Nobody has the address"),
        (("team", "--manager", "amina@northmoor.example"), "This page is for managers"),
        (("modules", "no/such/folder/all.pdf"), "cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_printed_is_refused_in_a_sentence(there, given, sentence):
    said = there("report", *given)

    assert said.code == 1
    assert sentence in said.sentence
