"""The worker as an operator runs it by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from quizbot.clock import london_day, utc_now
from quizbot.config import read_settings
from quizbot.service import open_service
from quizbot.store.lease import Lease
from quizbot.store.tables import person


@pytest.fixture
def asked(filled, folder, monkeypatch):
    """Amina was asked for a module, and messages may leave at any hour."""
    monkeypatch.setenv("QUIZBOT_QUIET_HOURS", "none")
    monkeypatch.setenv("QUIZBOT_QUIET_DAYS", "none")
    service = open_service(read_settings())
    with service.database.reading() as connection:
        ids = dict(connection.execute(select(person.c.staff_ref, person.c.id)).all())
    due_on = london_day(utc_now()) + timedelta(days=30)
    service.requests.ask(ids["N3"], [ids["N1"]], ["referrals"], due_on, "Before the audit.")
    yield service
    service.close()


def test_what_is_owed_is_a_file_in_the_mail_folder(run, asked, folder):
    said = run("work", "--once")

    assert (said.code, said.err) == (0, "")
    assert "Messages dealt with: 1." in said.out
    assert len(list((folder / "var" / "mail").glob("*.eml"))) == 1
    assert "Messages dealt with: 0." in run("work", "--once").out


def test_a_second_worker_says_that_there_is_one(run, asked):
    assert Lease(asked.database, utc_now).take()

    said = run("work", "--once")

    assert (said.code, said.err) == (0, "")
    assert said.out == "Another worker is at work, and sends what is owed.\n"


def test_a_mail_server_that_is_away_is_told_in_one_sentence(run, asked, monkeypatch):
    monkeypatch.setenv("QUIZBOT_MAIL_URL", "smtp://127.0.0.1:1")

    said = run("work", "--once")

    assert said.code == 1
    assert said.sentence.startswith("No message can leave: the mail server does not answer")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LADDER", "invitation, somewhen"),
        ("QUIET_HOURS", "all day"),
        ("QUIET_DAYS", "mondays"),
        ("TRIAL", "amina"),
    ],
)
def test_a_setting_that_cannot_be_read_is_told_at_the_start(run, folder, monkeypatch, name, value):
    monkeypatch.setenv(f"QUIZBOT_{name}", value)

    said = run("work", "--once")

    assert said.code == 1
    assert f"QUIZBOT_{name}" in said.sentence
