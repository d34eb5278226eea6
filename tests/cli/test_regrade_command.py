"""`quizbot banks regrade`: what it would do, deciding it, and what is refused."""

import pytest

from questions.bank import SHIPPED, read_bank
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot.clock import london_day, utc_now
from quizbot.service import open_service
from tests.conftest import settings_for
from tests.first_attempts import took

MODULE = "referrals"


@pytest.fixture
def taken(there, folder):
    """Somebody had one question of the current edition wrong, and so did not pass; which."""
    service = open_service(settings_for(f"sqlite:///{folder / 'var' / 'quizbot.db'}", folder))
    edition = service.editions.current(MODULE)
    (first, *_) = [q for q in edition.module.asked if q.kind == "one-of"]
    wrong = next(letter for letter in first.letters if letter not in first.key)
    took(service, edition, [{first.id: wrong}])
    service.close()
    return first.id, wrong, first.key


def test_without_a_reason_it_is_told_and_nothing_changes(there, taken):
    question, wrong, _ = taken

    said = there("banks", "regrade", MODULE, question, "--decision", "key", "--answer", wrong)

    assert said.code == 0, said.err
    assert "People who would pass after all: 1\n" in said.out
    assert "Nothing was changed. Give a --reason to decide it." in said.out


def test_with_a_reason_it_is_decided_and_twice_is_once(there, taken):
    given = ("banks", "regrade", MODULE, taken[0], "--decision", "credit", "--reason", "No key.")

    first, again = there(*given), there(*given)

    for said in (first, again):
        assert said.out == (
            "Decided. 1 answer counts otherwise since, and 1 person has passed after all.\n"
        )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["no-such", "--decision", "drop"], "There is no such question in this edition."),
        (["{question}", "--decision", "key"], "Choose the answer that is right as well"),
        (
            ["{question}", "--decision", "key", "--answer", "{key}"],
            "This is the key already: choose the other answer that is right as well",
        ),
        (
            ["{question}", "--decision", "drop", "--edition", "1999.1"],
            "referrals has no edition '1999.1': there are {label}.",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(there, taken, given, sentence):
    question, _, key = taken
    place, _ = read_place(SHIPPED_PLACE, london_day(utc_now()))
    label = read_bank(SHIPPED / MODULE, place, london_day(utc_now())).module.edition
    words = [one.format(question=question, key=key) for one in given]

    said = there("banks", "regrade", MODULE, *words)

    assert (said.code, said.sentence) == (1, sentence.format(label=label))


def test_a_decision_that_there_is_not_is_misuse(there, taken):
    said = there("banks", "regrade", MODULE, taken[0], "--decision", "against-them")

    assert said.code == 2
    assert "Traceback" not in said.err
