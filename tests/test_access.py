"""Who may do and see what: a manager's people, and rights by role, day and unit."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from quizbot.access import NO_SESSION, Role, Session, must_lead, must_manage, rights, team
from quizbot.errors import NotAllowed, NotFound, Refused, SignedOut
from quizbot.store.tables import new_id, person, post, role_grant, unit

TODAY = date(2026, 11, 21)
DAYS = [None, *(TODAY + timedelta(days=days) for days in (-2, -1, 0, 1, 2))]

# Random worlds against a model in plain Python. Names share beginnings and hold what LIKE reads as
# a wildcard, so that a prefix is not mistaken for a subtree.

PATHS = (
    *("N", "N/A", "N/A/x", "N/A/y", "N/AB", "N/AB/x", "N/A_", "N/A_/x", "N/%", "N/%/x"),
    *("N/a", "N/a/z", "N2", "N2/A"),
)


@dataclass(frozen=True)
class World:
    """Posts (who, where, manager, from, to), grants (who, role, where, from, to), leavers."""

    posts: list[tuple[int, str, int | None, date | None, date | None]]
    grants: list[tuple[int, Role, str, date | None, date | None]]
    left: dict[int, date]


people = st.integers(0, 4)
paths = st.sampled_from(PATHS)
days = st.sampled_from(DAYS)
worlds = st.builds(
    World,
    posts=st.lists(st.tuples(people, paths, st.none() | people, days, days), max_size=8),
    grants=st.lists(st.tuples(people, st.sampled_from(Role), paths, days, days), max_size=4),
    left=st.dictionaries(people, st.sampled_from(DAYS[1:]), max_size=2),
)


def is_live(starts, ends):
    return (starts or TODAY) <= TODAY and (ends is None or ends >= TODAY)


def is_below(path, top):
    return path == top or path.startswith(f"{top}/")


def works(world, who):
    """Whether somebody has a live post of their own."""
    return any(whose == who and is_live(*span) for whose, _, _, *span in world.posts)


def expected_team(world, manager):
    """Who is on a manager's team, as DESIGN.md says it."""
    mine = {
        path for who, role, path, *span in world.grants
        if who == manager and role is Role.MANAGER and is_live(*span)
    }  # fmt: skip
    found = {
        who for who, path, boss, *span in world.posts
        if is_live(*span) and ((boss == manager and works(world, manager))
                               or any(is_below(path, top) for top in mine))
    }  # fmt: skip
    here = {who for who in found if world.left.get(who, TODAY) >= TODAY}
    return here - {manager}


def build(connection, world):
    """The same world as rows."""
    units = {path: new_id() for path in PATHS}
    for path, unit_id in units.items():
        parent = units.get(path.rpartition("/")[0])
        row = {"id": unit_id, "parent_id": parent, "path": path, "kind": "team", "name": path}
        connection.execute(insert(unit).values(row))
    ids = [new_id() for _ in range(5)]
    for number, person_id in enumerate(ids):
        connection.execute(
            insert(person).values(
                id=person_id, name=f"P{number}", started_on=TODAY, is_guest=False,
                sign_in_epoch=0, left_on=world.left.get(number),
            )
        )  # fmt: skip
    for who, path, boss, starts, ends in world.posts:
        connection.execute(
            insert(post).values(
                id=new_id(), person_id=ids[who], unit_id=units[path], job="Worker",
                manager_id=None if boss is None else ids[boss], recorded_on=TODAY,
                starts_on=starts or TODAY, ends_on=ends,
            )
        )  # fmt: skip
    for who, role, path, starts, ends in world.grants:
        connection.execute(
            insert(role_grant).values(
                id=new_id(), person_id=ids[who], unit_id=units[path], role=role.value,
                starts_on=starts or TODAY, ends_on=ends,
            )
        )  # fmt: skip
    return ids


# The same database for all examples, each rolled back; failures are shown as they are found.
many = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=set(Phase) - {Phase.explain},
)


@given(worlds)
@example(World([(0, "N/a/z", None, None, None)], [(1, Role.MANAGER, "N/A", None, None)], {}))
@example(World([(0, "N/AB/x", None, None, None)], [(1, Role.MANAGER, "N/A_", None, None)], {}))
@many
def test_a_team_is_live_posts_and_live_grants_over_the_subtree(service, world):
    with service.database.writer.connect() as connection:
        transaction = connection.begin()
        ids = build(connection, world)
        number_of = {person_id: number for number, person_id in enumerate(ids)}
        for manager, person_id in enumerate(ids):
            found = connection.execute(team(connection, person_id, TODAY)).scalars().all()
            assert {number_of[f] for f in found} == expected_team(world, manager)
            assert len(found) == len(set(found))
        transaction.rollback()


@given(worlds)
@many
def test_rights_are_what_is_granted_today_and_nothing_else(service, world):
    with service.database.writer.connect() as connection:
        transaction = connection.begin()
        ids = build(connection, world)
        for who, person_id in enumerate(ids):
            if world.left.get(who, TODAY) < TODAY:
                with pytest.raises(NotAllowed):
                    rights(connection, person_id, TODAY)
                continue
            granted = defaultdict(set)
            for by, role, path, *span in world.grants:
                if by == who and is_live(*span):
                    granted[role].add(path)
            has_people = works(world, who) and any(
                boss == who and is_live(*span) for _, _, boss, *span in world.posts
            )
            found = rights(connection, person_id, TODAY)
            assert found.manages == bool(has_people or granted[Role.MANAGER])
            assert set(found.lead_of) == granted[Role.LEAD]
            assert set(found.auditor_of) == granted[Role.AUDITOR]
            assert found.leads == bool(granted[Role.LEAD])
            assert found.sees_board == bool(granted[Role.LEAD] or granted[Role.AUDITOR])
        transaction.rollback()


# The named people


def allowed(service, person_id, ask):
    with service.database.reading() as connection:
        try:
            return ask(connection, person_id, TODAY).person_id == person_id
        except NotAllowed:
            return False


@pytest.mark.parametrize(
    ("name", "manages", "leads"),
    [
        ("amina", False, False),
        ("bashir", False, False),
        ("carys", True, False),
        ("dylan", True, False),
        ("efua", False, True),
    ],
)
def test_what_each_may_do(service, people, name, manages, leads):
    person_id = getattr(people, name)

    assert allowed(service, person_id, must_manage) == manages
    assert allowed(service, person_id, must_lead) == leads


def test_nobody_has_the_rights_of_a_stranger(service):
    with pytest.raises(NotAllowed):
        service.people.rights(new_id())
    with pytest.raises(NotAllowed):
        service.people.rights(UUID(int=0))


def test_a_session_of_before_signing_out_everywhere_has_no_rights(service, amina):
    service.sign_in.end_everywhere(amina)

    assert service.people.rights(amina, Session(NO_SESSION, 1)).person_id == amina
    with pytest.raises(SignedOut):
        service.people.rights(amina, Session(NO_SESSION, 0))


def test_a_report_asks_who_is_asking(service, people):
    assert [line.name for line in service.reports.team(people.carys).lines] == ["Amina Rahman"]
    for person_id in (people.amina, people.efua, new_id()):
        with pytest.raises(NotAllowed):
            service.reports.team(person_id)


# Granting


def manages(service, person_id):
    return service.people.rights(person_id).manages


def test_a_grant_stands_from_its_first_day_to_its_last(service, people, clock):
    email, tomorrow = "amina@northmoor.example", TODAY + timedelta(days=1)
    service.people.grant(email, Role.MANAGER, "Northmoor/Police", tomorrow, tomorrow)

    seen = []
    for _ in range(3):
        seen.append(manages(service, people.amina))
        clock.forward(days=1)

    assert seen == [False, True, False]


def test_a_day_is_a_day_in_london(service, people, clock):
    clock.at = clock.at.replace(month=7, day=1, hour=22, minute=30)
    tomorrow = date(2026, 7, 2)
    service.people.grant("amina@northmoor.example", Role.MANAGER, "Northmoor", tomorrow)
    assert not manages(service, people.amina)

    clock.forward(minutes=45)  # 23:15 in Greenwich, a quarter past midnight in London

    assert manages(service, people.amina)


def test_granting_twice_is_granting_once(service, people):
    for _ in range(2):
        service.people.grant("amina@northmoor.example", Role.AUDITOR, "Northmoor")

    assert service.people.rights(people.amina).auditor_of == ("Northmoor",)


def test_a_role_is_taken_back_at_once(service, people):
    service.people.grant("amina@northmoor.example", Role.MANAGER, "Northmoor/Police")

    service.people.revoke("amina@northmoor.example", Role.MANAGER, "Northmoor/Police")

    assert not manages(service, people.amina)
    with service.database.reading() as connection:
        kept = connection.execute(select(role_grant).where(role_grant.c.role == "manager")).all()
    assert len(kept) == 1  # ended, not deleted


@pytest.mark.parametrize(
    ("email", "unit_path", "words"),
    [
        ("nobody@northmoor.example", "Northmoor", "Nobody here has the address"),
        ("amina@northmoor.example", "Northmor", "did you mean"),
        ("amina@northmoor.example", "Elsewhere entirely", "There is no unit"),
    ],
)
def test_a_grant_to_nobody_or_over_nothing_is_refused(service, email, unit_path, words):
    with pytest.raises(NotFound, match=words):
        service.people.grant(email, Role.LEAD, unit_path)
    with pytest.raises(NotFound):
        service.people.revoke(email, Role.LEAD, unit_path)


def test_a_role_that_was_never_granted_cannot_be_taken_back(service):
    with pytest.raises(NotFound, match="is not lead of"):
        service.people.revoke("amina@northmoor.example", Role.LEAD, "Northmoor")


def test_a_role_cannot_end_before_it_begins(service):
    with pytest.raises(Refused, match="cannot be before its first"):
        service.people.grant(
            "amina@northmoor.example", Role.LEAD, "Northmoor", TODAY, TODAY - timedelta(days=1)
        )


def test_who_has_left_can_be_granted_nothing(service, people):
    with service.database.writing() as connection:
        gone = TODAY - timedelta(days=1)
        connection.execute(update(person).where(person.c.id == people.amina).values(left_on=gone))

    with pytest.raises(NotFound):
        service.people.grant("amina@northmoor.example", Role.LEAD, "Northmoor")
