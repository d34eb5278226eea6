"""What is asked of people: requests, rules, dispensations, and each person's own list."""

from dataclasses import fields
from datetime import date, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import func, select, update

from quizbot.access import Role
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.rules.due import Dates, DispensationKind, State, cached_dates, standing
from quizbot.rules.pick import Mode
from quizbot.standing.requirements import Draft
from quizbot.store.tables import post, standing_cache
from quizbot.words import folded_job
from tests import made

TODAY = date(2026, 11, 21)
IN_A_MONTH = date(2026, 12, 19)
DATES = [found.name for found in fields(Dates)]


def take(service, person_id, mode=Mode.ASSURED):
    """A whole attempt at referrals with everything right."""
    attempts = service.attempts
    attempt_id = attempts.start(person_id, "referrals", mode)
    for number in range(1, attempts.turn(person_id, attempt_id, 1).total + 1):
        turn = attempts.turn(person_id, attempt_id, number)
        reply = turn.question.shown(turn.question.key, turn.order)
        attempts.answer(person_id, attempt_id, number, reply)
    if mode is Mode.ASSURED:
        attempts.submit(person_id, attempt_id)


def stands(service, person_id, module="referrals"):
    """One module's line of somebody's own list."""
    return next(duty for duty in service.duties.mine(person_id) if duty.module == module)


def rule(**given):
    """A rule for the council's people, six months from starting, with four weeks' grace."""
    usual: dict[str, Any] = {
        "unit": "Northmoor/Council",
        "modules": ("referrals",),
        "in_force_from": TODAY,
        "within_months": 6,
        "grace_days": 28,
        "reason": "Part of induction.",
    }
    return Draft(**(usual | given))


def saved(service, draft, lead=None):
    """The id of a rule that was looked at and saved."""
    (rule_id,) = service.rules.save(draft, draft.fingerprint, lead)
    return rule_id


def test_nothing_is_asked_until_somebody_asks(service, amina):
    assert stands(service, amina).state is State.NOT_REQUIRED


def test_a_request_tells_who_asks_by_when_and_why(service, amina, carys):
    service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH, "Before the audit.")

    duty = stands(service, amina)
    assert (duty.state, duty.due_on) == (State.ASSIGNED, IN_A_MONTH)
    assert [(ask.by, ask.why) for ask in duty.asks] == [("Carys Evans", "Before the audit.")]


def test_asking_twice_for_one_day_is_once(service, amina, carys):
    service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH)

    asked = service.requests.ask(carys, [amina, amina], ["referrals"], IN_A_MONTH)

    assert (asked.asked, asked.already) == (0, 1)
    assert len(service.requests.by(carys)) == 1


def test_asking_for_another_day_replaces_what_was_asked_before(service, amina, carys):
    service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH)

    asked = service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH + timedelta(days=7))

    assert (asked.asked, asked.already, asked.replaced) == (1, 0, 1)
    assert [ask.due_on for ask in stands(service, amina).asks] == [IN_A_MONTH + timedelta(days=7)]
    new, old = service.requests.by(carys)
    assert (new.is_open, old.withdrawn_on) == (True, TODAY)


def test_asking_anew_leaves_what_others_asked_and_what_is_done(service, people, clock):
    amina, carys = people.amina, people.carys
    service.people.grant("efua@northmoor.example", Role.MANAGER, "Northmoor")
    service.requests.ask(people.efua, [amina], ["referrals"], IN_A_MONTH)
    service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH)
    take(service, amina)
    clock.forward(days=1)
    service.requests.ask(people.efua, [amina], ["referrals"], IN_A_MONTH)

    asked = service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH + timedelta(days=7))

    assert asked.replaced == 0
    assert [ask.by for ask in stands(service, amina).asks] == ["Efua Mensah", "Carys Evans"]
    assert service.requests.by(carys)[1].met_on == TODAY


def test_only_a_pass_from_the_day_of_asking_meets_a_request(service, amina, carys, clock):
    take(service, amina)
    clock.forward(days=1)
    service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH)
    assert stands(service, amina).state is State.ASSIGNED

    take(service, amina)

    assert stands(service, amina).state is State.PASSED
    assert service.requests.by(carys)[0].met_on == date(2026, 11, 22)


def test_a_withdrawn_request_asks_nothing_and_stays_on_record(service, amina, carys):
    service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH)
    (line,) = service.requests.by(carys)

    service.requests.withdraw(carys, line.request_id)
    service.requests.withdraw(carys, line.request_id)

    assert stands(service, amina).state is State.NOT_REQUIRED
    assert service.requests.by(carys)[0].withdrawn_on == TODAY


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"people": []}, "at least one person"),
        ({"modules": []}, "at least one questionnaire"),
        ({"modules": ["no-such"]}, "no questionnaire"),
        ({"due_on": TODAY - timedelta(days=1)}, "in the past"),
        ({"due_on": date(2099, 1, 1)}, "two years ahead"),
        ({"reason": "x" * 501}, "Shorten this to 500 characters"),
        ({"reason": "a\0b"}, "cannot be shown"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_whole(service, amina, carys, change, words):
    given = {"people": [amina], "modules": ["referrals"], "due_on": IN_A_MONTH, "reason": ""}

    with pytest.raises(Refused, match=words):
        service.requests.ask(carys, **(given | change))

    assert service.requests.by(carys) == []


def test_somebody_elses_people_cannot_be_asked(service, amina, bashir, carys):
    with pytest.raises(NotFound):
        service.requests.ask(carys, [amina, bashir], ["referrals"], IN_A_MONTH)
    with pytest.raises(NotAllowed):
        service.requests.ask(amina, [bashir], ["referrals"], IN_A_MONTH)

    assert stands(service, amina).asks == ()


def test_somebody_elses_request_cannot_be_withdrawn(service, people):
    service.requests.ask(people.carys, [people.amina], ["referrals"], IN_A_MONTH)
    (line,) = service.requests.by(people.carys)

    with pytest.raises(NotFound):
        service.requests.withdraw(people.dylan, line.request_id)


def test_a_rule_shows_what_it_would_do_before_it_is_one(service, amina):
    seen = service.rules.preview(rule())

    assert (
        seen.words == "Everyone in Northmoor/Council: Referrals, within 6 months of starting, once."
    )
    assert (seen.people, seen.satisfied) == (2, 0)
    assert [one.name for one in seen.without_manager] == ["Carys Evans"]
    assert seen.without_address == ()
    assert seen.first_due_on == IN_A_MONTH
    assert stands(service, amina).state is State.NOT_REQUIRED


@pytest.mark.parametrize(
    ("months", "words"),
    [(None, "once"), (1, "and again every month"), (2, "and again every 2 months")],
)
def test_how_often_a_rule_asks_is_said_as_people_say_it(months, words):
    assert rule(every_months=months).terms == f"within 6 months of starting, {words}"


def test_a_rule_counts_who_has_done_it_already(service, amina):
    take(service, amina)

    assert service.rules.preview(rule(every_months=36)).satisfied == 1


def test_a_rule_for_one_job_asks_only_them(service):
    assert service.rules.preview(rule(job="social WORKER")).people == 1


@pytest.mark.parametrize("job", ["Straßensozialarbeit", "STRASSENSOZIALARBEIT", "Ŵ ɪ Ω worker"])
@pytest.mark.parametrize("named", ["straßensozialarbeit", "strassensozialarbeit", "ŵ ɪ ω WORKER"])
def test_whom_a_rule_reaches_by_job_is_whom_the_tables_find(service, amina, job, named):
    with service.database.writing() as connection:
        connection.execute(update(post).where(post.c.person_id == amina).values(job=job))
        found = connection.execute(
            select(post.c.id).where(
                post.c.person_id == amina, func.lower(post.c.job) == folded_job(named)
            )
        ).all()

    assert service.rules.preview(rule(job=named)).people == len(found)


def test_a_job_that_nobody_has_is_told_with_the_jobs_there_are(service):
    assert service.rules.preview(rule(job="social WORKER")).no_such_job == ""

    seen = service.rules.preview(rule(job="Sozial"))

    assert seen.people == 0
    assert seen.jobs == ("Social worker", "Team manager")
    assert seen.lines[0] == (
        "Nobody in Northmoor/Council has the job “Sozial”."
        " The jobs there are Social worker, Team manager."
    )


def test_no_rule_is_saved_without_its_preview(service):
    draft, other = rule(), rule(grace_days=1)

    with pytest.raises(Refused, match="preview"):
        service.rules.save(draft, other.fingerprint)

    assert service.rules.all() == []


def test_a_rule_asks_everyone_below_its_unit(service, people):
    saved(service, rule())

    assert stands(service, people.amina).due_on == IN_A_MONTH
    assert stands(service, people.amina).asks[0].why == "Part of induction."
    assert stands(service, people.bashir).state is State.NOT_REQUIRED


def test_the_same_rule_again_is_the_same_rule(service):
    saved(service, rule())

    assert service.rules.save(rule(), rule().fingerprint) == []


def test_a_change_to_what_a_rule_is_already_changes_nothing(service):
    rule_id = saved(service, rule())
    before = service.audit.head()

    assert not service.rules.change(rule_id, rule(), rule().fingerprint)

    assert service.audit.head() == before


def test_a_stricter_rule_gives_its_grace_again(service, amina, clock):
    rule_id = saved(service, rule())
    clock.forward(days=60)
    stricter = rule(within_months=1)

    service.rules.change(rule_id, stricter, stricter.fingerprint, confirm=True)

    assert stands(service, amina).due_on == date(2027, 1, 20) + timedelta(days=28)


def test_a_milder_rule_excuses_nobody(service, amina, clock):
    rule_id = saved(service, rule())
    clock.forward(days=60)
    assert stands(service, amina).state is State.OVERDUE
    milder = rule(reason="Said anew.")

    service.rules.change(rule_id, milder, milder.fingerprint)

    assert stands(service, amina).due_on == IN_A_MONTH


def test_an_ended_rule_asks_nobody(service, amina, clock):
    rule_id = saved(service, rule())
    service.rules.end(rule_id, TODAY)
    clock.forward(days=1)

    assert stands(service, amina).state is State.NOT_REQUIRED


def test_a_lead_makes_rules_for_their_own_units_only(service, people):
    with pytest.raises(NotAllowed):
        service.rules.preview(rule(), people.carys)

    assert service.rules.preview(rule(), people.efua).people == 2
    assert saved(service, rule(), people.efua)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": "Nowhere"}, "no unit"),
        ({"modules": ()}, "at least one"),
        ({"modules": ("no-such",)}, "no questionnaire"),
        ({"within_days": -1}, "not between"),
        ({"every_months": 1, "window_days": 40}, "fewer than the whole period"),
        ({"window_days": 10}, "needs a period"),
        ({"in_force_to": date(2026, 11, 20)}, "before it begins"),
        ({"in_force_from": date(2999, 1, 1)}, "ten years"),
        ({"reason": " "}, "Say why"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(service, change, words):
    with pytest.raises(Refused, match=words):
        service.rules.preview(rule(**change))


def test_a_manager_extends_and_a_lead_grants_the_rest(service, people):
    saved(service, rule())
    amina, new_day, kinds = people.amina, date(2027, 2, 1), DispensationKind

    service.dispensations.grant(
        people.carys, amina, kinds.EXTENSION, "referrals", TODAY, new_day, "Long illness."
    )
    assert stands(service, amina).due_on == new_day
    with pytest.raises(NotAllowed):
        service.dispensations.grant(people.carys, amina, kinds.PAUSE, None, TODAY, None, "Leave.")

    granted = service.dispensations.grant(
        people.efua, amina, kinds.PAUSE, None, TODAY, None, "Leave."
    )
    assert stands(service, amina).state is State.PAUSED
    service.dispensations.end(people.efua, granted)
    assert stands(service, amina).state is State.ASSIGNED


def test_nobody_grants_to_other_peoples_people(service, people):
    with pytest.raises(NotFound):
        service.dispensations.grant(
            people.dylan,
            people.amina,
            DispensationKind.EXTENSION,
            None,
            TODAY,
            IN_A_MONTH,
            "No reason.",
        )


@pytest.mark.parametrize(
    ("kind", "starts", "ends", "reason", "words"),
    [
        ("PAUSE", TODAY, TODAY - timedelta(days=1), "Leave.", "before the first"),
        ("EXTENSION", TODAY, None, "Ill.", "needs a new day"),
        ("LEARNING", TODAY + timedelta(days=1), None, "A course.", "before it has happened"),
        ("PAUSE", TODAY, None, "", "Say why"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(service, people, kind, starts, ends, reason, words):
    with pytest.raises(Refused, match=words):
        service.dispensations.grant(
            people.efua, people.amina, DispensationKind[kind], None, starts, ends, reason
        )


@pytest.mark.parametrize("new_day", [IN_A_MONTH, IN_A_MONTH - timedelta(days=1)])
@pytest.mark.parametrize("module", ["referrals", None])
def test_an_extension_that_gives_no_time_is_refused(service, people, module, new_day):
    service.requests.ask(people.carys, [people.amina], ["referrals"], IN_A_MONTH)
    extension = DispensationKind.EXTENSION

    with pytest.raises(Mend, match="It is due on 19 December 2026 already"):
        service.dispensations.grant(
            people.carys, people.amina, extension, module, TODAY, new_day, "Ill."
        )

    later = IN_A_MONTH + timedelta(days=1)
    service.dispensations.grant(people.carys, people.amina, extension, module, TODAY, later, "Ill.")
    assert stands(service, people.amina).due_on == later


@pytest.mark.parametrize("ends_on", [None, IN_A_MONTH])
def test_the_same_pause_twice_is_refused(service, people, ends_on):
    pause = DispensationKind.PAUSE
    service.dispensations.grant(people.efua, people.amina, pause, None, TODAY, ends_on, "Leave.")

    with pytest.raises(Mend, match="granted already"):
        service.dispensations.grant(
            people.efua, people.amina, pause, None, TODAY, ends_on, "Leave."
        )

    assert service.dispensations.grant(
        people.efua, people.amina, pause, "referrals", TODAY, ends_on, "Leave."
    )


def test_a_pause_from_before_somebody_began_is_refused(service, people):
    began_on, pause = date(2026, 1, 5), DispensationKind.PAUSE
    before = began_on - timedelta(days=1)

    with pytest.raises(Mend, match="They began on 5 January 2026"):
        service.dispensations.grant(people.efua, people.amina, pause, None, before, TODAY, "Leave.")

    assert service.dispensations.grant(
        people.efua, people.amina, pause, None, began_on, TODAY, "Leave."
    )


def test_who_will_never_be_asked_again_is_told_with_the_reason(service, people):
    saved(service, rule())
    take(service, people.amina)

    told = {group.why: {one.name for one in group.people} for group in service.rules.health()}

    assert "Amina Rahman" in told["They have passed, and the rule does not ask again"]
    assert "Bashir Aziz" in told["No rule covers their post"]


def test_the_cache_of_dates_agrees_with_the_facts_after_every_act(service, people, clock):
    modules = service.standings.modules()
    everybody = list(vars(people).values())

    def agrees():
        service.standings.renew_cache()
        today = service.standings.today()
        with service.database.reading() as connection:
            cached = service.standings.cached(connection, everybody, modules)
            for person_id, module, facts in service.standings.facts(connection, everybody, modules):
                assert cached[person_id, module] == cached_dates(facts, today)
                assert standing(facts, today).state is not None

    agrees()
    service.requests.ask(people.carys, [people.amina], ["referrals"], IN_A_MONTH)
    agrees()
    rule_id = saved(service, rule(every_months=12, window_days=30))
    agrees()
    take(service, people.amina)
    agrees()
    clock.forward(days=340)
    agrees()
    service.dispensations.grant(
        people.efua, people.amina, DispensationKind.PAUSE, None, TODAY, None, "Leave."
    )
    agrees()
    service.rules.end(rule_id, service.rules.today(), confirm=True)
    clock.forward(days=2)
    agrees()


def kept_of(service, person_id):
    """The dates that are kept of somebody, by module."""
    with service.database.reading() as connection:
        rows = connection.execute(
            select(standing_cache.c.module, *(standing_cache.c[name] for name in DATES)).where(
                standing_cache.c.person_id == person_id
            )
        )
        return {module: Dates(*dates) for module, *dates in rows}


def worked_out(service, connection, person_id):
    """The same as the facts have it now."""
    today = service.standings.today()
    found = service.standings.facts(connection, [person_id], service.standings.modules())
    return {module: cached_dates(facts, today) for _, module, facts in found}


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_pass_keeps_its_dates_where_dates_were_kept(service, people, is_kept):
    saved(service, rule(every_months=12))
    if is_kept:
        service.standings.renew_cache()

    take(service, people.amina)

    with service.database.reading() as connection:
        now = worked_out(service, connection, people.amina)
    assert now["referrals"].valid_until is not None
    assert kept_of(service, people.amina) == (now if is_kept else {})


@pytest.mark.parametrize("act", ["ask", "pass"])
def test_what_is_new_while_dates_are_worked_out_is_in_what_is_kept(service, people, act):
    standings = service.standings
    standings.renew_cache()
    started = Event()

    def happens():
        started.set()
        if act == "pass":
            take(service, people.amina)
        else:
            service.requests.ask(people.carys, [people.amina], ["referrals"], IN_A_MONTH)

    meanwhile = Thread(target=happens)
    with service.database.writing(queue="standing") as connection:
        before = worked_out(service, connection, people.amina)
        meanwhile.start()
        started.wait()
        meanwhile.join(1)  # far longer than it takes where nothing holds it up
        made_of = ((people.amina, module, dates, None) for module, dates in before.items())
        standings.keep(connection, [people.amina], made_of)
    meanwhile.join()

    with service.database.reading() as connection:
        assert standings.cached(connection, [people.amina], standings.modules()) == {
            (people.amina, module): dates
            for module, dates in worked_out(service, connection, people.amina).items()
        }


def test_a_rebuilt_cache_is_the_same_cache(service, people):
    saved(service, rule())
    modules = service.standings.modules()
    service.standings.renew_cache()
    with service.database.reading() as connection:
        before = service.standings.cached(connection, [people.amina], modules)

    assert service.standings.renew_cache(everything=True) == 5 * len(modules)

    with service.database.reading() as connection:
        assert service.standings.cached(connection, [people.amina], modules) == before


def test_what_is_owed_by_the_dates_that_are_kept_is_what_the_own_list_says(service, amina, carys):
    service.editions.publish([made.bank(id="conferences"), made.bank(id="tea")], made.place())
    soon = TODAY + timedelta(days=2)
    for module, due_on in (("conferences", IN_A_MONTH), ("referrals", soon), ("tea", soon)):
        service.requests.ask(carys, [amina], [module], due_on)

    from_facts = service.duties.owed_now(amina)
    service.standings.renew_cache()
    from_kept_dates = service.duties.owed_now(amina)

    own = service.duties.owed(service.duties.mine(amina))
    assert [duty.module for duty in own] == ["referrals", "tea", "conferences"]
    assert from_facts == from_kept_dates
    assert [(one.module, one.title, one.state, one.due_on) for one in from_facts] == [
        (
            duty.module,
            duty.title,
            State.DUE_SOON if duty.due_on == soon else duty.state,
            duty.due_on,
        )
        for duty in own
    ]


def test_nothing_is_owed_where_nothing_was_asked(service, amina):
    assert service.duties.owed_now(amina) == []


@pytest.mark.parametrize("passes", [True, False])
def test_handing_in_forgets_no_dates_but_those_of_a_module_that_was_not_passed(
    service, amina, carys, passes
):
    service.editions.publish([made.bank(id="conferences")], made.place())
    service.requests.ask(carys, [amina], ["referrals", "conferences"], IN_A_MONTH)
    service.standings.renew_cache()

    if passes:
        take(service, amina)
    else:
        service.attempts.submit(amina, service.attempts.start(amina, "referrals", Mode.ASSURED))

    everything = set(service.standings.modules())
    left = everything if passes else everything - {"referrals"}
    assert set(kept_of(service, amina)) == left
    owed = ["conferences"] if passes else ["conferences", "referrals"]
    assert sorted(one.module for one in service.duties.owed_now(amina)) == owed


def test_practice_never_meets_a_duty(service, amina, carys):
    service.requests.ask(carys, [amina], ["referrals"], IN_A_MONTH)

    take(service, amina, Mode.PRACTICE)

    assert stands(service, amina).state is State.ASSIGNED


def test_a_pause_without_an_end_is_not_said_to_end_with_the_pass(service, people):
    saved(service, rule(every_months=12, window_days=60))
    take(service, people.amina)
    assert stands(service, people.amina).lasts_to == date(2027, 11, 21)
    service.dispensations.grant(
        people.efua, people.amina, DispensationKind.PAUSE, None, TODAY, None, "Long leave."
    )

    held = stands(service, people.amina)

    assert (held.state, held.lasts_to) == (State.PAUSED, None)


@pytest.mark.parametrize(
    ("kind", "ends", "state"),
    [
        (DispensationKind.LEARNING, None, State.ASSIGNED),
        (DispensationKind.EXTENSION, date(2027, 12, 31), State.ASSIGNED),
    ],
)
def test_what_was_granted_by_mistake_is_taken_back(service, people, kind, ends, state):
    saved(service, rule(within_months=6, every_months=12, window_days=60))
    before = stands(service, people.amina)
    granted = service.dispensations.grant(
        people.efua, people.amina, kind, "referrals", TODAY, ends, "By mistake."
    )
    assert stands(service, people.amina) != before

    assert service.dispensations.end(people.efua, granted)
    assert service.dispensations.end(people.efua, granted)  # twice is once

    assert stands(service, people.amina) == before
    assert before.state in (state, State.OVERDUE)
    (line,) = service.reports.person(people.efua, people.amina).granted
    assert (line.withdrawn_on, line.can_be_taken_back) == (TODAY, False)
    again = service.dispensations.grant(
        people.efua, people.amina, kind, "referrals", TODAY, ends, "Rightly, this time."
    )
    assert again != granted
