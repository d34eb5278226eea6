"""The audit trail: what is recorded, that it holds no names, and that its rows are a chain."""

from datetime import UTC

import pytest
from sqlalchemy import select, update

from quizbot.access import Role
from quizbot.audit import FIRST, OPERATOR, chain_hash
from quizbot.errors import BadFile, NotFound
from quizbot.tables import audit
from tests import made

AMINA = "amina@northmoor.example"


def rows(service):
    with service.database.reading() as connection:
        return connection.execute(select(audit).order_by(audit.c.number)).all()


def break_at(service):
    """The number of the first row that does not follow from the one before; None if all do."""
    previous = FIRST
    for number, row in enumerate(rows(service), 1):
        at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        content = (at, row.actor, row.action, row.subject, row.details)
        if (row.number, row.previous) != (number, previous):
            return number
        if row.hash != chain_hash(previous, *content):
            return number
        previous = row.hash
    return None


def test_the_first_acts_of_all_are_recorded(service):
    acts = [row.action for row in rows(service)]

    assert acts[0] == "edition.publish"
    assert "people.import" in acts
    assert acts[-1] == "role.grant"
    assert rows(service)[0].previous == FIRST
    assert break_at(service) is None


def sign_in(service, people, tmp_path):
    sign_in_id = service.sign_in.ask(AMINA)
    code = service.sign_in.mail({"sign_in": str(sign_in_id), "too_many": False}).subject[:6]
    service.sign_in.enter(sign_in_id, code)


def import_(service, people, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(
        "staff_ref,name,unit,job,started_on\nN9,Gita Rao,Northmoor/Health,Nurse,2026-02-02\n"
    )
    service.people.import_file(file, make_units=True)


ACTS = {
    "edition.publish": lambda service, *_: service.editions.publish([made.bank()], made.place()),
    "people.import": import_,
    "role.grant": lambda s, p, _: s.people.grant(AMINA, Role.AUDITOR, "Northmoor", by=p.efua),
    "role.revoke": lambda s, *_: s.people.revoke("efua@northmoor.example", Role.LEAD, "Northmoor"),
    "sign-in": sign_in,
    "sign-in.end-everywhere": lambda s, p, _: s.sign_in.end_everywhere(p.amina),
}


@pytest.mark.parametrize("action", ACTS)
def test_an_act_is_recorded_with_who_did_it_and_what_it_was_done_to(
    service, people, tmp_path, clock, action
):
    clock.forward(hours=3)
    before = len(rows(service))

    ACTS[action](service, people, tmp_path)

    *_, row = rows(service)[before:]
    assert row.action == action
    assert row.at == clock()
    expected = {
        "role.grant": (str(people.efua), str(people.amina)),
        "role.revoke": (OPERATOR, str(people.efua)),
        "sign-in": (str(people.amina), str(people.amina)),
        "sign-in.end-everywhere": (str(people.amina), str(people.amina)),
    }
    if action in expected:
        assert (row.actor, row.subject) == expected[action]
    assert break_at(service) is None


def test_the_trail_holds_no_name_address_or_reply(service, people, tmp_path):
    for act in ACTS.values():
        act(service, people, tmp_path)

    text = str(rows(service))
    for words in ("Amina", "Rahman", "Gita", AMINA, "efua@"):
        assert words not in text


def test_what_was_refused_leaves_no_row(service, tmp_path):
    before = rows(service)
    file = tmp_path / "people.csv"
    file.write_text("staff_ref,name,unit,job,started_on\nN9,,Northmoor,Nurse,2026-02-02\n")

    with pytest.raises(BadFile):
        service.people.import_file(file)
    with pytest.raises(NotFound):
        service.people.revoke(AMINA, Role.LEAD, "Northmoor")

    assert rows(service) == before


def test_nothing_new_is_no_act(service):
    before = rows(service)

    service.people.grant("efua@northmoor.example", Role.LEAD, "Northmoor")

    assert rows(service) == before


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "somebody else"},
        {"action": "role.revoke"},
        {"subject": "somebody else"},
        {"details": "{}"},
        {"previous": "1" * 64},
    ],
)
def test_a_row_that_was_changed_breaks_the_chain(service, people, change):
    service.sign_in.end_everywhere(people.amina)
    with service.database.writing() as connection:
        connection.execute(update(audit).where(audit.c.number == 2).values(**change))

    assert break_at(service) == 2
