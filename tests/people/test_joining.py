"""Two records of one person: looked at beside each other, made one, and two again."""

from datetime import date

import pytest
from sqlalchemy import select, update

from quizbot.access import ChatKey, Role
from quizbot.errors import NotAllowed, NotFound, Refused
from quizbot.reminders.preferences import Chosen
from quizbot.rules.due import DispensationKind
from quizbot.rules.pick import Mode
from quizbot.store.tables import attempt, chat_link, notice, person, post
from tests.people.people_files import TEAM, Files

TWIN = f"123,Amina Rahman,,{TEAM},Social worker,2026-01-05,N3"


@pytest.fixture
def twin(service, tmp_path):
    """A second record of Amina: a spreadsheet cut the zeros off her number."""
    Files(service, tmp_path).take(TWIN, confirm=True)
    with service.database.reading() as connection:
        return connection.execute(select(person.c.id).where(person.c.staff_ref == "123")).scalar()


def record(service, who):
    with service.database.reading() as connection:
        return connection.execute(select(person).where(person.c.id == who)).one()


def everything(service):
    """All rows of people, posts and attempts, but for counts that end sessions."""
    with service.database.reading() as connection:
        columns = [c for c in person.c if c.name != "sign_in_epoch"]
        tables = (select(*columns), select(post), select(attempt))
        return [sorted(map(str, connection.execute(query))) for query in tables]


def take(service, who):
    taken = service.attempts.start(who, "referrals", Mode.ASSURED)
    for number in range(1, service.attempts.turn(who, taken, 1).total + 1):
        turn = service.attempts.turn(who, taken, number)
        reply = turn.question.shown(turn.question.key, turn.order)
        service.attempts.answer(who, taken, number, reply)
    service.attempts.submit(who, taken)


def test_both_are_shown_beside_each_other(service, people, twin):
    take(service, twin)

    told = {title: (one, two) for title, one, two in service.joining.look(people.amina, twin).lines}

    assert told["Staff number"] == ("N1", "123")
    assert told["E-mail address"] == ("amina@northmoor.example", "None")
    assert told["Attempts, with answers and certificates"] == ("0", "1")
    assert told["Where"] == (f"Social worker, {TEAM}",) * 2


def test_all_that_one_has_is_the_others(service, people, twin):
    take(service, twin)
    service.requests.ask(people.carys, [twin], ["referrals"], date(2026, 12, 31), "Please.")
    kind = DispensationKind.PAUSE
    service.dispensations.grant(people.efua, twin, kind, None, date(2027, 1, 1), None, "Away.")

    service.joining.join(people.amina, twin, people.efua)

    (line,) = service.attempts.of(people.amina)
    assert line.passed
    assert len(service.certificates.of(people.amina)) == 1
    pair = service.joining.last(people.amina)
    assert pair.other_id == twin
    row = record(service, people.amina)
    assert (row.name, row.email, row.staff_ref) == (
        "Amina Rahman", "amina@northmoor.example", "N1",
    )  # fmt: skip
    gone = record(service, twin)
    assert (gone.name, gone.email, gone.staff_ref) == ("Erased", None, None)
    with service.database.reading() as connection:
        left = [
            connection.execute(select(table.c.id).where(table.c.person_id == twin)).first()
            for table in (post, attempt, notice)
        ]
    assert left == [None, None, None]


def test_one_and_the_same_post_is_held_once_and_since_the_earlier_day(service, people, tmp_path):
    earlier = TWIN.replace("2026-01-05", "2025-09-01")
    Files(service, tmp_path).take(earlier, confirm=True)
    twin = service.own_data.whose("123")

    service.joining.join(people.amina, twin, people.efua)

    card = service.finder.card(people.efua, people.amina)
    assert [line.starts_on for line in card.open_posts] == [date(2025, 9, 1)]
    assert card.started_on == date(2025, 9, 1)


def test_what_the_kept_record_lacks_it_gets(service, people, twin):
    service.joining.join(twin, people.amina, people.efua)

    row = record(service, twin)
    assert (row.email, row.staff_ref) == ("amina@northmoor.example", "123")
    assert record(service, people.amina).email is None


def test_of_two_attempts_under_way_the_kept_ones_goes_on(service, people, twin):
    mine = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    service.attempts.start(twin, "referrals", Mode.ASSURED)

    service.joining.join(people.amina, twin, people.efua)

    assert [line.attempt_id for line in service.attempts.of(people.amina) if line.is_open] == [mine]


def test_who_managed_the_other_record_does_not_manage_themself(service, people, tmp_path):
    line = f"C3,Carys Evans,,{TEAM},Deputy,2026-01-05,N3"
    Files(service, tmp_path).take(line, confirm=True)
    twin = service.own_data.whose("C3")

    service.joining.join(people.carys, twin, people.efua)

    with service.database.reading() as connection:
        own = (post.c.person_id == people.carys, post.c.manager_id == people.carys)
        assert connection.execute(select(post.c.id).where(*own)).first() is None


@pytest.mark.parametrize("keeps", ["amina", "twin"])
def test_undone_all_is_as_before(service, people, twin, keeps):
    take(service, twin)
    service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    service.attempts.start(twin, "referrals", Mode.ASSURED)
    before = everything(service)
    keep, other = (people.amina, twin) if keeps == "amina" else (twin, people.amina)
    service.joining.join(keep, other, people.efua)
    assert everything(service) != before

    service.joining.undo(keep, people.efua)

    assert everything(service) == before
    assert service.joining.last(keep) is None


def test_what_has_something_after_it_is_not_undone(service, people, twin, clock):
    service.joining.join(people.amina, twin, people.efua)
    clock.forward(minutes=5)
    service.attempts.start(people.amina, "referrals", Mode.PRACTICE)

    with pytest.raises(Refused, match="Something has followed"):
        service.joining.undo(people.amina, people.efua)


def test_a_changed_name_is_something_after_it(service, people, twin):
    service.joining.join(people.amina, twin, people.efua)
    service.staff.edit(people.efua, people.amina, "Amina Bell", "amina@northmoor.example", "N1")

    with pytest.raises(Refused, match="Something has followed"):
        service.joining.undo(people.amina, people.efua)


def test_sessions_of_the_record_that_goes_end(service, people, twin):
    before = record(service, twin).sign_in_epoch

    service.joining.join(people.amina, twin, people.efua)

    assert record(service, twin).sign_in_epoch > before


def test_nobody_joins_their_own_records(service, people, twin):
    with pytest.raises(NotAllowed, match="This is your own record"):
        service.joining.join(people.efua, twin, people.efua)
    with pytest.raises(NotAllowed, match="This is your own record"):
        service.joining.join(twin, people.efua, people.efua)


def test_only_a_lead_of_both_joins_them(service, people, twin):
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Police")
    for by in (people.carys, people.bashir):
        with pytest.raises((NotAllowed, NotFound)):
            service.joining.join(people.amina, twin, by)
        with pytest.raises((NotAllowed, NotFound)):
            service.joining.look(people.amina, twin, by)


def test_two_that_are_one_or_nobody_are_refused(service, people, twin):
    with pytest.raises(Refused, match="one record already"):
        service.joining.join(twin, twin)
    service.joining.join(people.amina, twin)
    with pytest.raises(NotFound):
        service.joining.join(people.amina, twin)
    with pytest.raises(NotFound, match="No other record"):
        service.joining.undo(people.carys)


# ---- chats and messages --------------------------------------------------------------------


def link(service, who, chat, *, with_messages=False):
    service.links.accept(service.links.payload(who), "telegram", chat)
    if with_messages:
        newest = service.links.of(who)[-1].link_id
        service.links.send_to(who, newest)


def chats(service, who):
    """Somebody's chats by when they were linked: whether messages go there."""
    return [line.gets_notices for line in service.links.of(who)]


def test_a_chat_of_either_record_speaks_for_the_one_there_is(service, people, twin, clock):
    link(service, people.amina, "1")
    link(service, twin, "2")

    service.joining.join(people.amina, twin, people.efua)

    assert [service.links.who("telegram", one) for one in "12"] == [people.amina] * 2
    assert service.links.of(twin) == []


@pytest.mark.parametrize(
    ("kept", "other", "after"),
    [
        ([True], [True], [True, False]),  # one place is enough, and it is the kept one's
        ([False], [True], [False, False]),  # the kept record has them by mail
        ([True], [False], [True, False]),
        ([], [True], [True]),  # the one place in which it was ever chosen
        ([], [False, True], [False, True]),
        ([], [False], [False]),
        ([False, True], [True], [False, True, False]),
    ],
)
def test_messages_go_to_one_place_where_the_kept_record_has_them(
    service, people, twin, clock, kept, other, after
):
    for number, (who, here) in enumerate(
        [(people.amina, one) for one in kept] + [(twin, one) for one in other]
    ):
        link(service, who, str(number), with_messages=here)
        clock.forward(minutes=1)

    service.joining.join(people.amina, twin, people.efua)

    assert chats(service, people.amina) == after


def test_a_chat_that_had_ended_with_the_other_record_does_not_come_back(service, people, twin):
    link(service, twin, "2")
    amina = record(service, people.amina)
    with service.database.writing() as connection:  # two sign-outs ago, as an old database has it
        connection.execute(update(person).where(person.c.id == twin).values(sign_in_epoch=7))
        connection.execute(update(chat_link).values(epoch=amina.sign_in_epoch))

    service.joining.join(people.amina, twin, people.efua)

    assert service.links.of(people.amina) == []
    assert isinstance(service.links.who("telegram", "2"), ChatKey)


def test_a_link_given_out_to_the_other_record_links_nothing_afterwards(service, people, twin):
    payload = service.links.payload(twin)

    service.joining.join(people.amina, twin, people.efua)

    with pytest.raises(Refused):
        service.links.accept(payload, "telegram", "2")


def test_undone_both_link_their_chats_anew(service, people, twin):
    link(service, people.amina, "1")
    link(service, twin, "2")
    service.joining.join(people.amina, twin, people.efua)

    service.joining.undo(people.amina, people.efua)

    assert all(isinstance(service.links.who("telegram", one), ChatKey) for one in "12")
    link(service, twin, "2")
    assert service.links.who("telegram", "2") == twin


QUIET = Chosen(nudges=False)
LATER = Chosen(snoozed_until=date(2026, 12, 5))


@pytest.mark.parametrize(
    ("kept", "other", "after"),
    [
        (None, None, Chosen()),
        (None, QUIET, QUIET),
        (QUIET, None, QUIET),
        (LATER, QUIET, LATER),
        (QUIET, LATER, QUIET),
    ],
)
def test_what_the_kept_record_chose_about_messages_stands_else_the_others_choice(
    service, people, twin, kept, other, after
):
    for who, chosen in ((people.amina, kept), (twin, other)):
        if chosen is not None:
            service.preferences.choose(who, chosen)

    service.joining.join(people.amina, twin, people.efua)
    assert service.preferences.of(people.amina) == after
    service.joining.undo(people.amina, people.efua)

    assert service.preferences.of(people.amina) == (kept or Chosen())
    assert service.preferences.of(twin) == (other or Chosen())


@pytest.mark.parametrize("before", [None, LATER])
def test_a_choice_made_since_is_something_after_it(service, people, twin, clock, before):
    if before is not None:
        service.preferences.choose(twin, before)
    service.joining.join(people.amina, twin, people.efua)
    clock.forward(minutes=5)
    service.preferences.choose(people.amina, QUIET)

    with pytest.raises(Refused, match="Something has followed"):
        service.joining.undo(people.amina, people.efua)

    assert service.preferences.of(people.amina) == QUIET


def test_what_was_owed_to_either_record_goes_to_the_one_there_is(service, people, twin):
    service.requests.ask(people.carys, [twin, people.amina], ["referrals"], date(2026, 12, 31), "")
    with service.database.reading() as connection:
        owed = select(notice.c.id).where(notice.c.person_id.in_([twin, people.amina]))
        before = set(connection.execute(owed).scalars())

    service.joining.join(people.amina, twin, people.efua)

    with service.database.reading() as connection:
        mine = select(notice.c.id).where(notice.c.person_id == people.amina)
        assert set(connection.execute(mine).scalars()) == before
