"""Who is told what, when, and that nobody is told twice."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from quizbot.access import Role
from quizbot.errors import NotAllowed, NotFound
from quizbot.outbox.mail import Fate, Reason, Sent
from quizbot.outbox.notices import CannotSend
from quizbot.reminders.preferences import Chosen
from quizbot.rules.due import DispensationKind
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.standing.requirements import Draft
from quizbot.store.lease import LASTS, Lease, NotOurs
from quizbot.store.tables import notice, person
from quizbot.work import Work
from tests.conftest import settings_for
from tests.outbox.wire import Killed, Wire

MONDAY = date(2026, 11, 23)
AT_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DUE = date(2027, 2, 15)  # a Monday, twelve weeks later
AMINA = "amina@northmoor.example"
DOWN = Sent(Fate.DOWN, "the mail server does not answer")


@pytest.fixture
def clock(clock):
    clock.at = AT_NINE
    return clock


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def run(service, wire):
    """A round of the worker."""
    return lambda: Work(service, wire=wire).once()


@pytest.fixture
def year(clock, run):
    """Nine o'clock on every day until one, with a round of the worker on each."""

    def year(until, at=9):
        while clock.at.date() < until:
            clock.at = (clock.at + timedelta(days=1)).replace(hour=at)
            run()

    return year


def take(service, person_id):
    """A whole assured attempt with everything right."""
    attempts = service.attempts
    attempt_id = attempts.start(person_id, "referrals", Mode.ASSURED)
    for number in range(1, attempts.turn(person_id, attempt_id, 1).total + 1):
        turn = attempts.turn(person_id, attempt_id, number)
        reply = turn.question.shown(turn.question.key, turn.order)
        attempts.answer(person_id, attempt_id, number, reply)
    attempts.submit(person_id, attempt_id)


def ask(service, people, due_on=DUE, reason="Before the audit."):
    service.requests.ask(people.carys, [people.amina], ["referrals"], due_on, reason)


def make_rule(service, **given):
    usual: dict[str, Any] = {
        "unit": "Northmoor/Council",
        "modules": ("referrals",),
        "in_force_from": MONDAY,
        "within_months": 6,
        "grace_days": 84,
        "reason": "Part of induction.",
    }
    draft = Draft(**(usual | given))
    service.rules.save(draft, draft.fingerprint)


def states(service, person_id=None):
    """Kind and state of every notice, or of one person's, in the order they were made."""
    query = select(notice.c.kind, notice.c.state).order_by(notice.c.id)
    if person_id:
        query = query.where(notice.c.person_id == person_id)
    with service.database.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def set_email(service, person_id, address):
    with service.database.writing() as connection:
        connection.execute(update(person).where(person.c.id == person_id).values(email=address))


# What is told


def test_a_request_is_told_with_who_what_when_and_why(service, people, wire, run):
    ask(service, people)

    run()

    (mail,) = wire.taken
    assert mail.to == AMINA
    assert mail.subject == "Referrals: please complete it by 15 February 2027"
    assert "Carys Evans asks for it: Before the audit." in mail.text
    assert "http://127.0.0.1:8000/modules/referrals" in mail.text
    assert "Carys Evans asks for it: Before the audit." in mail.html


def test_a_rule_invites_everybody_it_asks(service, people, wire, run):
    make_rule(service)

    run()

    assert wire.subjects("amina") == ["Referrals: please complete it by 15 February 2027"]
    assert wire.subjects("carys") == ["Referrals: please complete it by 15 February 2027"]
    assert wire.subjects("bashir") == []
    assert "A rule of your partnership asks for it: Part of induction." in wire.taken[0].text


def test_a_duty_is_told_of_from_its_making_to_long_after_its_day(
    service, people, wire, run, year, clock
):
    ask(service, people)
    run()

    year(date(2027, 3, 31))

    assert wire.subjects("amina") == [
        "Referrals: please complete it by 15 February 2027",
        "Referrals: please complete it by 15 February 2027",  # halfway
        "Referrals: please complete it by 15 February 2027",  # two weeks before
        "Referrals: due today",
        "Referrals: it was due on 15 February 2027",
    ]
    assert wire.subjects("carys") == ["Your team: 1 person overdue"]
    assert wire.subjects("efua") == ["Your units: 1 person overdue"]


def test_a_pass_in_time_ends_it_and_is_told_to_who_asked(service, people, wire, run, year, clock):
    ask(service, people)
    run()
    clock.forward(days=1)
    take(service, people.amina)

    run()
    year(date(2027, 3, 31))

    assert len(wire.to("amina")) == 1
    assert wire.subjects("carys") == ["Completed: 1 request of yours"]
    assert wire.to("efua") == []


def test_what_was_met_before_it_left_does_not_leave(service, people, wire, run, clock):
    clock.forward(hours=12)
    ask(service, people)
    run()
    take(service, people.amina)
    clock.forward(hours=12)

    run()

    assert wire.to("amina") == []
    assert states(service, people.amina) == [("invitation", "cancelled")]


def test_a_request_that_was_withdrawn_before_it_left_does_not_leave(
    service, people, wire, run, clock
):
    clock.forward(hours=12)
    ask(service, people)
    (line,) = service.requests.by(people.carys)
    service.requests.withdraw(people.carys, line.request_id)
    clock.forward(hours=12)

    run()

    assert wire.taken == []


def test_who_is_asked_anew_before_they_were_told_is_told_of_the_new_day_alone(
    service, people, wire, run, clock
):
    clock.forward(hours=12)
    ask(service, people)
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2027, 2, 3))
    clock.forward(hours=12)

    run()

    (mail,) = wire.to("amina")
    assert "3 February 2027" in mail.subject
    told = [state for kind, state in states(service, people.amina) if kind == "invitation"]
    assert told == ["cancelled", "sent"]


def test_one_mail_tells_of_everything(service, people, wire, run):
    ask(service, people)
    make_rule(service, grace_days=28)

    run()

    (mail,) = wire.to("amina")
    assert mail.subject == "Referrals: please complete it by 21 December 2026"
    assert "Carys Evans asks for it" in mail.text
    assert "A rule of your partnership asks for it" in mail.text


def test_a_manager_gets_one_mail_with_numbers_and_no_names(service, people, wire, run, year):
    make_rule(service, unit="Northmoor", grace_days=28)
    service.people.grant("carys@northmoor.example", Role.MANAGER, "Northmoor/Police")

    run()
    year(date(2026, 12, 22))

    (mail,) = [mail for mail in wire.to("carys") if "Newly overdue" in mail.text]
    # She manages Amina; and Dylan, whom nobody manages, through her grant.
    assert "Newly overdue: 2 people." in mail.text
    assert "/team" in mail.text
    for name in ("Amina", "Dylan", "Bashir"):
        assert name not in mail.text + mail.html + mail.subject


def test_where_nobody_manages_the_lead_is_told(service, people, wire, run, year):
    make_rule(service, unit="Northmoor/Police", grace_days=28)

    run()
    year(date(2026, 12, 22))

    assert wire.subjects("dylan")[-1] == "Referrals: it was due on 21 December 2026"
    assert "Newly overdue: 1 person." in wire.to("dylan")[-1].text  # Bashir
    assert wire.subjects("efua") == ["Your units: 1 person overdue"]  # Dylan himself


def test_the_nearest_lead_is_told_and_nobody_of_themselves(service, people, wire, run, year):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    make_rule(service, unit="Northmoor/Police", grace_days=28)

    run()
    year(date(2027, 1, 29))

    dylans = [mail for mail in wire.to("dylan") if "lead" in mail.text]
    assert ["Overdue: 1 person" in mail.text for mail in dylans] == [True]  # Bashir
    assert wire.subjects("efua") == ["Your units: 1 person overdue"] * 2  # Dylan


def test_a_lead_who_comes_later_is_told_then(service, people, wire, run, year):
    service.people.revoke("efua@northmoor.example", Role.LEAD, "Northmoor")
    ask(service, people, date(2026, 12, 1))
    run()
    year(date(2027, 1, 18))
    assert wire.to("efua") == []
    service.people.grant("efua@northmoor.example", Role.LEAD, "Northmoor")

    year(date(2027, 1, 19))

    assert wire.subjects("efua") == ["Your units: 1 person overdue"]


def test_another_ladder_holds_from_the_next_night(
    service, people, wire, run, year, tmp_path, clock
):
    ask(service, people)
    run()
    year(date(2026, 11, 25))
    ladder = "invitation, 70 days before, due"
    settings = settings_for(service.settings.database_url, tmp_path, ladder=ladder)
    other = open_service(settings, clock)
    clock.at = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)

    Work(other, wire=wire).once()
    other.close()

    assert len(wire.to("amina")) == 2


def test_a_code_does_not_wait_for_the_digests(service, people, wire):
    make_rule(service)
    work = Work(service, wire=wire)
    work.lease.take()
    for _ in work.day(MONDAY):
        pass

    def ask_for_a_code(mail, key):
        if not wire.taken:
            service.sign_in.ask("bashir@northmoor.example")
        return wire(mail, key)

    work.wire = ask_for_a_code
    work.send_some()

    assert [mail.to.partition("@")[0] == "bashir" for mail in wire.taken] == [False, True, False]


def test_a_manager_who_left_is_not_the_one_who_is_told(service, people, wire, run, year):
    with service.database.writing() as connection:
        connection.execute(update(person).where(person.c.id == people.dylan).values(left_on=MONDAY))
    make_rule(service, unit="Northmoor/Police", grace_days=28)

    run()
    year(date(2026, 12, 22))

    assert wire.subjects("efua") == ["Your units: 1 person overdue"]
    assert len(wire.to("dylan")) == 1  # the invitation, on their last day


def test_a_new_day_is_told_anew(service, people, wire, run, clock):
    ask(service, people)
    run()
    service.dispensations.grant(
        people.carys,
        people.amina,
        DispensationKind.EXTENSION,
        "referrals",
        MONDAY,
        date(2027, 3, 1),
        "Long leave.",
    )
    clock.forward(days=1)

    run()

    assert wire.subjects("amina")[1:] == ["Referrals: please complete it by 1 March 2027"]


def test_nobody_is_told_of_anything_while_it_is_paused(service, people, wire, clock, year):
    clock.forward(hours=12)
    ask(service, people)
    clock.forward(hours=4)
    service.dispensations.grant(
        people.efua,
        people.amina,
        DispensationKind.PAUSE,
        None,
        MONDAY + timedelta(days=1),
        date(2027, 1, 3),
        "Long leave.",
    )

    service.preferences.choose(people.amina, Chosen(nudges=False))  # a request is no nudge

    year(date(2027, 1, 3))
    assert wire.taken == []
    year(date(2027, 1, 4))

    assert wire.subjects("amina") == ["Referrals: please complete it by 28 March 2027"]


def test_a_request_made_in_a_pause_is_told_when_it_ends(service, people, wire, clock, year):
    service.dispensations.grant(
        people.efua, people.amina, DispensationKind.PAUSE, None, MONDAY, None, "Long leave."
    )
    service.preferences.choose(people.amina, Chosen(nudges=False))
    ask(service, people)
    year(date(2026, 12, 9))
    assert wire.taken == []

    (granted,) = service.reports.person(people.efua, people.amina).granted
    service.dispensations.end(people.efua, granted.granted_id)
    year(date(2026, 12, 14))

    assert wire.subjects("amina") == ["Referrals: please complete it by 15 February 2027"]


def test_a_pass_is_renewed_in_time(service, people, wire, run, year, clock):
    take(service, people.amina)
    make_rule(service, every_months=3, window_days=30, unit="Northmoor/Council/Assessment")

    run()
    year(date(2027, 2, 24))

    assert wire.subjects("amina") == [
        "Referrals: your pass ends on 23 February 2027",  # its window opens
        "Referrals: your pass ends on 23 February 2027",  # two weeks before
        "Referrals: your pass ends on 23 February 2027",  # its last day
        "Referrals: your pass ended on 23 February 2027",
    ]
    assert "You can renew it now and lose nothing" in " ".join(wire.to("amina")[0].text.split())


def test_a_leaver_hears_nothing_more(service, people, wire, run, clock):
    clock.forward(hours=12)
    ask(service, people)
    with service.database.writing() as connection:
        connection.execute(update(person).where(person.c.id == people.amina).values(left_on=MONDAY))
    clock.forward(hours=12)

    run()

    assert wire.taken == []


# When it is told


def test_nothing_leaves_in_quiet_hours_but_a_code(service, people, wire, run, clock):
    clock.at = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    ask(service, people)
    service.sign_in.ask(AMINA)

    run()

    assert [mail.subject[7:] for mail in wire.taken] == ["is your sign-in code"]
    clock.forward(hours=12)
    run()
    assert len(wire.taken) == 2


def test_nothing_leaves_at_weekends_or_on_holidays(service, people, wire, run, clock, year):
    clock.at = datetime(2026, 12, 24, 20, 0, tzinfo=UTC)  # a Thursday
    ask(service, people)

    year(date(2026, 12, 28))
    assert wire.taken == []
    year(date(2026, 12, 29))

    assert len(wire.taken) == 1


SATURDAY = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)


def invite(service, people, last_day, due_on=None):
    guest = service.people.invite_guest(people.carys, "Gus", "gus@northmoor.example", last_day)
    service.requests.ask(people.carys, [guest], ["referrals"], due_on or last_day, "")
    return guest


@pytest.mark.parametrize(
    ("now", "last_day"),
    [
        pytest.param(SATURDAY, date(2026, 11, 29), id="on a Saturday until Sunday"),
        pytest.param(SATURDAY, date(2026, 11, 28), id="until the same day"),
        pytest.param(datetime(2026, 11, 27, 20, tzinfo=UTC), date(2026, 11, 29), id="Friday night"),
        pytest.param(datetime(2026, 11, 25, 20, tzinfo=UTC), date(2026, 11, 25), id="tonight"),
        pytest.param(datetime(2026, 12, 25, 11, tzinfo=UTC), date(2026, 12, 28), id="Christmas"),
    ],
)
def test_a_guest_who_would_be_gone_before_the_next_working_day_is_told_at_once(
    service, people, wire, run, clock, now, last_day
):
    clock.at = now
    ask(service, people)
    invite(service, people, last_day)

    run()

    assert wire.subjects("gus")
    assert not wire.subjects("amina")  # who is here on the next working day, and told then


@pytest.mark.parametrize("last_day", [date(2026, 11, 30), date(2026, 12, 20)])
def test_a_guest_who_is_here_on_the_next_working_day_is_told_then(
    service, people, wire, run, clock, last_day
):
    clock.at = SATURDAY
    invite(service, people, last_day)

    run()
    assert not wire.subjects("gus")
    clock.at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    run()

    assert len(wire.subjects("gus")) == 1


def test_a_worker_that_comes_late_sends_what_was_owed(service, people, wire, clock, run):
    ask(service, people)
    clock.at = datetime(2027, 2, 15, 17, 0, tzinfo=UTC)  # nobody worked for twelve weeks

    run()

    assert wire.subjects("amina") == ["Referrals: due today"]


def test_a_second_matter_of_the_day_waits_for_the_next(service, people, wire, run, clock):
    ask(service, people)
    run()
    ask(service, people, date(2026, 12, 14))
    run()
    assert len(wire.taken) == 1
    clock.forward(hours=8)
    run()
    assert len(wire.taken) == 1

    clock.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    run()

    assert wire.subjects("amina")[1:] == ["Referrals: please complete it by 14 December 2026"]


def test_any_number_of_rounds_owe_the_same_once(service, people, wire, run, clock):
    make_rule(service)
    ask(service, people)

    for _ in range(5):
        run()

    with service.database.reading() as connection:
        count = connection.execute(select(func.count()).select_from(notice)).scalar()
    assert count == 2 + 1 + 2  # two invitations, one request, two digests
    assert len(wire.taken) == 2


def test_reminders_can_be_turned_off_and_duties_cannot(service, people, wire, run, year):
    service.preferences.choose(people.amina, Chosen(nudges=False))
    ask(service, people)
    run()

    year(date(2027, 2, 16))

    assert wire.subjects("amina") == [
        "Referrals: please complete it by 15 February 2027",
        "Referrals: due today",
        "Referrals: it was due on 15 February 2027",
    ]
    assert "turned off" not in wire.to("amina")[0].text


def test_a_reminder_says_where_to_turn_it_off(service, people, wire, run, year):
    ask(service, people)
    run()
    year(date(2027, 1, 4))

    assert "http://127.0.0.1:8000/me#messages" in wire.to("amina")[-1].text


def test_choices_are_kept_and_changed(service, amina):
    assert service.preferences.of(amina) == Chosen(nudges=True)

    for nudges in (False, False, True):
        service.preferences.choose(amina, Chosen(nudges))
        assert service.preferences.of(amina) == Chosen(nudges)


# What becomes of it


def test_a_mail_server_that_is_away_costs_nothing(service, people, wire, run, clock):
    ask(service, people)
    wire.says[AMINA] = DOWN
    for _ in range(30):
        with pytest.raises(CannotSend, match="does not answer"):
            run()
        clock.forward(minutes=10)
    wire.says.clear()

    run()

    assert len(wire.taken) == 1
    assert states(service, people.amina) == [("invitation", "sent"), ("digest", "sent")]


def test_a_mail_server_that_is_away_for_a_whole_day_costs_nothing(
    service, people, wire, run, clock
):
    ask(service, people)
    wire.says[AMINA] = DOWN
    for _ in range(24):
        with contextlib.suppress(CannotSend):  # in the quiet hours nothing is tried
            run()
        clock.forward(hours=1)
    assert wire.taken == []
    wire.says.clear()

    run()

    assert len(wire.taken) == 1
    found = states(service, people.amina)  # yesterday's message gave way to today's
    assert found == [("invitation", "sent"), ("digest", "cancelled"), ("digest", "sent")]


def test_a_refusal_for_now_is_tried_again_the_same_day(service, people, wire, run, clock):
    ask(service, people)
    wire.says[AMINA] = Sent(Fate.RETRY, "the mail server refused (450)")
    run()
    wire.says.clear()
    run()
    assert wire.taken == []

    clock.forward(seconds=6)
    run()

    assert len(wire.taken) == 1
    assert states(service, people.amina) == [("invitation", "sent"), ("digest", "sent")]


def test_a_refusal_for_now_late_in_the_day_goes_with_the_next(service, people, wire, run, clock):
    clock.at = datetime(2026, 11, 27, 18, 59, 58, tzinfo=UTC)  # Friday
    ask(service, people)
    wire.says[AMINA] = Sent(Fate.RETRY, "the mail server refused (450)")
    run()
    wire.says.clear()

    clock.forward(seconds=6)
    run()
    assert wire.taken == []
    clock.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    run()

    assert len(wire.taken) == 1
    assert states(service, people.amina) == [
        ("invitation", "sent"),
        ("digest", "cancelled"),
        ("digest", "sent"),
    ]


def test_a_mailbox_that_stays_full_is_given_up_after_days(service, people, wire, run, clock):
    ask(service, people)
    wire.says[AMINA] = Sent(Fate.RETRY, "the mailbox is full (452)", Reason.FULL)

    for _ in range(12 * 6):
        run()
        clock.forward(hours=4)

    assert states(service, people.amina)[0] == ("invitation", "failed")
    (line,) = service.troubles.of(people.efua)
    assert (line.name, line.trouble) == ("Amina Rahman", "the mailbox is full (452)")
    assert "empty their mailbox" in line.advice


def test_a_bad_address_is_shown_to_the_lead_who_sends_it_again(service, people, wire, run, clock):
    ask(service, people)
    wire.says[AMINA] = Sent(Fate.FAILED, "the address is not known (550)", Reason.WRONG_ADDRESS)
    run()
    (line,) = service.troubles.of(people.efua)
    assert (line.name, line.state) == ("Amina Rahman", "failed")
    assert "Correct the address" in line.advice

    set_email(service, people.amina, "amina.rahman@northmoor.example")
    service.troubles.send_again(people.efua, people.amina)
    assert service.troubles.of(people.efua) == []
    run()
    assert wire.taken == []  # a digest was claimed today
    clock.forward(days=1)
    run()

    assert [mail.to for mail in wire.taken] == ["amina.rahman@northmoor.example"]


def test_what_may_have_arrived_is_not_repeated_unless_a_lead_says_so(
    service, people, wire, run, clock
):
    ask(service, people)
    wire.says[AMINA] = Sent(Fate.UNCERTAIN, "no answer after the message was handed over")
    run()
    wire.says.clear()
    for _ in range(7):
        clock.forward(days=1)
        run()
    assert len(wire.taken) == 1
    (line,) = service.troubles.of(people.efua)
    assert "Ask them" in line.advice

    service.troubles.send_again(people.efua, people.amina)
    run()

    assert len(wire.taken) == 2


def test_a_trouble_that_is_dealt_with_is_off_the_list(service, people, wire, run):
    ask(service, people)
    wire.says[AMINA] = Sent(Fate.FAILED, "the address is not known (550)", Reason.WRONG_ADDRESS)
    run()

    service.troubles.settle(people.efua, people.amina)

    assert service.troubles.of(people.efua) == []
    run()
    assert wire.taken == []


def test_who_has_no_address_is_shown_to_the_lead(service, people, wire, run):
    set_email(service, people.amina, None)
    ask(service, people)

    run()

    (line,) = service.troubles.of(people.efua)
    assert line.trouble == "there is no e-mail address"
    assert "slip" in line.advice


def test_troubles_are_for_leads_and_of_their_units(service, people, wire, run):
    ask(service, people)
    wire.says[AMINA] = Sent(Fate.FAILED, "the address is not known (550)", Reason.WRONG_ADDRESS)
    run()
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")

    assert service.troubles.of(people.dylan) == []
    with pytest.raises(NotFound):
        service.troubles.settle(people.dylan, people.amina)
    with pytest.raises(NotAllowed):
        service.troubles.of(people.carys)
    with pytest.raises(NotAllowed):
        service.troubles.send_again(people.carys, people.amina)


def test_a_lead_sees_of_whom_they_were_told(service, people, wire, run, year):
    ask(service, people)
    run()
    year(date(2027, 3, 14))
    assert service.troubles.long_late(people.efua) == []
    year(date(2027, 3, 15))

    (line,) = service.troubles.long_late(people.efua)
    assert (line.name, line.title, line.due_on) == ("Amina Rahman", "Referrals", DUE)

    take(service, people.amina)
    assert service.troubles.long_late(people.efua) == []


# Trial


@pytest.fixture
def trial(service, tmp_path, clock):
    """The same service, tried out with Bashir alone."""
    settings = settings_for(
        service.settings.database_url, tmp_path, trial="Bashir@northmoor.example"
    )
    opened = open_service(settings, clock)
    yield opened
    opened.close()


def test_while_tried_out_messages_leave_to_listed_people_alone(service, people, trial, wire):
    make_rule(service, unit="Northmoor")
    service.sign_in.ask(AMINA)
    service.sign_in.ask("bashir@northmoor.example")

    Work(trial, wire=wire).once()

    assert {mail.to for mail in wire.taken} == {"bashir@northmoor.example"}
    assert len(wire.taken) == 2
    assert set(states(service, people.amina)) == {
        ("invitation", "cancelled"),
        ("sign-in", "cancelled"),
    }


def test_what_a_trial_kept_back_is_told_when_it_ends(service, people, trial, wire, run, clock):
    make_rule(service)
    Work(trial, wire=wire).once()
    take(service, people.carys)
    clock.forward(days=1)

    run()

    assert [mail.to for mail in wire.taken] == [AMINA]


# The worker


def test_one_worker_works_and_the_next_takes_over(service, people, wire, clock):
    first, second = Work(service, wire=wire), Work(service, wire=wire)
    assert first.lease.take()
    ask(service, people)

    with pytest.raises(NotOurs):
        second.once()
    clock.forward(seconds=LASTS.total_seconds() - 1)
    assert first.lease.take()
    clock.forward(seconds=LASTS.total_seconds() - 1)
    assert not second.lease.take()
    clock.forward(seconds=2)

    assert second.once() == 1
    assert len(wire.taken) == 1


def test_a_worker_that_lets_go_is_followed_at_once(service):
    first, second = (Lease(service.database, service.now) for _ in range(2))
    assert first.take()

    first.let_go()

    assert second.take()
    assert not first.take()


def test_a_worker_that_was_stopped_for_a_while_sends_nothing_more(service, people, wire, clock):
    first = Work(service, wire=wire)
    first.lease.take()
    ask(service, people)
    clock.forward(minutes=1)
    assert Lease(service.database, service.now).take()

    with pytest.raises(NotOurs):
        first.send_some()

    assert wire.taken == []


@pytest.mark.parametrize("when", ["dies_before", "dies_after"])
def test_what_a_killed_worker_was_sending_is_uncertain_and_not_repeated(
    service, people, wire, run, clock, when
):
    ask(service, people)
    setattr(wire, when, True)
    with pytest.raises(Killed):
        run()
    setattr(wire, when, False)

    for _ in range(4):
        clock.forward(days=1)
        run()

    assert len(wire.taken) == (when == "dies_after")
    assert states(service, people.amina) == [("invitation", "uncertain"), ("digest", "uncertain")]
    assert len(service.troubles.of(people.efua)) == 1


def test_a_day_is_worked_through_once(service, people, wire, run, clock):
    run()

    assert Lease(service.database, service.now).done_on() == MONDAY


# Privacy


def test_links_and_payloads_hold_no_personal_data(service, people, wire, run, year):
    ask(service, people, reason="Amina: see me.")
    make_rule(service, unit="Northmoor")
    run()
    year(date(2027, 3, 31))

    with service.database.reading() as connection:
        payloads = connection.execute(select(notice.c.payload, notice.c.key)).all()
    for payload, key in payloads:
        assert set(json.loads(payload)) <= {"duty", "module", "due", "about", "request"}
        assert "@" not in payload + key
    links = {word for mail in wire.taken for word in mail.text.split() if word.startswith("http")}
    base = "http://127.0.0.1:8000"
    assert links == {
        f"{base}{path}"
        for path in (
            *("/me", "/me#messages", "/modules/referrals?asked", "/team", "/board/overdue"),
            "/me/due.ics",
        )
    }


def test_nobodys_mail_names_others_but_who_asked(service, people, wire, run, year):
    ask(service, people)
    make_rule(service, unit="Northmoor")
    run()
    year(date(2027, 3, 31))

    names = {"Amina": "amina", "Bashir": "bashir", "Dylan": "dylan", "Efua": "efua"}
    for name, own in names.items():
        for mail in wire.taken:
            if mail not in wire.to(own):
                assert name not in mail.text + mail.html + mail.subject
    others = [m for m in wire.taken if m.to != AMINA and m not in wire.to("carys")]
    assert all("Carys" not in mail.text + mail.html + mail.subject for mail in others)


def test_a_wish_that_looks_like_html_is_shown_as_it_was_written(service, people, wire, run):
    ask(service, people, reason='<b>Now</b> & "here"')

    run()

    assert '<b>Now</b> & "here"' in wire.taken[0].text
    assert "<b>" not in wire.taken[0].html
    assert "&lt;b&gt;Now&lt;/b&gt; &amp;" in wire.taken[0].html


def test_the_same_is_said_in_text_and_in_html(service, people, wire, run):
    ask(service, people)

    run()

    (mail,) = wire.taken
    for line in ("Why you get this", "ring 999", "All that is asked of you", "Please complete it"):
        assert line in mail.text
        assert line in mail.html
    assert max(len(line) for line in mail.text.splitlines() if "http" not in line) <= 72
    assert "<img" not in mail.html
    assert replace(mail).text.count("http") == mail.html.count(" href=")
