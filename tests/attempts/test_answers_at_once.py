"""An answer to a question that was just shown is kept by one statement, or refused as ever."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from quizbot.access import Session
from quizbot.errors import AlreadySubmitted, BadReply, NotFound, SignedOut
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.store.tables import answer, attempt, new_id, person
from tests.conftest import settings_for
from tests.counted import statements


@pytest.fixture
def session():
    """A browser's session, as it begins."""
    return Session(new_id(), 0)


@pytest.fixture
def shown(service, amina, session):
    """An attempt of Amina's whose second question was just shown in that browser."""
    attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)
    service.attempts.turn(amina, attempt_id, 2, session=session)
    return attempt_id


def letters(service, who, attempt_id, number):
    """Something that can be chosen, and something else."""
    turn = service.attempts.turn(who, attempt_id, number)
    offered = [choice.letter for choice in turn.choices]
    if turn.question.menus:
        return tuple(offered), tuple(offered[::-1])
    return (offered[0],), (offered[1],)


def kept(service, attempt_id):
    """The answers of an attempt as they are stored."""
    with service.database.reading() as connection:
        rows = connection.execute(select(answer).where(answer.c.attempt_id == attempt_id)).all()
    return {row.number: row for row in rows}


def test_it_is_one_statement(filled_sqlite, tmp_path, clock):
    path = tmp_path / "own.db"
    path.write_bytes(filled_sqlite.read_bytes())
    with statements() as asked:
        service = open_service(settings_for(f"sqlite:///{path}", tmp_path), clock)
        amina = service.people.whose("amina@northmoor.example")
        attempt_id, session = service.attempts.start(amina, "referrals", Mode.ASSURED), new_id()
        first, _ = letters(service, amina, attempt_id, 2)
        asked.clear()

        service.attempts.turn(amina, attempt_id, 2, session=Session(session, 0))
        service.attempts.answer(amina, attempt_id, 2, first, session=Session(session, 0))

        assert [words.split()[0] for words in asked] == ["SELECT", "INSERT"]
        assert kept(service, attempt_id)[2].reply
        service.close()


def test_the_last_answer_stands_with_its_flag(service, amina, session, shown):
    first, second = letters(service, amina, shown, 2)
    service.attempts.answer(amina, shown, 2, first, flagged=True, session=session)

    service.attempts.answer(amina, shown, 2, second, flagged=False, session=session)

    turn = service.attempts.turn(amina, shown, 2)
    assert (turn.shown_reply, turn.is_flagged) == (second, False)


def test_the_same_again_changes_nothing(service, amina, session, shown, clock):
    first, _ = letters(service, amina, shown, 2)
    service.attempts.answer(amina, shown, 2, first, flagged=True, session=session)
    before = kept(service, shown)
    clock.forward(minutes=5)

    answered = service.attempts.answer(amina, shown, 2, first, flagged=True, session=session)

    assert (answered.number, answered.total) == (2, 14)
    assert kept(service, shown) == before


def ended(service, amina, session):
    """Signed out in this browser."""
    service.sign_in.end(session.id)


def ended_everywhere(service, amina, session):
    """Signed out everywhere."""
    service.sign_in.end_everywhere(amina)


def left(service, amina, session):
    """Left, yesterday."""
    with service.database.writing() as connection:
        yesterday = service.today() - timedelta(days=1)
        connection.execute(update(person).where(person.c.id == amina).values(left_on=yesterday))


@pytest.mark.parametrize("ends", [ended, ended_everywhere, left], ids=lambda ends: ends.__name__)
def test_nothing_is_kept_once_the_session_does_not_stand(service, amina, session, shown, ends):
    first, _ = letters(service, amina, shown, 2)
    ends(service, amina, session)

    with pytest.raises(SignedOut):
        service.attempts.answer(amina, shown, 2, first, session=session)

    assert kept(service, shown) == {}


def test_what_is_handed_in_by_another_process_is_not_changed(
    service, amina, session, shown, database_url, tmp_path, clock
):
    first, _ = letters(service, amina, shown, 2)
    other = open_service(settings_for(database_url, tmp_path), clock)
    other.attempts.submit(amina, shown)
    other.close()

    with pytest.raises(AlreadySubmitted):
        service.attempts.answer(amina, shown, 2, first, session=session)

    assert kept(service, shown)[2].reply == ""


def test_nobody_answers_for_somebody_else(service, amina, bashir, session, shown):
    first, _ = letters(service, amina, shown, 2)

    with pytest.raises(NotFound):
        service.attempts.answer(bashir, shown, 2, first, session=session)

    assert kept(service, shown) == {}


@pytest.mark.parametrize("number", [0, 15, 10**12])
def test_a_question_that_is_not_there_is_not_found(service, amina, session, shown, number):
    with pytest.raises(NotFound):
        service.attempts.answer(amina, shown, number, ("a",), session=session)


def test_a_reply_that_cannot_be_taken_is_refused(service, amina, session, shown):
    with pytest.raises(BadReply):
        service.attempts.answer(amina, shown, 2, ("z",), session=session)

    assert kept(service, shown) == {}


def test_an_attempt_that_is_gone_is_not_found(service, amina, session, shown):
    first, _ = letters(service, amina, shown, 2)
    with service.database.writing() as connection:
        connection.execute(attempt.delete().where(attempt.c.id == shown))

    with pytest.raises(NotFound):
        service.attempts.answer(amina, shown, 2, first, session=session)
