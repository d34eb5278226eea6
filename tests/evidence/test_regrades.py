"""A question found faulty: decided once, for whoever met it, beside the facts, against nobody."""

from datetime import date

import pytest

from questions.bank import Bank
from quizbot.access import Role
from quizbot.errors import BadReply, NotAllowed, NotFound
from quizbot.evidence.regrades import RegradeDraft
from quizbot.rules.due import State as Standing
from quizbot.rules.pick import Mode
from quizbot.rules.regrading import Effect, Ruling
from quizbot.store.tables import (
    answer,
    attempt,
    attempt_misconception,
    attempt_objective,
    audit,
    notice,
    regraded,
)
from tests.first_attempts import took
from tests.made import bank, module, place, question, questions
from tests.stored import rows

TODAY = date(2026, 11, 21)
WHY = "The second option can be defended as well."
RIGHT = {"water-boil-1": "b", "water-1": "b", "leaves-1": "b", "leaves-2": "b"}
TWO_WRONG = {**RIGHT, "water-1": "c", "leaves-1": "a"}
RULINGS = pytest.mark.parametrize(
    ("ruling", "reply"), [(Ruling.CREDIT, ""), (Ruling.DROP, ""), (Ruling.KEY, "a")]
)


@pytest.fixture
def tea(service):
    """An edition that is passed with three of four right, or with two of three."""
    service.editions.publish([bank(pass_share=0.66)], place())
    return service.editions.current("tea")


def draft(tea, ruling=Ruling.CREDIT, reply="", question_id="leaves-1"):
    return RegradeDraft(tea.id, question_id, ruling, reply)


def decide(service, people, tea, ruling=Ruling.CREDIT, reply="", question_id="leaves-1"):
    return service.regrades.decide(people.efua, draft(tea, ruling, reply, question_id), WHY)


def line(service, person_id):
    (taken,) = service.attempts.of(person_id)
    return taken


def state(service, person_id):
    with service.database.reading() as connection:
        found = service.standings.of(connection, [person_id], ["tea"])
    return found[person_id, "tea"].state


@RULINGS
def test_who_failed_by_our_fault_has_passed(service, people, tea, ruling, reply):
    took(service, tea, [TWO_WRONG], whose=[people.amina])
    assert state(service, people.amina) is Standing.NOT_REQUIRED

    decide(service, people, tea, ruling, reply)

    assert state(service, people.amina) is Standing.PASSED
    assert (line(service, people.amina).passed, line(service, people.amina).regraded_on) == (
        True,
        TODAY,
    )
    (given,) = service.certificates.of(people.amina)
    assert (given.title, given.issued_on) == ("Tea making", TODAY)
    (reported,) = service.reports.person(people.efua, people.amina).taken
    assert reported.passed
    (transcribed,) = service.transcripts.of(people.amina, "csv").lines
    assert (transcribed.outcome, bool(transcribed.code)) == ("Passed", True)


@RULINGS
def test_the_facts_stay_as_they_were(service, people, tea, ruling, reply):
    took(service, tea, [TWO_WRONG, RIGHT], whose=[people.amina, people.bashir])
    facts = (attempt, answer, attempt_objective, attempt_misconception)
    before = [rows(service, table) for table in facts]

    decide(service, people, tea, ruling, reply)

    assert [rows(service, table) for table in facts] == before


@RULINGS
def test_who_had_it_right_or_passed_keeps_both(service, people, tea, ruling, reply):
    took(
        service,
        tea,
        [RIGHT, {**RIGHT, "water-1": "a"}],
        whose=[people.amina, people.bashir],
    )
    before = [line(service, one) for one in (people.amina, people.bashir)]

    decide(service, people, tea, ruling, reply)

    assert [line(service, one) for one in (people.amina, people.bashir)] == before
    assert rows(service, regraded) == []


def test_before_it_is_decided_it_is_told_who_would_pass_and_who_would_lose_if_it_were_strict(
    service, people, tea
):
    took(
        service,
        tea,
        [TWO_WRONG, TWO_WRONG, {**RIGHT, "water-1": "a"}, RIGHT],
        whose=[people.amina, people.bashir, people.carys, people.dylan],
    )
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")

    all_of_it = service.regrades.preview(people.efua, draft(tea, Ruling.KEY, "a"))
    in_part = service.regrades.preview(people.dylan, draft(tea, Ruling.KEY, "a"))

    assert (all_of_it.asked, all_of_it.changed, all_of_it.would_pass) == (4, 2, 2)
    assert all_of_it.names == ("Amina Rahman", "Bashir Aziz")
    assert all_of_it.would_lose == 1  # Carys, who had the old key right and another one wrong
    assert (in_part.names, in_part.others) == (("Bashir Aziz",), 1)
    assert rows(service, regraded) == []


def test_another_wrong_answer_is_not_right_because_one_is(service, people, tea):
    took(
        service,
        tea,
        [TWO_WRONG, {**TWO_WRONG, "leaves-1": "c"}],
        whose=[people.amina, people.bashir],
    )

    decide(service, people, tea, Ruling.KEY, "a")

    assert line(service, people.amina).passed
    assert not line(service, people.bashir).passed


def test_doing_it_twice_is_once(service, people, tea):
    took(service, tea, [TWO_WRONG], whose=[people.amina])
    first = decide(service, people, tea)
    after = [rows(service, table) for table in (regraded, notice, audit)]

    again = decide(service, people, tea)
    list(service.regrades.night())

    assert again == first
    assert [rows(service, table) for table in (regraded, notice, audit)] == after
    assert len(service.certificates.of(people.amina)) == 1


def test_of_two_decisions_the_kinder_holds_in_either_order(service, people, tea):
    took(
        service,
        tea,
        [{**RIGHT, "leaves-1": "a", "leaves-2": "a", "water-1": "b"}],
        whose=[people.amina],
    )
    decide(service, people, tea, Ruling.DROP)
    (made,) = service.regrades.of_attempt(line(service, people.amina).attempt_id).values()
    assert made.effect is Effect.OUT

    decide(service, people, tea, Ruling.CREDIT)

    (made,) = service.regrades.of_attempt(line(service, people.amina).attempt_id).values()
    assert made.effect is Effect.RIGHT
    assert line(service, people.amina).share == 0.75


def test_an_attempt_that_is_open_is_judged_by_it_when_it_is_handed_in(service, people, tea):
    taken = service.attempts.start(people.amina, "tea", Mode.ASSURED)
    asked = [service.attempts.turn(people.amina, taken, n) for n in range(1, 5)]
    faulty = next(turn for turn in asked if not turn.question.must_know)
    decide(service, people, tea, Ruling.CREDIT, question_id=faulty.question.id)
    others = [turn for turn in asked if turn is not faulty]
    for turn in others:
        key = turn.question.shown(turn.question.key, turn.order)
        service.attempts.answer(people.amina, taken, turn.number, key)

    service.attempts.submit(people.amina, taken)

    result = service.attempts.result(people.amina, taken)
    assert (result.outcome.right, result.outcome.share) == (4, 1.0)
    assert [one.question_id for one in result.regraded] == [faulty.question.id]
    assert line(service, people.amina).share == 1.0


def test_a_later_edition_that_asks_the_same_is_not_touched(service, people, tea):
    decide(service, people, tea)
    service.editions.publish([bank(pass_share=0.66, edition="2026.2")], place())
    later = service.editions.current("tea")

    took(service, later, [TWO_WRONG], whose=[people.amina])
    list(service.regrades.night())

    assert not line(service, people.amina).passed


def test_earlier_editions_that_asked_the_same_are_touched_and_others_not(service, people, tea):
    earlier = took(service, tea, [TWO_WRONG], whose=[people.amina])
    other = {**questions(), "leaves": [question(f"leaves-{n}") for n in (1, 2, 3, 4)]}
    other["leaves"][0]["ask"] = "What do you do about leaves?"

    changed = module(other, pass_share=0.66, edition="2026.2")
    service.editions.publish([Bank("tea", changed, ())], place())
    took(service, service.editions.current("tea"), [TWO_WRONG], whose=[people.bashir])
    service.editions.publish([bank(pass_share=0.66, edition="2026.3")], place())
    now = service.editions.current("tea")

    decide(service, people, now)

    assert line(service, earlier[0]).passed
    assert not line(service, people.bashir).passed


def test_an_objective_that_was_missed_by_our_fault_is_shown(service, people, tea):
    took(service, tea, [{**RIGHT, "leaves-1": "a"}], whose=[people.amina])

    def shown():
        objectives = service.reports.person(people.efua, people.amina).objectives["tea"]
        return [one.is_shown for one in objectives]

    assert shown() == [True, False]

    decide(service, people, tea)

    assert shown() == [True, True]


def test_people_are_told_once_and_who_asked_that_it_is_done(service, people, tea):
    service.requests.ask(people.carys, [people.amina], ["tea"], date(2026, 12, 20), "Please.")
    took(service, tea, [TWO_WRONG, RIGHT], whose=[people.amina, people.bashir])

    decide(service, people, tea)
    decide(service, people, tea)

    found = rows(service, notice)
    told = sorted((one.kind, one.person_id) for one in found if one.kind in ("met", "regraded"))
    assert told == [("met", people.carys), ("regraded", people.amina)]


def test_a_withdrawn_attempt_stays_withdrawn_and_nobody_is_told(service, people, tea):
    took(service, tea, [TWO_WRONG], whose=[people.amina])
    service.withdrawals.withdraw(
        people.efua, people.amina, line(service, people.amina).attempt_id, "Somebody else."
    )

    decide(service, people, tea)

    assert state(service, people.amina) is Standing.NOT_REQUIRED
    assert service.certificates.of(people.amina) == []
    found = rows(service, notice)
    assert "regraded" not in {one.kind for one in found}


def test_it_is_on_record_who_decided_and_whose_verdict_changed(service, people, tea):
    took(service, tea, [TWO_WRONG], whose=[people.amina])

    decided = decide(service, people, tea)

    found = rows(service, audit)
    mine = [one for one in found if one.action.endswith(".regrade")]
    assert [(one.action, one.actor, one.subject) for one in mine] == [
        ("question.regrade", str(people.efua), str(decided)),
        ("attempt.regrade", str(people.efua), str(people.amina)),
    ]
    (made,) = service.regrades.of_question(tea.id, "leaves-1")
    assert (made.by, made.reason, made.answers, made.passes) == ("Efua Mensah", WHY, 1, 1)


def test_a_leads_own_verdict_is_marked(service, people, tea):
    took(service, tea, [TWO_WRONG], whose=[people.efua])

    decide(service, people, tea)

    found = rows(service, audit)
    last = max(found, key=lambda row: row.number)
    assert '"to_themself":true' in last.details


def test_whoever_leads_a_part_does_not_decide_for_all(service, people, tea):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")

    for who in (people.amina, people.carys, people.dylan):
        with pytest.raises(NotAllowed):
            service.regrades.decide(who, draft(tea), WHY)
    with pytest.raises(NotAllowed):
        service.regrades.preview(people.carys, draft(tea))
    assert service.regrades.all() == []


@pytest.mark.parametrize(
    ("ruling", "reply", "says"),
    [
        (Ruling.KEY, "", "Choose the answer that is right as well"),
        (Ruling.KEY, "b", "This is the key already"),
        (Ruling.KEY, "z", "Choose the answer that is right as well"),
        (Ruling.KEY, "ab", "Choose the answer that is right as well"),
        (Ruling.DROP, "a", "only where another one is"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_what_to_do(
    service, people, tea, ruling, reply, says
):
    with pytest.raises(BadReply, match=says):
        decide(service, people, tea, ruling, reply)


def test_a_reason_is_needed_and_a_question_that_there_is(service, people, tea):
    for reason in ("", "  \n ", "x" * 501, "bell\a"):
        with pytest.raises(BadReply):
            service.regrades.decide(people.efua, draft(tea), reason)
    with pytest.raises(NotFound):
        decide(service, people, tea, question_id="no-such-question")


def test_what_was_cut_short_is_done_by_the_worker(service, people, tea):
    took(service, tea, [TWO_WRONG] * 250)
    with service.database.writing() as connection:
        asked, wanted = service.editions.by_id(tea.id), draft(tea)
        service.regrades._record(connection, people.efua, asked, wanted, WHY, [asked])

    pieces = service.regrades.work()
    next(pieces)
    assert len(rows(service, regraded)) == 100
    list(service.regrades.work())

    assert len(rows(service, regraded)) == 250
    assert list(service.regrades.work()) == []
