"""Who is late, where and since when."""

from datetime import date, timedelta

import pytest

from questions.bank import Bank
from quizbot.access import Role
from quizbot.editions.reviewing import to_review
from quizbot.errors import NotAllowed, Refused
from quizbot.rules.pick import Mode
from quizbot.standing.requirements import Draft
from tests import made

POT = made.place()


@pytest.fixture
def late(service, people, clock):
    """Amina and Bashir were asked by Carys, and the day is over; Amina for two things."""
    module = made.module()
    service.editions.publish([Bank(module.id, module, ())], POT)
    service.people.grant("carys@northmoor.example", Role.MANAGER, "Northmoor")
    today = service.standings.today()
    due = today + timedelta(days=7)
    service.requests.ask(people.carys, [people.amina, people.bashir], ["referrals"], due)
    service.requests.ask(people.carys, [people.amina], ["tea"], due + timedelta(days=1))
    clock.at += timedelta(days=20)
    service.standings.renew_cache()
    return due


def passes(service, person_id):
    taken = service.attempts.start(person_id, "referrals", Mode.ASSURED)
    for number in range(1, service.attempts.turn(person_id, taken, 1).total + 1):
        turn = service.attempts.turn(person_id, taken, number)
        right = turn.question.shown(turn.question.key, turn.order)
        service.attempts.answer(person_id, taken, number, right)
    service.attempts.submit(person_id, taken)


def told(overdue):
    return [(line.name, line.module, line.since) for line in overdue.lines]


def test_everybody_who_is_late_below_a_leads_units_is_told_the_longest_first(service, people, late):
    found = service.lateness.of(people.efua, {})

    amina, bashir = (service.people.rights(one).name for one in (people.amina, people.bashir))
    assert told(found) == [
        (amina, "referrals", late),
        (bashir, "referrals", late),
        (amina, "tea", late + timedelta(days=1)),
    ]
    assert (found.people, found.shown_people, found.pages) == (2, 2, 1)
    assert {module: count for module, _, count in found.modules} == {
        "referrals": 2,
        "tea": 1,
    }
    assert service.lateness.people(people.efua) == 2


def test_unit_questionnaire_and_manager_narrow_it(service, people, late):
    everything = service.lateness.of(people.efua, {})
    first = everything.lines[0]

    by_module = service.lateness.of(people.efua, {"module": "tea"})
    by_manager = service.lateness.of(people.efua, {"manager": first.manager})
    by_unit = service.lateness.of(people.efua, {"unit": first.unit.partition("/")[0]})
    nowhere = service.lateness.of(people.efua, {"unit": "Nowhere"})

    assert [line.module for line in by_module.lines] == ["tea"]
    assert (len(by_manager.lines), len(by_unit.lines)) == (2, 3)
    assert (nowhere.lines, nowhere.people) == ((), 2)


def test_who_passed_left_or_is_paused_is_not_late(service, people, late, clock):
    service.staff.leave(people.efua, people.bashir, service.standings.today())
    clock.at += timedelta(days=1)
    service.standings.renew_cache()

    found = service.lateness.of(people.efua, {})

    assert {line.person_id for line in found.lines} == {people.amina}


def test_it_is_for_leads_and_only_of_their_own_units(service, people, late):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")

    assert {line.name for line in service.lateness.of(people.dylan, {}).lines} == {"Bashir Aziz"}
    for stranger in (people.amina, people.carys):
        with pytest.raises(NotAllowed):
            service.lateness.of(stranger, {})
        with pytest.raises(NotAllowed):
            service.desk.of(stranger)


def test_the_desk_counts_what_waits_and_leaves_out_what_is_in_order(service, people, late):
    edition = service.editions.current("referrals")
    question = edition.module.asked[0]
    service.problems.report(
        edition.id, question.id, "The second answer is right too.", people.amina
    )

    tasks = {task.href: task for task in service.desk.of(people.efua)}

    assert tasks["/board/overdue"].words == "2 people are overdue or lapsed"
    assert tasks["/admin/reports"].words == "1 report about a question to answer"
    assert "/admin/messages" not in tasks


def test_questions_are_listed_by_the_month_until_which_they_count(service):
    editions = service.editions.all_current()
    every = [question for edition in editions for question in edition.module.asked]
    last = max(question.review_by for question in every)

    months = to_review(editions, last + timedelta(days=1))

    assert [month.month for month in months] == sorted({q.review_by.replace(day=1) for q in every})
    assert sum(len(month.questions) for month in months) == len(every)
    assert all(question.is_over for month in months for question in month.questions)
    assert not any(q.is_soon for month in months for q in month.questions)
    before = to_review(editions, date(2020, 1, 1))
    assert not any(q.is_soon or q.is_over for month in before for q in month.questions)


@pytest.fixture
def crowded(service):
    """An edition of eight questions, six of which are to be looked at in January."""
    days = iter([date(2027, 1, 31)] * 6 + [date(2027, 2, 28), date(2027, 3, 31)])
    spread = {
        objective: [{**one, "review_by": next(days)} for one in several]
        for objective, several in made.questions().items()
    }
    tea = made.module(spread)
    service.editions.publish([Bank(tea.id, tea, ())], POT)
    return service.editions.current("tea")


def test_what_is_too_much_for_a_month_is_spread_over_those_before_it(crowded):
    today = date(2026, 11, 1)

    months = to_review([crowded], today)

    assert [(month.key, len(month.questions), month.early) for month in months] == [
        ("2026-12", 2, 2),
        ("2027-01", 4, 0),
        ("2027-02", 1, 0),
        ("2027-03", 1, 0),
    ]
    assert {one.look_by for one in months[0].questions} == {date(2026, 12, 31)}
    assert {one.review_by for one in months[0].questions} == {date(2027, 1, 31)}
    assert not any(month.is_too_much for month in months)
    warned = to_review([crowded], date(2026, 11, 5))  # eight weeks before the day that is planned
    assert not any(one.is_soon for one in months[0].questions)
    assert all(one.is_soon for one in warned[0].questions)
    assert not any(one.is_soon for one in warned[1].questions)


def test_a_month_with_far_more_than_others_is_told_where_none_before_it_can_take_any(crowded):
    months = to_review([crowded], date(2026, 12, 20))

    assert [(month.key, month.is_too_much) for month in months] == [
        ("2027-01", True),
        ("2027-02", False),
        ("2027-03", False),
    ]


def test_a_pass_takes_somebody_off_the_list(service, people, late):
    passes(service, people.bashir)
    service.standings.renew_cache()

    assert {line.person_id for line in service.lateness.of(people.efua, {}).lines} == {people.amina}


def test_who_was_asked_by_whomever_and_has_days_left_is_not_asked_again(service, people, clock):
    service.people.grant("efua@northmoor.example", Role.LEAD, "Northmoor")
    rule = Draft(
        unit="Northmoor/Council",
        modules=("referrals",),
        in_force_from=service.today(),
        within_months=1,
        reason="Induction.",
    )
    service.rules.save(rule, rule.fingerprint)
    clock.forward(days=60)
    service.standings.renew_cache()
    due = service.today() + timedelta(days=20)
    service.requests.ask(people.carys, [people.amina], ["referrals"], due)
    before = service.lateness.of(people.efua, {})
    assert people.amina in {line.person_id for line in before.lines}

    asked = service.lateness.ask(people.efua, {}, due)

    assert asked.asked == before.people - 1
    with pytest.raises(Refused, match="asked already and has days left"):
        service.lateness.ask(people.efua, {}, due)
    with pytest.raises(Refused, match="Nobody is late there"):
        service.lateness.ask(people.efua, {"unit": "Nowhere"}, due)
