"""The log: one line each, for people or for machines, and nothing that somebody wrote."""

import json
import logging

import pytest
from sqlalchemy.exc import IntegrityError

from quizbot import logs
from quizbot.store.database import open_database


@pytest.fixture(autouse=True)
def kept():
    """The log of the tests themselves is as it was afterwards."""
    root, before = logging.getLogger(), vars(logs.HERE).copy()
    handlers, level = root.handlers[:], root.level
    yield
    vars(logs.HERE).update(before)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_a_line_for_people(capfd):
    logs.begin("quizbot work", as_json=False)

    logs.tell("the mail server does not answer")
    logs.tell("nor does the other", level="warning", fields={"request": "7f3a"})

    said = capfd.readouterr()
    assert said.out == "quizbot work: the mail server does not answer\n"
    assert said.err == "quizbot work: warning: nor does the other (request=7f3a)\n"


def test_a_line_for_machines_is_one_line_whatever_it_says(capfd):
    logs.begin("quizbot work", as_json=True)

    logs.tell("two\nlines, “quoted”", fields={"count": 3})

    line = json.loads(capfd.readouterr().out)
    assert line.pop("time")
    assert line == {
        "level": "info",
        "part": "quizbot work",
        "words": "two\nlines, “quoted”",
        "count": 3,
    }


def test_what_a_library_logs_is_a_line_of_ours(capfd):
    logs.begin("quizbot web", as_json=False)

    logging.getLogger("_granian").error("Unexpected exit from worker-%s", 1)
    logging.getLogger("somebody").info("chatter")

    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "quizbot web: error: Unexpected exit from worker-1\n")


def test_of_an_error_the_log_has_kind_and_place_and_not_its_words(capfd, database_url):
    logs.begin("quizbot web", as_json=False)
    database = open_database(database_url)

    with pytest.raises(IntegrityError, match="Amina") as met, database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO unit (name) VALUES ('Amina Rahman')")
    logging.getLogger("quizbot").error("unforeseen", exc_info=met.value)
    database.dispose()

    said = capfd.readouterr().err
    assert said.startswith("quizbot web: error: unforeseen (error=")
    assert "test_logs.py" in said
    assert "Amina" not in said
