"""A withdrawn attempt counts nowhere any more, its facts stay, and its person is told."""

import json
from datetime import date

import pytest

from quizbot.access import Role
from quizbot.errors import NotAllowed, NotFound
from quizbot.evidence.certificates import CertificateState as State
from quizbot.rules.due import State as Standing
from quizbot.rules.pick import Mode
from quizbot.standing.requirements import Draft
from quizbot.store.tables import (
    answer,
    attempt,
    attempt_objective,
    attempt_withdrawn,
    audit,
    notice,
    standing_cache,
)
from tests.evidence.test_certificates import take
from tests.stored import rows

TODAY = date(2026, 11, 21)
WHY = "Somebody else answered."


@pytest.fixture
def asked(service, people):
    """Amina and Bashir are asked for referrals within a month."""
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2026, 12, 20), "Please.")
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=TODAY,
        within_months=1,
        every_months=12,
        reason="Induction.",
    )
    service.rules.save(draft, draft.fingerprint)
    return service


def withdraw_attempt(service, people, attempt_id):
    service.withdrawals.withdraw(people.efua, people.amina, attempt_id, WHY)


def withdraw_certificate(service, people, attempt_id):
    (given, *_) = service.certificates.of(people.amina)
    service.certificates.withdraw(people.efua, given.code, WHY)


EITHER = pytest.mark.parametrize("withdraw", [withdraw_attempt, withdraw_certificate])


def state(service, person_id):
    with service.database.reading() as connection:
        found = service.standings.of(connection, [person_id], ["referrals"])
    return found[person_id, "referrals"].state


@EITHER
def test_attempt_credit_and_certificate_go_together(asked, people, withdraw):
    attempt_id = take(asked, people.amina)
    assert state(asked, people.amina) is Standing.VALID

    withdraw(asked, people, attempt_id)

    assert state(asked, people.amina) is not Standing.VALID
    (given,) = asked.certificates.of(people.amina)
    assert (given.state, given.reason) == (State.WITHDRAWN, WHY)
    (line,) = asked.attempts.of(people.amina)
    assert (line.withdrawn.on, line.withdrawn.reason) == (TODAY, WHY)


@EITHER
def test_the_facts_stay_as_they_were(asked, people, withdraw):
    attempt_id = take(asked, people.amina)
    before = [rows(asked, table) for table in (attempt, answer, attempt_objective)]

    withdraw(asked, people, attempt_id)

    assert [rows(asked, table) for table in (attempt, answer, attempt_objective)] == before


@EITHER
def test_it_is_left_out_wherever_people_are_shown_or_counted(asked, people, withdraw):
    def everywhere():
        report = asked.reports.person(people.efua, people.amina)
        asked.counting.month(TODAY)
        board = asked.board.view(people.efua)
        guide = asked.guides.of(people.carys, "referrals")
        return (
            report.modules,
            report.objectives,
            report.requests,
            list(asked.reports.export(people.carys, {}, "csv")),
            board.figures,
            board.trend,
            (guide.took, guide.talks, guide.not_taken),
        )

    before = everywhere()
    attempt_id = take(asked, people.amina)
    assert everywhere() != before

    withdraw(asked, people, attempt_id)

    assert everywhere() == before


def test_working_standing_out_anew_says_the_same(asked, people):
    attempt_id = take(asked, people.amina)
    asked.standings.renew_cache()
    withdraw_attempt(asked, people, attempt_id)

    asked.standings.renew_cache()
    once = rows(asked, standing_cache)
    asked.standings.renew_cache(everything=True)
    anew = rows(asked, standing_cache)

    assert sorted(map(repr, once)) == sorted(map(repr, anew))


def test_what_was_asked_is_open_again_and_the_next_pass_meets_it(asked, people):
    attempt_id = take(asked, people.amina)
    (request,) = asked.reports.person(people.efua, people.amina).requests
    assert request.met_on == TODAY

    withdraw_attempt(asked, people, attempt_id)
    (request,) = asked.reports.person(people.efua, people.amina).requests
    assert request.met_on is None
    take(asked, people.amina)

    (request,) = asked.reports.person(people.efua, people.amina).requests
    assert request.met_on == TODAY
    assert state(asked, people.amina) is Standing.VALID


def test_an_earlier_pass_stands_when_the_later_one_is_withdrawn(asked, people, clock):
    take(asked, people.amina)
    clock.forward(days=30)
    later = take(asked, people.amina)

    withdraw_attempt(asked, people, later)

    assert state(asked, people.amina) is Standing.VALID
    newer, older = asked.certificates.of(people.amina)
    assert (newer.state, older.state) == (State.WITHDRAWN, State.VALID)


def test_withdrawn_fails_make_nobody_wait(asked, people):
    fails = [take(asked, people.amina, right=False) for _ in range(2)]
    module = asked.editions.current("referrals").module
    assert asked.attempts.must_wait(people.amina, module)

    withdraw_attempt(asked, people, fails[0])

    assert not asked.attempts.must_wait(people.amina, module)


@EITHER
def test_its_person_is_told_once(asked, people, withdraw, clock):
    attempt_id = take(asked, people.amina)
    withdraw(asked, people, attempt_id)
    withdraw(asked, people, attempt_id)

    told = rows(asked, notice, notice.c.kind == "withdrawn")
    met = rows(asked, notice, notice.c.kind == "met")
    assert [one.person_id for one in told] == [people.amina]
    assert met == []  # that it was completed had not been sent yet, and is not true any more


@EITHER
def test_it_is_in_the_trail_and_in_its_persons_own_data(asked, people, withdraw):
    attempt_id = take(asked, people.amina)
    withdraw(asked, people, attempt_id)

    acts = ["attempt.withdraw", "certificate.withdraw"]
    noted = rows(asked, audit, audit.c.action.in_(acts))
    assert [one.action for one in noted] == acts
    assert (noted[0].actor, noted[0].subject) == (str(people.efua), str(people.amina))
    assert json.loads(noted[0].details)["attempt"] == str(attempt_id)
    assert WHY not in noted[0].details
    lines = asked.transcripts.of(people.amina, "csv").lines
    assert [line.outcome for line in lines] == ["Passed, withdrawn"]


def test_the_first_reason_stands(asked, people):
    attempt_id = take(asked, people.amina)
    withdraw_attempt(asked, people, attempt_id)

    asked.withdrawals.withdraw(people.efua, people.amina, attempt_id, "Another reason.")

    kept = rows(asked, attempt_withdrawn)
    assert [row.reason for row in kept] == [WHY]


def test_only_a_lead_over_its_person_withdraws(asked, people):
    attempt_id = take(asked, people.amina)
    asked.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")

    for other in (people.amina, people.carys, people.bashir):
        with pytest.raises(NotAllowed):
            asked.withdrawals.withdraw(other, people.amina, attempt_id, WHY)
    with pytest.raises(NotFound):
        asked.withdrawals.withdraw(people.dylan, people.amina, attempt_id, WHY)
    with pytest.raises(NotFound):  # an attempt of hers, under another's name
        asked.withdrawals.withdraw(people.dylan, people.bashir, attempt_id, WHY)

    assert state(asked, people.amina) is Standing.VALID


def test_a_lead_withdraws_nothing_of_their_own_where_another_could(asked, people):
    attempt_id = take(asked, people.efua, right=False)
    asked.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor")

    with pytest.raises(NotAllowed, match="ask another lead"):
        asked.withdrawals.withdraw(people.efua, people.efua, attempt_id, WHY)


def test_practice_and_what_is_open_is_not_withdrawn(asked, people):
    practised = take(asked, people.amina, Mode.PRACTICE)
    begun = asked.attempts.start(people.amina, "referrals", Mode.ASSURED)

    for attempt_id in (practised, begun):
        with pytest.raises(NotFound, match="no attempt of theirs that counts"):
            withdraw_attempt(asked, people, attempt_id)
