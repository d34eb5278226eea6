"""Changes of guidance in people's messages: what is to confirm step by step, what was told once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from quizbot.rules.due import DispensationKind
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.store.tables import notice
from quizbot.work import Work
from tests.changed import CHANGE, SECOND, ask, changed, take
from tests.outbox.wire import Wire

ASKED = "Guidance has changed: please confirm it by 29 January 2027"
TODAY = "Guidance has changed: please confirm it today"
LATE = "Guidance has changed: it was to be confirmed by 29 January 2027"
TOLD = "Guidance has changed: what to do differently"


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def known(service, clock, people):
    """Amina passed on the old rule and is asked to confirm the new one by 29 January."""
    clock.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    return changed(service, clock, people.amina)


@pytest.fixture
def year(clock, wire, known):
    """Nine o'clock on every day until one, with a round of the worker on each."""

    def year(until):
        while clock.at.date() < until:
            clock.at = (clock.at + timedelta(days=1)).replace(hour=9)
            Work(known.service, wire=wire).once()

    return year


def tell(service, change="c1", unit="Northmoor"):
    draft = ChangeDraft(change=change, unit=unit)
    return service.changes.apply(draft, draft.fingerprint)


def about_changes(mails):
    return [mail.subject for mail in mails if "Guidance has changed" in mail.subject]


def test_who_is_asked_reads_what_was_what_is_and_what_to_do(wire, year):
    year(date(2026, 12, 15))

    (mail,) = wire.to("amina")
    assert mail.subject == ASKED
    for words in (
        "Was: Ask first.",
        "Now: Tell at once.",
        "What to do: Do not wait for an answer.",
        "Please confirm it by Friday 29 January 2027.",
        "What you have passed stays valid.",
        "/modules/tea?asked",
        "guidance has changed on which you passed a questionnaire",
    ):
        assert words in " ".join(mail.text.split())


def test_it_is_said_when_it_is_asked_soon_due_and_late_and_managers_are_told(wire, year):
    year(date(2027, 3, 15))

    mine = about_changes(wire.to("amina"))
    assert mine == [ASKED, ASKED, ASKED, TODAY, LATE]  # asked, halfway, soon, the day, late
    assert wire.subjects("carys") == ["Your team: 1 person overdue"]
    assert wire.subjects("efua") == ["Your units: 1 person overdue"]


def test_who_has_confirmed_it_hears_no_more_of_it(wire, year, known, people):
    year(date(2026, 12, 15))
    take(known.service, people.amina)

    year(date(2027, 3, 15))

    assert about_changes(wire.to("amina")) == [ASKED]
    assert wire.to("carys") == []


def test_what_was_confirmed_before_the_message_left_is_not_asked(service, wire, known, people):
    list(known.service.nightly.run(date(2026, 12, 14)))
    take(known.service, people.amina)

    Work(known.service, wire=wire).once()

    assert about_changes(wire.to("amina")) == []


def test_what_was_taken_back_is_asked_of_nobody(wire, year, known):
    known.service.changes.withdraw(known.action, "The wrong day.")

    year(date(2027, 3, 15))

    assert wire.to("amina") == []


def test_a_pause_lets_it_wait_and_puts_off_the_day(wire, year, known, people, clock):
    clock.forward(days=1)
    pause, first, last = DispensationKind.PAUSE, date(2026, 12, 14), date(2026, 12, 23)
    known.service.dispensations.grant(people.efua, people.amina, pause, None, first, last, "Leave.")

    year(date(2026, 12, 23))
    assert about_changes(wire.to("amina")) == []
    year(date(2026, 12, 29))

    assert about_changes(wire.to("amina")) == [
        "Guidance has changed: please confirm it by 8 February 2027"
    ]


def test_another_day_is_told_and_the_first_no_more(wire, year, known):
    year(date(2026, 12, 15))
    known.service.changes.correct(known.action, date(2027, 3, 1), "More time.")

    year(date(2027, 2, 5))

    assert set(about_changes(wire.to("amina"))[1:]) == {
        "Guidance has changed: please confirm it by 1 March 2027"
    }


def test_who_leaves_is_asked_nothing(wire, year, known, people):
    known.service.staff.leave(people.efua, people.amina, date(2026, 12, 13))

    year(date(2027, 3, 15))

    assert about_changes(wire.to("amina")) == []


def test_two_changes_are_in_one_letter(service, clock, people, wire):
    clock.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    both = changed(service, clock, people.amina, CHANGE, SECOND)
    ask(both.service, "c2")

    clock.at = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
    Work(both.service, wire=wire).once()

    (mail,) = wire.to("amina")
    assert mail.subject == "2 changes are waiting for you: the first by 29 January 2027"
    assert "Now: Tell at once." in mail.text
    assert "Now: Keep nothing." in mail.text
    assert mail.text.count("/modules/tea?asked") == 1


def test_what_is_told_is_a_line_of_the_next_digest_once(wire, year, known):
    known.service.changes.withdraw(known.action, "Telling is enough.")
    tell(known.service)

    year(date(2027, 1, 20))

    assert about_changes(wire.to("amina")) == [TOLD]
    (mail,) = wire.to("amina")
    for words in ("Was: Ask first.", "Now: Tell at once.", "Since 1 December 2026.", "/me"):
        assert words in mail.text
    assert "Nothing is asked of you" in mail.text
    assert wire.to("bashir") == []


def test_who_learned_it_elsewhere_is_told_as_well(wire, year, known, people):
    learned, day = DispensationKind.LEARNING, date(2026, 11, 1)
    grant = known.service.dispensations.grant
    grant(people.efua, people.bashir, learned, "tea", day, None, "A course.")
    tell(known.service)

    year(date(2026, 12, 16))

    assert about_changes(wire.to("bashir")) == [TOLD]
    assert [one.change for one in known.service.tellings.of(people.bashir)] == ["c1"]


def test_what_was_told_and_taken_back_before_it_left_is_told_to_nobody(wire, year, known):
    known.service.changes.withdraw(known.action, "Telling is enough.")
    action = tell(known.service)
    list(known.service.announcing.run())
    known.service.changes.withdraw(action, "Too early.")

    year(date(2026, 12, 20))

    assert about_changes(wire.to("amina")) == []


def test_announcing_that_broke_off_goes_on_and_doubles_nothing(service, known, people):
    tell(known.service)
    next(known.service.announcing.run())  # stopped before it was noted

    assert list(known.service.announcing.run()) == [1]
    assert list(known.service.announcing.run()) == []

    with service.database.reading() as connection:
        told = connection.execute(select(notice.c.key).where(notice.c.kind == "told")).all()
    assert len(told) == 1
