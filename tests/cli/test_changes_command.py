"""`quizbot changes`: a preview, doing it, the list, taking it back, and what is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from questions.touching import is_own
from quizbot.clock import london_day, utc_now
from quizbot.service import open_service
from quizbot.standing.working_days import working_day
from quizbot.words import long_date
from tests.conftest import settings_for
from tests.first_attempts import took

CONSENT = ("k01-consent", "--unit", "Northmoor")
DAY = working_day(london_day(utc_now()) + timedelta(days=60))


def test_a_preview_says_was_and_now_and_whom_it_would_ask(there):
    said = there("changes", "preview", *CONSENT, "--ask-by", DAY)

    assert said.code == 0
    assert "Was: Share with consent where possible" in said.out
    assert f"It would ask 0 people by {long_date(DAY)}." in said.out
    assert "information-sharing" in said.out


def test_a_preview_can_be_had_as_json(there):
    said = there("changes", "preview", *CONSENT, "--ask-by", DAY, "--json")

    found = json.loads(said.out)
    assert (found["change"], found["asked_in"]) == ("k01-consent", "information-sharing")
    assert found["total"] == {"met": 0, "rested": 0, "without": 0, "since": 0}


@pytest.fixture
def with_a_pass(there, folder):
    """Amina passed information sharing before the golden rules were reversed."""
    service = open_service(settings_for(f"sqlite:///{folder}/var/quizbot.db", folder))
    current = service.editions.current("information-sharing")
    known = {one.id: one.key for one in current.module.asked if not is_own(one, "k01-consent")}
    amina = service.people.whose("amina@northmoor.example")
    took(service, current, [known], whose=[amina], at=datetime(2024, 1, 9, 9, tzinfo=UTC))
    service.close()
    return there


EVERYBODY = (*CONSENT, "--ask-by", DAY, "--whom", "everybody")


def test_it_is_applied_as_previewed_listed_and_taken_back(with_a_pass):
    seen = with_a_pass("changes", "preview", *EVERYBODY).out
    applied = with_a_pass("changes", "apply", *EVERYBODY)
    (line,) = json.loads(with_a_pass("changes", "list", "--json").out)

    assert f"It would ask 1 person by {long_date(DAY)}." in seen
    assert applied.out == f"{seen}Done: {line['id']}.\n"
    assert (line["unit"], line["due_on"]) == ("Northmoor", DAY.isoformat())
    assert (line["asked"], line["confirmed"]) == (1, 0)

    again = with_a_pass("changes", "apply", *EVERYBODY)
    assert again.sentence == "That would reach nobody, so there is nothing to do."
    back = with_a_pass("changes", "withdraw", line["id"], "--reason", "Too soon.")
    assert back.out == "Taken back.\n"
    assert with_a_pass("changes", "apply", *EVERYBODY).code == 0


def test_nobody_is_asked_where_nobody_rested_on_it(there):
    said = there("changes", "apply", *CONSENT, "--ask-by", DAY)

    assert said.code == 1
    assert said.sentence == "That would reach nobody, so there is nothing to do."
    assert json.loads(there("changes", "list", "--json").out) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["k99"], "There is no change 'k99': the list of changes has all."),
        (
            ["k13-edition-of-2026", "--ask-by", DAY],
            "It is wording: nobody's answer became wrong, so tell it.",
        ),
        (
            ["k29-consent-to-home-education"],
            "It is not in force here yet, so nobody is told or asked: it waits.",
        ),
        (
            ["k14-family-help"],
            "There is medium doubt of it: read the text, and say which.",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(there, given, sentence):
    said = there("changes", "preview", *given, "--unit", "Northmoor")

    assert (said.code, said.sentence) == (1, sentence)


def test_a_day_that_is_none_is_misuse(there):
    said = there("changes", "preview", *CONSENT, "--ask-by", "31/01/2027")

    assert said.code == 2
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--job", "Socal worker"], "Nobody in Northmoor has the job Socal worker today."),
        (
            ["--job", "Social worker", "--every-job"],
            "Name the jobs, or say that it is every job: not both.",
        ),
    ],
)
def test_a_slip_in_a_job_is_not_told_as_nobody_to_ask(there, given, sentence):
    said = there("changes", "preview", *CONSENT, "--ask-by", DAY, *given)

    assert (said.code, said.sentence) == (1, sentence)


def test_an_empty_list_says_so(there):
    assert there("changes", "list").out == "Nobody was told or asked of a change yet.\n"


def test_taking_back_what_is_not_there_is_told(there):
    missing = "01a22567-7be1-7606-abe0-4bf7735a952e"

    said = there("changes", "withdraw", missing, "--reason", "Too soon.")

    assert said.sentence == "There is no such telling or asking."
