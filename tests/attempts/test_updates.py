"""Updates: what they ask, what they confirm and what not, and what goes on around them."""

from datetime import date

import pytest
from sqlalchemy import select

from quizbot.access import Session
from quizbot.errors import AlreadySubmitted, NotFound, NotOffered, SignedOut
from quizbot.rules.due import State
from quizbot.rules.pick import Mode
from quizbot.store.tables import (
    attempt,
    attempt_misconception,
    attempt_objective,
    certificate,
    to_confirm,
)
from tests.changed import (
    CHANGE,
    SECOND,
    SOON,
    answer_all,
    ask,
    changed,
    publish,
    renew,
    resting,
    take,
)


@pytest.fixture
def there(service, clock, people):
    """Amina passed on the old rule and is asked to confirm the new one."""
    return changed(service, clock, people.amina)


@pytest.fixture
def known(there):
    return there.service


def state(service, who):
    with service.database.reading() as connection:
        return [one.state for one in service.confirmations.of(connection, [who]).get(who, ())]


def asked(service, who, attempt_id):
    total = service.attempts.turn(who, attempt_id, 1).total
    turns = (service.attempts.turn(who, attempt_id, n) for n in range(1, total + 1))
    return [turn.question.id for turn in turns]


def test_the_offer_says_what_is_to_be_confirmed_and_how_much_it_is(known, people):
    (offer,) = known.updates.offers(people.amina)

    (change,) = offer.changes
    assert (change.was, change.now) == ("Ask first.", "Tell at once.")
    assert (offer.title, offer.facts) == ("Tea making", "2 questions, about 3 minutes")
    assert (offer.state, offer.due_on, offer.cannot) == (State.ASSIGNED, SOON, "")
    assert known.updates.offers(people.bashir) == ()


def test_it_asks_two_questions_of_the_change_and_nothing_else(known, people):
    update = known.updates.start(people.amina, "tea")

    questions = asked(known, people.amina, update)

    assert len(questions) == 2
    assert all(id_.startswith("leaves") for id_ in questions)


def test_before_its_questions_comes_what_was_and_what_is_now(known, people):
    update = known.updates.start(people.amina, "tea")

    (change,) = known.attempts.changes(people.amina, update)
    first, second = (known.attempts.turn(people.amina, update, n) for n in (1, 2))

    assert (change.was, change.now, change.matters) == (
        "Ask first.",
        "Tell at once.",
        "Do not wait for an answer.",
    )
    assert (change.numbers, change.starts_on) == ((1, 2), date(2026, 12, 1))
    assert (first.part, first.opens, first.opens_next) == (1, 1, 0)
    assert (second.part, second.opens, second.opens_next) == (1, 0, 0)


def test_with_all_its_questions_right_the_change_is_confirmed(known, people):
    update = known.updates.start(people.amina, "tea")

    answer_all(known, people.amina, update)

    result = known.attempts.result(people.amina, update)
    assert [one.is_confirmed for one in result.changes] == [True]
    assert result.outcome.why == "You had 2 of 2 right: the change is confirmed."
    assert state(known, people.amina) == [None]
    assert known.updates.offers(people.amina) == ()
    (acted,) = known.changes.all()
    assert (acted.asked, acted.confirmed) == (1, 1)


def test_with_one_wrong_it_is_not_and_may_be_taken_again_at_once_with_others(known, people):
    first = known.updates.start(people.amina, "tea")
    answer_all(known, people.amina, first, wrong=(1,))

    again = known.updates.start(people.amina, "tea")

    result = known.attempts.result(people.amina, first)
    assert [one.is_confirmed for one in result.changes] == [False]
    assert result.outcome.why == (
        "You had 1 of 2 right. Every question of the change has to be right, so it is still to"
        " confirm."
    )
    assert state(known, people.amina) == [State.ASSIGNED]
    before = {told.question.id for told in result.told}
    assert before.isdisjoint(asked(known, people.amina, again))


def test_it_gives_no_credit_no_certificate_and_lapses_none(known, people, clock):
    clock.forward(days=1)
    before = known.duties.mine(people.amina), known.certificates.of(people.amina)

    missed = known.updates.start(people.amina, "tea")
    answer_all(known, people.amina, missed, wrong=(1,))
    met = known.updates.start(people.amina, "tea")
    answer_all(known, people.amina, met)

    assert (known.duties.mine(people.amina), known.certificates.of(people.amina)) == before
    with known.database.reading() as connection:
        for table in (attempt_objective, attempt_misconception, certificate):
            rows = select(table).where(table.c.attempt_id.in_((missed, met)))
            assert connection.execute(rows).all() == []
    assert known.attempts.must_wait(people.amina, known.editions.current("tea").module) == ""


def test_an_update_that_failed_leaves_who_is_asked_as_it_was(known, people):
    known.changes.withdraw(known.changes.all()[0].action_id, "Too soon.")
    draft_people = known.changes.preview(_asking()).people
    ask(known)
    update = known.updates.start(people.amina, "tea")
    answer_all(known, people.amina, update, wrong=(1, 2))
    known.changes.withdraw(known.changes.all()[0].action_id, "Too soon again.")

    assert known.changes.preview(_asking()).people == draft_people == 1


def _asking():
    from quizbot.standing.change_drafts import ChangeDraft

    return ChangeDraft(change="c1", unit="Northmoor", due_on=SOON)


def test_a_whole_attempt_may_be_open_beside_it(known, people):
    update = known.updates.start(people.amina, "tea")

    whole = known.attempts.start(people.amina, "tea", Mode.ASSURED)

    assert whole != update
    assert known.attempts.turn(people.amina, whole, 1).total == 4
    assert {line.title for line in known.attempts.of(people.amina) if line.is_open} == {
        "Tea making",
        "Update: Tea making",
    }


def test_several_changes_come_one_after_the_other_and_each_is_met_by_its_own(
    service, clock, people
):
    known = changed(service, clock, people.amina, CHANGE, SECOND).service
    ask(known, "c2", date(2027, 1, 15))

    update = known.updates.start(people.amina, "tea")
    changes = known.attempts.changes(people.amina, update)
    second = known.attempts.turn(people.amina, update, 2)
    answer_all(known, people.amina, update, wrong=(1,))

    assert [(one.change, one.numbers) for one in changes] == [("c2", (1, 2)), ("c1", (3, 4))]
    assert (second.part, second.opens_next) == (1, 2)
    result = known.attempts.result(people.amina, update)
    assert [one.is_confirmed for one in result.changes] == [False, True]
    assert result.outcome.why == (
        "You had 3 of 4 right. Every question of a change has to be right, so 1 of 2 changes is"
        " still to confirm."
    )
    (left,) = known.updates.offers(people.amina)
    assert [one.change for one in left.changes] == ["c2"]


def test_a_whole_pass_with_its_questions_right_meets_it_too(known, people):
    take(known, people.amina)

    assert state(known, people.amina) == [None]
    with pytest.raises(NotOffered, match="confirmed this already, on 11 December 2026"):
        known.updates.start(people.amina, "tea")


# What goes on meanwhile


def test_a_question_that_is_withdrawn_meanwhile_is_asked_to_the_end_and_then_no_more(
    known, people, clock
):
    update = known.updates.start(people.amina, "tea")
    gone = asked(known, people.amina, update)[0]
    clock.forward(minutes=1)
    by_objective = resting()
    renew(by_objective["leaves"])
    for question in by_objective["leaves"]:
        if question["id"] == gone:
            question["withdrawn"] = {"edition": "2026.2", "why": "It was unclear."}
    publish(known, by_objective)

    answer_all(known, people.amina, update, wrong=(1,))

    again = known.updates.start(people.amina, "tea")
    assert gone not in asked(known, people.amina, again)
    answer_all(known, people.amina, again)
    assert state(known, people.amina) == [None]


def test_where_too_few_questions_are_left_that_is_said_and_the_duty_stays(known, people, clock):
    clock.forward(minutes=1)
    by_objective = resting()
    renew(by_objective["leaves"])
    for question in by_objective["leaves"][1:]:
        question["check"] = "Somebody has to look it up."
    publish(known, by_objective)

    (offer,) = known.updates.offers(people.amina)
    with pytest.raises(NotOffered, match="cannot be confirmed today"):
        known.updates.start(people.amina, "tea")

    assert offer.cannot
    assert state(known, people.amina) == [State.ASSIGNED]


def test_what_is_taken_back_while_it_is_open_may_be_finished_and_is_asked_of_nobody(
    known, there, people
):
    update = known.updates.start(people.amina, "tea")

    known.changes.withdraw(there.action, "Asked for the wrong day.")

    (change,) = known.attempts.changes(people.amina, update)
    assert change.is_taken_back
    assert known.updates.offers(people.amina) == ()
    answer_all(known, people.amina, update)
    assert known.attempts.result(people.amina, update).changes[0].is_confirmed
    with pytest.raises(NotOffered):
        known.updates.start(people.amina, "tea")


def test_what_nobody_was_asked_for_cannot_be_started(known, people):
    with pytest.raises(NotOffered, match="no change of this questionnaire that you are asked"):
        known.updates.start(people.bashir, "tea")
    with pytest.raises(NotFound):
        known.updates.start(people.amina, "no-such")


def test_who_leaves_half_way_is_out_and_what_they_began_counts_for_nothing(known, people, clock):
    update = known.updates.start(people.amina, "tea")
    known.staff.leave(people.efua, people.amina, date(2026, 12, 11))
    clock.forward(days=1)
    session = Session(people.amina, 0)

    with pytest.raises(SignedOut):
        known.attempts.turn(people.amina, update, 1, session=session)

    assert state(known, people.amina) == [None]
    clock.forward(days=31)
    assert known.attempts.abandon_old() == 1
    (acted,) = known.changes.all()
    assert acted.confirmed == 0


def test_in_two_tabs_it_is_one_update_and_handed_in_once(known, people):
    update = known.updates.start(people.amina, "tea")
    assert known.updates.start(people.amina, "tea") == update
    answer_all(known, people.amina, update)

    known.attempts.submit(people.amina, update)

    with pytest.raises(AlreadySubmitted):
        known.attempts.answer(people.amina, update, 1, ("a",))
    assert known.attempts.result(people.amina, update).outcome.passed


def test_what_was_left_open_for_a_month_begins_anew(known, people, clock):
    update = known.updates.start(people.amina, "tea")
    clock.forward(days=31)

    assert known.updates.start(people.amina, "tea") != update


def test_it_is_seen_and_taken_by_nobody_else(known, people):
    update = known.updates.start(people.amina, "tea")

    for look in (
        lambda: known.attempts.changes(people.bashir, update),
        lambda: known.attempts.turn(people.bashir, update, 1),
        lambda: known.attempts.submit(people.bashir, update),
    ):
        with pytest.raises(NotFound):
            look()


def test_of_a_whole_attempt_no_change_is_told(known, people):
    whole = known.attempts.start(people.amina, "tea", Mode.ASSURED)

    with pytest.raises(NotFound, match="no such update"):
        known.attempts.changes(people.amina, whole)


def test_an_update_that_is_withdrawn_confirms_nothing(known, people):
    update = known.updates.start(people.amina, "tea")
    answer_all(known, people.amina, update)

    known.withdrawals.withdraw(people.efua, people.amina, update, "Somebody else took it.")

    assert state(known, people.amina) == [State.ASSIGNED]


# The record


def test_the_record_the_transcript_and_the_managers_page_tell_it_from_a_whole_one(
    known, people, clock
):
    missed = known.updates.start(people.amina, "tea")
    answer_all(known, people.amina, missed, wrong=(1,))
    clock.forward(minutes=1)
    met = known.updates.start(people.amina, "tea")
    answer_all(known, people.amina, met)

    _, *rows = known.transcripts.of(people.amina, "csv").rows()
    assert [(row[0], row[3], row[5] == "") for row in rows] == [
        ("Update: Tea making", "Confirmed", True),
        ("Update: Tea making", "Not confirmed", True),
        ("Tea making", "Passed", False),
    ]
    report = known.reports.person(people.carys, people.amina)
    assert [(one.title, one.passed, one.is_update) for one in report.taken] == [
        ("Update: Tea making", True, True),
        ("Update: Tea making", False, True),
        ("Tea making", True, False),
    ]
    assert known.transcripts.paper(people.amina).startswith(b"%PDF")


def test_a_certificate_says_for_which_changes_its_person_is_up_to_date(known, people):
    (certificate,) = known.certificates.of(people.amina)

    (before,) = known.certificates.updates(certificate.code)
    answer_all(known, people.amina, known.updates.start(people.amina, "tea"))
    (after,) = known.certificates.updates(certificate.code)

    assert (before.now, before.on) == ("Tell at once.", None)
    assert (after.now, after.on) == ("Tell at once.", date(2026, 12, 11))


def test_a_certificate_that_was_withdrawn_says_nothing_of_changes(known, people):
    (certificate,) = known.certificates.of(people.amina)

    known.certificates.withdraw(people.efua, certificate.code, "Somebody else took it.")

    assert known.certificates.updates(certificate.code) == ()


def test_it_is_in_the_copy_of_ones_data_with_the_changes_it_was_about(known, people):
    update = known.updates.start(people.amina, "tea")
    answer_all(known, people.amina, update)

    held = {one.holding.title: one for one in known.own_data.held(people.amina)}

    titles, rows = held["What you took"].shown.titles, held["What you took"].shown.rows
    about = titles.index("the changes it was about, where it was an update")
    assert [row[about] for row in rows] == ["", "c1"]


def test_erasing_lets_an_open_one_go_and_blanks_what_was_handed_in(known, people, clock):
    answer_all(known, people.amina, known.updates.start(people.amina, "tea"))
    known.staff.leave(people.efua, people.amina, date(2026, 12, 11))
    clock.forward(days=2)

    known.erasure.erase(people.amina, "They asked for it.", people.efua)

    with known.database.reading() as connection:
        rows = connection.execute(
            select(attempt.c.scope, attempt.c.plan).where(attempt.c.person_id == people.amina)
        ).all()
    assert sorted(rows) == [("", "[]"), ("c1:2", "[]")]
    with known.database.reading() as connection:
        assert connection.execute(select(to_confirm.c.id)).all() == []


def test_one_that_was_never_handed_in_is_kept_no_longer_than_others(known, people, clock):
    known.updates.start(people.amina, "tea")
    clock.forward(days=800)

    known.retention.run()

    assert [line.is_update for line in known.attempts.of(people.amina)] == [False]
