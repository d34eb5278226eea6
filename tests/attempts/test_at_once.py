"""Many threads and processes at once: no lost update, no error, no double answer."""

import contextlib
import multiprocessing
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from quizbot.access import NO_SESSION, Session
from quizbot.errors import AlreadyAnswered, AlreadySubmitted, SignInRefused
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.store.audit import FIRST, chain_hash
from quizbot.store.tables import answer, attempt, audit, notice
from tests import made
from tests.conftest import settings_for

PROCESSES, THREADS = 4, 4
spawning = multiprocessing.get_context("spawn")


def in_threads(work, items):
    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(work, items))


def one_process(url, folder, takers, shared, process, results):
    """What one of the processes does: all its threads at once, first this and then that."""
    service = open_service(settings_for(url, folder), lambda: datetime(2026, 11, 21, 9, tzinfo=UTC))
    try:
        answered = in_threads(
            lambda thread: answer_all(service, takers[0], shared, process, thread), range(THREADS)
        )
        taken = in_threads(
            lambda thread: take_a_part(service, takers[process], thread), range(THREADS)
        )
        results.put((sum(answered), set(taken)))
    except BaseException as error:  # noqa: BLE001  (told to the test, which fails with it)
        results.put(repr(error))
    finally:
        service.close()


def several_processes(url, folder, takers, shared, results):
    """Start them from one that has imported everything and opened nothing: that is quick."""
    forking = multiprocessing.get_context("fork")
    processes = [
        forking.Process(target=one_process, args=(url, folder, takers, shared, number, results))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)


def answer_all(service, person_id, attempt_id, process, thread):
    """Answer every question of an attempt that all share, each thread in its own way round."""
    for step in range(14):
        number = (step * (3 if thread % 2 else 5) + process) % 14 + 1
        letter = "abc"[(process + thread) % 3]
        service.attempts.answer(person_id, attempt_id, number, (letter,), flagged=True)
    return 14


def take_a_part(service, person_id, thread):
    """Begin a person's own questionnaire and answer every fourth question rightly."""
    attempt_id = service.attempts.start(person_id, "strategy", Mode.ASSURED)
    total = service.attempts.turn(person_id, attempt_id, 1).total
    for number in range(1 + thread, total + 1, THREADS):
        turn = service.attempts.turn(person_id, attempt_id, number)
        right = turn.question.shown(turn.question.key, turn.order)
        service.attempts.answer(person_id, attempt_id, number, right)
    return attempt_id


def stored(service, attempt_id):
    with service.database.reading() as connection:
        return connection.execute(
            select(answer).where(answer.c.attempt_id == attempt_id).order_by(answer.c.number)
        ).all()


def test_many_processes_and_threads_lose_nothing(service, database_url, tmp_path, people):
    service.editions.publish([made.bank(id="strategy")], made.place())
    takers = [people.amina, people.bashir, people.carys, people.dylan]
    shared = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    plan = [service.attempts.turn(people.amina, shared, number) for number in range(1, 15)]
    results = spawning.Queue()

    starter = spawning.Process(
        target=several_processes, args=(database_url, tmp_path, takers, shared, results)
    )
    starter.start()
    told = [results.get(timeout=60) for _ in range(PROCESSES)]
    starter.join(60)

    assert [error for error in told if isinstance(error, str)] == []
    assert sum(answered for answered, _ in told) == PROCESSES * THREADS * 14
    rows = stored(service, shared)
    assert [row.number for row in rows] == list(range(1, 15))
    for row, turn in zip(rows, plan, strict=True):
        assert turn.question.shown(row.reply, turn.order)[0] in "abc"
        assert row.is_right == turn.question.mark(row.reply).is_right
    for _, attempts in told:
        assert len(attempts) == 1
    for person_id in takers:
        own = next(a for a in service.attempts.of(person_id) if a.module == "strategy")
        assert own.answered == own.total
        service.attempts.submit(person_id, own.attempt_id)
        assert service.attempts.result(person_id, own.attempt_id).outcome.passed


def test_a_double_start_from_everywhere_is_one_attempt(service, amina):
    started = in_threads(
        lambda _: service.attempts.start(amina, "referrals", Mode.ASSURED), range(8)
    )

    assert len(set(started)) == 1
    with service.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(attempt)).scalar() == 1


def test_in_practice_one_first_answer_stands_however_many_come_at_once(service, amina):
    attempt_id = service.attempts.start(amina, "referrals", Mode.PRACTICE)
    begin = threading.Barrier(8)

    def give(thread):
        begin.wait(10)
        try:
            service.attempts.answer(amina, attempt_id, 1, ("abc"[thread % 3],))
        except AlreadyAnswered:
            return None
        return "abc"[thread % 3]

    taken = {letter for letter in in_threads(give, range(8)) if letter}

    turn = service.attempts.turn(amina, attempt_id, 1)
    assert taken == set(turn.shown_reply)
    assert len(taken) == 1


def test_many_submits_are_one(service, amina):
    attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)

    in_threads(lambda _: service.attempts.submit(amina, attempt_id), range(6))

    assert len(stored(service, attempt_id)) == 14
    assert not service.attempts.result(amina, attempt_id).outcome.passed


def test_an_answer_and_a_submit_at_once_never_leave_an_answer_that_was_not_counted(
    service, amina, clock
):
    for _ in range(5):
        clock.forward(days=2)  # none of them is passed
        attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)
        turn = service.attempts.turn(amina, attempt_id, 1)
        right = turn.question.shown(turn.question.key, turn.order)

        def give(thread, attempt_id=attempt_id, right=right):
            if thread == 3:
                service.attempts.submit(amina, attempt_id)
                return False
            try:
                service.attempts.answer(amina, attempt_id, 1, right)
            except AlreadySubmitted:
                return False
            return True

        was_taken = any(in_threads(give, range(6)))

        outcome = service.attempts.result(amina, attempt_id).outcome
        assert outcome.right == int(was_taken)
        with service.database.reading() as connection:
            share = connection.execute(
                select(attempt.c.share).where(attempt.c.id == attempt_id)
            ).scalar_one()
        assert share == pytest.approx(outcome.share)


def test_a_code_that_is_entered_many_times_at_once_signs_in_once(service, people):
    sign_in_id = service.sign_in.ask("amina@northmoor.example")
    code = service.sign_in.mail({"sign_in": str(sign_in_id), "too_many": False}).subject[:6]

    def enter(_):
        try:
            service.sign_in.enter(sign_in_id, code)
        except SignInRefused:
            return "refused"
        return "in"

    assert Counter(in_threads(enter, range(6))) == {"in": 1, "refused": 5}


def test_five_tries_are_five_however_many_come_at_once(service, people):
    sign_in_id = service.sign_in.ask("amina@northmoor.example")
    code = service.sign_in.mail({"sign_in": str(sign_in_id), "too_many": False}).subject[:6]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    def guess(_):
        with pytest.raises(SignInRefused) as refused:
            service.sign_in.enter(sign_in_id, wrong)
        return str(refused.value)

    told = Counter(in_threads(guess, range(12)))

    assert told["That is not the code we sent. Check it and try again."] == 5
    assert told["That was wrong too often. Ask for a new code."] == 7


def test_five_codes_an_hour_however_many_ask_at_once(service, people):
    def ask(_):
        with contextlib.suppress(SignInRefused):
            service.sign_in.ask("amina@northmoor.example")

    in_threads(ask, range(8))

    with service.database.reading() as connection:
        payloads = connection.execute(select(notice.c.payload)).scalars().all()
    assert sum('"too_many": false' in payload for payload in payloads) == 5


def test_publishing_at_once_publishes_once(service, amina):
    done = in_threads(lambda _: service.editions.publish([made.bank()], made.place()), range(6))

    assert sum(published.is_new for (published,) in done) == 1


def test_the_audit_chain_holds_however_many_write_at_once(service, people):
    in_threads(lambda _: service.sign_in.end_everywhere(people.amina), range(12))

    with service.database.reading() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.number)).all()
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    previous = FIRST
    for row in rows:
        assert row.previous == previous
        at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        content = (at, row.actor, row.action, row.subject, row.details)
        assert row.hash == chain_hash(previous, *content)
        previous = row.hash
    assert service.people.rights(people.amina, Session(NO_SESSION, 12))
