"""The audit trail: what is recorded, that it holds no names, and that its rows are a chain."""

import ast
from datetime import UTC, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from quizbot.access import Role
from quizbot.errors import BadFile, Broken, NotFound, Refused
from quizbot.privacy.trail import ACTIONS
from quizbot.store.audit import FIRST, _stamp, chain_hash
from quizbot.store.tables import audit
from tests.house import ROOT

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


def test_a_whole_trail_is_told_with_its_last_row(service):
    *_, last = rows(service)

    assert service.audit.verify() == service.audit.head()
    assert service.audit.head().hash == last.hash


def breaks(service, words, head=""):
    with pytest.raises(Broken, match=words):
        service.audit.verify(head)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_missing_row_is_named(service, number):
    with service.database.writing() as connection:
        connection.execute(delete(audit).where(audit.c.number == number))

    breaks(service, f"Row {number} is missing")


def test_rows_that_changed_places_are_named(service):
    with service.database.writing() as connection:
        for number, new in ((2, -9), (3, 2), (-9, 3)):
            connection.execute(update(audit).where(audit.c.number == number).values(number=new))

    breaks(service, "Row 2 does not follow from row 1")


def test_a_row_that_was_changed_with_its_hash_is_found_by_the_next(service):
    (_, row, *_) = rows(service)
    content = (_stamp(row.at), "nobody", row.action, row.subject, row.details)
    with service.database.writing() as connection:
        forged = {"actor": "nobody", "hash": chain_hash(row.previous, *content)}
        connection.execute(update(audit).where(audit.c.number == 2).values(**forged))

    breaks(service, "Row 3 does not follow from row 2")


def test_a_row_put_in_before_the_first_is_named(service):
    (row, *_) = rows(service)
    with service.database.writing() as connection:
        connection.execute(insert(audit).values(**{**row._mapping, "number": 0}))

    breaks(service, "Row 0 was put in")


def test_a_time_that_was_changed_is_found(service):
    with service.database.writing() as connection:
        connection.execute(update(audit).where(audit.c.number == 2).values(at=audit_time(service)))

    breaks(service, "Row 2 was changed")


def audit_time(service):
    return rows(service)[1].at + timedelta(microseconds=1)


def test_a_cut_tail_is_found_only_with_an_earlier_head(service):
    head = service.audit.head()
    with service.database.writing() as connection:
        connection.execute(delete(audit).where(audit.c.number == head.number))

    assert service.audit.verify().number == head.number - 1
    breaks(service, f"ends with row {head.number - 1}", head.hash)


def test_an_earlier_head_stands_while_the_trail_grows(service, people):
    head = service.audit.head().hash
    service.sign_in.end_everywhere(people.amina)

    assert service.audit.verify(f" {head.upper()} ") != head


def test_a_trail_that_was_emptied_is_found(service):
    with service.database.writing() as connection:
        connection.execute(delete(audit))

    breaks(service, "Row 1 is missing")


@pytest.mark.parametrize("head", ["abc", "0" * 63, "g" * 64, "' OR 1=1"])
def test_a_head_that_is_none_is_refused(service, head):
    with pytest.raises(Refused, match="64 letters and digits"):
        service.audit.verify(head)


def actions_in_code():
    """Every action that is written somewhere as the words after the actor."""
    for path in (ROOT / "quizbot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "add" and "audit" in ast.unparse(node.func.value):
                yield from (
                    arg.value
                    for arg in node.args[2:3]
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )


def test_every_action_has_a_name_to_be_read_by():
    found = set(actions_in_code())

    assert len(found) > 25
    assert sorted(found - set(ACTIONS)) == [], "give these a name in quizbot/privacy/trail.py"


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
