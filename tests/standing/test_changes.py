"""Changes of guidance: who rested on the old rule, telling and asking, and who has confirmed."""

from datetime import date

import pytest
from sqlalchemy import select

from quizbot.access import Role
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.rules.due import DispensationKind, State
from quizbot.rules.pick import Mode
from quizbot.rules.updates import Whom
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.store.tables import change_action, standing_cache, to_confirm
from tests import made
from tests.change_told import DECISION, history, publish, take, with_change
from tests.changed import SOON, renew

ALL = "Northmoor"


@pytest.fixture
def known(service):
    """The service's own changes and confirmations, with another register."""

    def known(**changes):
        return with_change(service, **changes).changes

    return known


@pytest.fixture
def past(service, clock, people):
    """Bashir passed without the rule, Amina and Carys rested on it; now the new one is in force."""
    history(service, clock, people)
    return people


def asking(**given):
    return ChangeDraft(**{"change": "c1", "unit": ALL, "due_on": SOON, **given})


def telling(**given):
    return asking(due_on=None, **given)


def ask(changes, draft=None, lead=None):
    draft = draft or asking()
    return changes.apply(draft, draft.fingerprint, lead)


def of(service, changes, person_id, day=None):
    with service.database.reading() as connection:
        return changes.confirmations.of(connection, [person_id], day).get(person_id, ())


def states(service, changes, person_id, day=None):
    return [line.state for line in of(service, changes, person_id, day)]


def counts(held):
    return (held.met, held.rested, held.without, held.since)


def test_a_preview_tells_who_rested_on_it_by_agency_and_module(known, past):
    seen = known().preview(asking())

    assert counts(seen.total) == (0, 2, 1, 0)
    assert {one.name: counts(one) for one in seen.by_agency} == {
        "Northmoor": (0, 0, 0, 0),
        "Northmoor/Council": (0, 2, 0, 0),
        "Northmoor/Police": (0, 0, 1, 0),
    }
    assert [(one.name, counts(one)) for one in seen.by_module] == [("tea", (0, 2, 1, 0))]
    assert (seen.people, seen.already, seen.asked_in) == (2, 0, "tea")
    assert "It would ask 2 people by 29 January 2027." in seen.lines


def test_and_changes_nothing(service, known, past):
    known().preview(asking())

    with service.database.reading() as connection:
        assert connection.execute(select(change_action.c.id)).all() == []


def test_of_an_answer_that_was_reversed_those_are_asked_whose_pass_rested_on_it(
    service, known, past
):
    changes = known()

    ask(changes)

    assert states(service, changes, past.amina) == [State.ASSIGNED]
    assert states(service, changes, past.bashir) == []
    (line,) = of(service, changes, past.amina)
    assert (line.was, line.now, line.due_on) == ("Ask first.", "Tell at once.", SOON)


def test_of_a_new_duty_everybody_who_passed_before_it(service, known, past):
    changes = known(kind="new-duty")

    ask(changes)

    assert states(service, changes, past.bashir) == [State.ASSIGNED]
    assert states(service, changes, past.amina) == [State.ASSIGNED]
    assert states(service, changes, past.dylan) == []


def test_who_passes_with_its_questions_right_has_confirmed_it(service, known, past, clock):
    changes = known()
    ask(changes)

    take(service, clock, past.amina)

    (line,) = of(service, changes, past.amina)
    assert (line.state, line.met_on) == (None, date(2026, 12, 11))
    (acted,) = changes.all()
    assert (acted.asked, acted.confirmed) == (2, 1)


def test_an_attempt_that_was_withdrawn_confirms_nothing(service, known, past, clock):
    changes = known()
    ask(changes)
    taken = take(service, clock, past.amina)

    service.withdrawals.withdraw(past.efua, past.amina, taken, "Somebody else took it.")

    assert states(service, changes, past.amina) == [State.ASSIGNED]


def test_a_pass_that_was_withdrawn_rested_on_nothing(service, known, past, clock):
    taken = service.attempts.of(past.carys)[0].attempt_id

    service.withdrawals.withdraw(past.efua, past.carys, taken, "Somebody else took it.")

    assert known().preview(asking()).people == 1


def test_who_is_asked_gets_its_questions_first(service, known, past, clock):
    clock.forward(minutes=1)
    by_objective = made.questions()
    for question in by_objective["water"][2:]:
        question |= {"facts": ["X1"], "decision": [DECISION]}
    renew(by_objective["leaves"][2:])
    service.editions.publish([made.bank(by_objective=by_objective)], made.place())
    ask(known())

    attempt_id = service.attempts.start(past.amina, "tea", Mode.ASSURED)

    turns = [service.attempts.turn(past.amina, attempt_id, number) for number in range(1, 5)]
    leaves = {turn.question.id for turn in turns if turn.question.id.startswith("leaves")}
    assert leaves == {"leaves-3", "leaves-4"}


def test_who_has_one_of_them_wrong_has_not(service, known, past, clock):
    changes = known()
    ask(changes)

    take(service, clock, past.amina, wrong=["leaves"])

    assert states(service, changes, past.amina) == [State.ASSIGNED]


def test_who_passed_since_it_came_is_not_asked(service, known, past, clock):
    take(service, clock, past.amina, wrong=["leaves"])

    seen = known().preview(asking())

    assert counts(seen.total) == (0, 1, 1, 1)
    assert seen.people == 1


def test_everybody_can_be_asked_who_has_not_shown_it(service, known, past, clock):
    take(service, clock, past.amina)

    seen = known().preview(asking(whom=Whom.EVERYBODY))

    assert counts(seen.total) == (1, 1, 1, 0)
    assert seen.people == 2


def test_validity_stays_and_no_standing_changes(service, known, past):
    before = [duty.state for duty in service.duties.mine(past.amina)]
    service.standings.renew_cache()

    ask(known())

    assert [duty.state for duty in service.duties.mine(past.amina)] == before
    with service.database.reading() as connection:
        assert connection.execute(select(standing_cache)).first() is not None


def test_it_becomes_overdue_and_validity_stays_beside_it(service, known, past):
    changes = known()

    ask(changes)

    assert states(service, changes, past.amina, date(2027, 1, 20)) == [State.DUE_SOON]
    assert states(service, changes, past.amina, date(2027, 2, 1)) == [State.OVERDUE]


def test_nobody_is_asked_twice_for_one_change(service, known, past):
    changes = known()
    ask(changes)

    seen = changes.preview(asking(whom=Whom.EVERYBODY))

    assert (seen.already, seen.people) == (2, 1)
    ask(changes, asking(whom=Whom.EVERYBODY))
    with service.database.reading() as connection:
        rows = connection.execute(select(to_confirm.c.person_id)).scalars().all()
    assert sorted(rows) == sorted([past.amina, past.carys, past.bashir])


def test_what_would_reach_nobody_is_refused(known, past):
    changes = known()
    ask(changes)

    with pytest.raises(Refused, match="That would reach nobody"):
        ask(changes)


def test_taken_back_it_is_open_no_more_and_may_be_asked_again(service, known, past):
    changes = known()
    action = ask(changes)

    changes.withdraw(action, "Asked for the wrong day.")
    changes.withdraw(action, "Twice changes nothing.")

    assert states(service, changes, past.amina) == [None]
    assert changes.preview(asking()).people == 2
    with service.database.reading() as connection:
        row = connection.execute(select(change_action)).one()
    assert (row.withdrawn_on, row.reason) == (date(2026, 12, 11), "Asked for the wrong day.")


def test_who_leaves_half_way_is_asked_for_nothing(service, known, past, clock):
    changes = known()
    ask(changes)

    service.staff.leave(past.efua, past.amina, date(2026, 12, 11))

    assert states(service, changes, past.amina, date(2026, 12, 11)) == [State.ASSIGNED]
    assert states(service, changes, past.amina, date(2026, 12, 12)) == [None]


def test_a_pause_puts_it_off_as_it_does_other_duties(service, known, past, clock):
    changes = known()
    ask(changes)
    clock.forward(days=1)
    pause = DispensationKind.PAUSE
    first, last = date(2026, 12, 14), date(2026, 12, 23)

    service.dispensations.grant(past.efua, past.amina, pause, None, first, last, "Leave.")

    assert states(service, changes, past.amina, date(2026, 12, 20)) == [State.PAUSED]
    assert states(service, changes, past.amina, date(2027, 2, 1)) == [State.DUE_SOON]


def test_what_was_recognised_rests_on_no_question_and_a_new_duty_asks_for_it(service, known, past):
    learned = DispensationKind.LEARNING
    service.dispensations.grant(
        past.efua, past.dylan, learned, "tea", date(2026, 11, 1), None, "A course."
    )

    assert counts(known().preview(asking()).total) == (0, 2, 2, 0)
    assert known(kind="new-duty").preview(asking()).people == 4


def test_a_question_that_is_withdrawn_meanwhile_counts_for_those_who_had_it_right(
    service, known, past, clock
):
    changes = known()
    ask(changes)
    take(service, clock, past.amina)
    clock.forward(minutes=1)
    by_objective = made.questions()
    renew(by_objective["leaves"])
    gone = {"edition": "2026.2", "why": "The rule changed again."}
    by_objective["leaves"][0]["withdrawn"] = gone

    service.editions.publish([made.bank(by_objective=by_objective)], made.place())

    assert states(service, changes, past.amina) == [None]
    assert states(service, changes, past.carys) == [State.ASSIGNED]


def test_two_records_that_were_made_one_are_asked_once(service, known, past, clock):
    changes = known(kind="new-duty")
    ask(changes)
    service.staff.leave(past.efua, past.bashir, date(2026, 12, 11))
    clock.forward(days=1)

    service.joining.join(past.amina, past.bashir)

    assert len(of(service, changes, past.amina)) == 1
    (acted,) = changes.all()
    assert acted.asked == 2


def test_only_some_jobs_may_be_concerned(known, past):
    changes = known(roles=["managers"])

    with pytest.raises(Mend, match="It concerns managers: name the jobs here"):
        changes.preview(asking())

    assert changes.preview(asking(jobs=("team MANAGER",))).people == 1
    assert changes.preview(asking(every_job=True)).people == 2


def test_what_is_in_doubt_asks_nobody_until_a_lead_says_what_they_read(known, past):
    changes = known(doubt="medium")

    with pytest.raises(Mend, match="There is medium doubt of it: read the text"):
        changes.preview(asking())

    assert changes.preview(asking(has_read="Chapter 3 of the edition of 2026")).people == 2


@pytest.mark.parametrize(
    ("change", "given", "words"),
    [
        ({"in_force": date(2027, 1, 1)}, {}, "It is not in force here yet"),
        ({"in_force": None, "switch": "is.off"}, {}, "It is not in force here yet"),
        ({"in_force": None, "kind": "future"}, {}, "It is not in force here yet"),
        ({"facts": ["X9"]}, {}, "It touches no question that is published here"),
        ({"kind": "wording"}, {}, "nobody's answer became wrong, so tell it"),
        ({"date_doubt": "medium"}, {}, "there is doubt of its date (medium): look it up"),
        ({}, {"whom": Whom.BEFORE}, "For a change that is reversed, ask rested or everybody"),
        ({}, {"due_on": date(2026, 12, 10)}, "The day is in the past"),
        ({}, {"due_on": date(2030, 1, 1)}, "more than two years ahead: check the year"),
        ({}, {"due_on": date(2027, 1, 31)}, "a working day, such as 1 February 2027"),
        ({}, {"due_on": date(2026, 12, 25)}, "a working day, such as 29 December 2026"),
    ],
)
def test_what_makes_no_sense_is_said_with_what_to_do(known, past, change, given, words):
    with pytest.raises(Mend) as refused:
        known(**change).preview(asking(**given))

    assert words in str(refused.value)


def test_a_day_on_which_nobody_works_is_no_correction_either(known, past):
    changes = known()
    action = ask(changes)

    with pytest.raises(Mend) as refused:
        changes.correct(action, date(2027, 2, 28), "More time.")

    assert refused.value.faults == {
        "due_on": "Nobody is at work on that day: choose a working day, such as 1 March 2027."
    }
    assert [one.due_on for one in changes.all()] == [SOON]


def test_without_questions_of_its_own_nobody_is_asked(service, known, past, clock):
    clock.forward(minutes=1)
    publish(service)

    with pytest.raises(Mend, match="it has no question of its own"):
        known().preview(asking())


def test_what_is_not_there_is_not_found(known, past):
    with pytest.raises(NotFound, match="There is no change 'c9'"):
        known().preview(asking(change="c9"))
    with pytest.raises(NotFound, match="There is no unit 'Southmoor'"):
        known().preview(asking(unit="Southmoor"))


def test_what_was_changed_after_its_preview_is_not_done(known, past):
    with pytest.raises(Refused, match="changed after its preview"):
        known().apply(asking(), telling().fingerprint)


def test_telling_reaches_everybody_with_a_credit_and_asks_nobody(service, known, past):
    changes = known(kind="wording")

    assert "It would tell 3 people." in changes.preview(telling()).lines
    ask(changes, telling())

    assert states(service, changes, past.amina) == []
    (acted,) = changes.all()
    assert (acted.due_on, acted.asked) == (None, 0)


def test_the_same_is_told_once_until_it_is_taken_back(service, known, past):
    changes = known(kind="wording")
    first = ask(changes, telling())

    with pytest.raises(Refused, match="It was told there already"):
        ask(changes, telling())

    assert changes.withdraw(first, "The wrong words.")
    assert not changes.withdraw(first, "Once more.")
    ask(changes, telling())
    assert [one.withdrawn_on is None for one in changes.all()] == [True, False]


def test_a_lead_asks_their_own_units_alone(service, known, past):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    changes = known(kind="new-duty")

    with pytest.raises(NotAllowed):
        ask(changes, lead=past.dylan)
    with pytest.raises(NotAllowed):
        changes.preview(asking(), past.amina)
    action = ask(changes, asking(unit="Northmoor/Police"), past.dylan)

    assert [one.action_id for one in changes.all(past.dylan)] == [action]
    ask(changes, asking(unit="Northmoor/Council"), past.efua)
    assert [one.unit for one in changes.all(past.dylan)] == ["Northmoor/Police"]


def test_a_change_that_is_gone_from_the_register_leaves_what_was_asked_on_record(
    service, known, past
):
    ask(known())

    (line,) = of(service, known(id="c2"), past.amina)

    assert (line.state, line.change) == (State.ASSIGNED, "c1")
