"""Another address: what the old one opened is shut, and it is told so, without the new one."""

import pytest
from sqlalchemy import select

from quizbot.errors import SignInRefused
from quizbot.outbox.notices import ADDRESS_CHANGED
from quizbot.store.tables import audit, notice, person
from quizbot.work import Work
from tests.people.people_files import TEAM, Files

NEW = f"N1,Amina Rahman,amina.new@northmoor.example,{TEAM},Social worker,2026-01-05,N3"


def by_file(service, people, folder):
    Files(service, folder).take(NEW)


def by_page(service, people, folder):
    service.staff.edit(
        people.efua, people.amina, "Amina Rahman", "amina.new@northmoor.example", "N1"
    )


@pytest.fixture(params=[by_file, by_page], ids=["by file", "by page"])
def change(request, service, people, tmp_path):
    return lambda: request.param(service, people, tmp_path)


def epoch(service, person_id):
    with service.database.reading() as connection:
        return connection.execute(
            select(person.c.sign_in_epoch).where(person.c.id == person_id)
        ).scalar_one()


def send(service):
    work = Work(service)
    assert work.lease.take()
    work.send_codes()
    work.lease.let_go()


def letters(service):
    from tests.pages.conftest import mails

    return mails(service)


def test_sessions_under_the_old_address_end(service, people, change):
    before = epoch(service, people.amina)

    change()

    assert epoch(service, people.amina) == before + 1


def test_a_code_that_was_mailed_to_the_old_address_opens_nothing(service, people, change):
    sign_in_id = service.sign_in.ask("amina@northmoor.example")
    send(service)
    code = letters(service)[-1][1][:6]

    change()

    with pytest.raises(SignInRefused):
        service.sign_in.enter(sign_in_id, code)


def test_a_code_that_was_asked_for_and_not_mailed_yet_goes_nowhere(service, people, change):
    service.sign_in.ask("amina@northmoor.example")

    change()
    send(service)

    assert not [letter for letter in letters(service) if "sign-in code" in letter[1]]


def test_the_old_address_is_told_and_not_what_the_new_one_is(service, people, change):
    change()
    send(service)

    (told,) = [letter for letter in letters(service) if letter[0] == "amina@northmoor.example"]
    assert "was changed" in told[1]
    assert "amina.new" not in told[2]
    with service.database.reading() as connection:
        row = connection.execute(select(notice).where(notice.c.kind == ADDRESS_CHANGED)).one()
    assert (row.state, row.payload) == ("sent", "{}")


def test_the_trail_says_that_it_was_the_address(service, people, change):
    change()

    with service.database.reading() as connection:
        rows = connection.execute(
            select(audit.c.action, audit.c.details).order_by(audit.c.number)
        ).all()
    told = " ".join(f"{row.action} {row.details}" for row in rows[-3:])
    assert "email" in told or "address_changed" in told
    assert "amina.new" not in told


def test_a_first_address_tells_nobody(service, people, tmp_path):
    files = Files(service, tmp_path)
    files.take(f"S1,Sol Reed,,{TEAM},Social worker,2026-01-05,N3")

    files.take(f"S1,Sol Reed,sol@northmoor.example,{TEAM},Social worker,2026-01-05,N3")

    with service.database.reading() as connection:
        kinds = connection.execute(select(notice.c.kind)).scalars().all()
    assert ADDRESS_CHANGED not in kinds
