"""What leads do with people, roles and units of theirs, and what nobody may do."""

from datetime import date

import pytest

from quizbot.access import NO_SESSION, Role, Session
from quizbot.errors import Mend, NotAllowed, NotFound, Refused, SignedOut
from quizbot.people.forms import NewPost
from tests.people.people_files import TEAM, Files

POLICE = "Northmoor/Police/Child protection"
DAY = date(2026, 11, 23)


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


@pytest.fixture
def units(service):
    """The ids of units by their paths."""
    return {line.path: line.unit_id for line in service.people.units()}


@pytest.fixture
def lead(people):
    """Efua leads all of Northmoor."""
    return people.efua


@pytest.fixture
def council(service, carys):
    """Carys leads the council and nothing else."""
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Council")
    return carys


def faults(refuse):
    with pytest.raises(Mend) as error:
        refuse()
    return error.value.faults


# ---- adding and editing --------------------------------------------------------------------


def test_a_lead_adds_somebody_with_a_post(service, files, lead, units):
    new = NewPost(units[TEAM], " Social  worker ", DAY, "Carys@Northmoor.example")

    service.staff.add(lead, "Gwen Okafor", " Gwen@northmoor.example ", "N9", new)

    assert files.people()["Gwen Okafor"] == ("gwen@northmoor.example", "N9", None, False)
    assert files.posts("Gwen Okafor") == [(TEAM, "Social worker", "Carys Evans", str(DAY), None)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"email": "", "staff_ref": ""}, "email"),
        ({"email": "gwen"}, "email"),
        ({"email": "amina@northmoor.example"}, "email"),
        ({"staff_ref": "N1"}, "staff_ref"),
        ({"staff_ref": " n1"}, "staff_ref"),
        ({"job": ""}, "job"),
        ({"job": "guest"}, "job"),
        ({"starts_on": date(1900, 1, 1)}, "starts_on"),
        ({"starts_on": date(2062, 1, 1)}, "starts_on"),
        ({"manager": "nobody@northmoor.example"}, "manager"),
        ({"manager": "N9"}, "manager"),
    ],
)
def test_what_cannot_be_is_told_by_field_and_nobody_is_added(
    service, files, lead, units, given, field
):
    who = {"name": "Gwen", "email": "gwen@northmoor.example", "staff_ref": "N9"}
    post = {"unit_id": units[TEAM], "job": "Worker", "starts_on": DAY, "manager": "N3"}
    who |= {name: value for name, value in given.items() if name in who}
    post |= {name: value for name, value in given.items() if name in post}
    before = files.everything()

    assert set(faults(lambda: service.staff.add(lead, **who, new=NewPost(**post)))) == {field}
    assert files.everything() == before


def test_a_lead_adds_nobody_to_another_unit(service, council, units):
    new = NewPost(units[POLICE], "Worker", DAY)

    assert set(faults(lambda: service.staff.add(council, "Gwen", "", "N9", new))) == {"unit"}


def test_a_lead_mends_name_address_and_number(service, files, lead, amina):
    service.staff.edit(lead, amina, "Amina Bell", "a.bell@northmoor.example", "")

    assert files.people()["Amina Bell"] == ("a.bell@northmoor.example", None, None, False)


def test_an_edit_that_changes_nothing_leaves_no_trace(service, files, lead, amina):
    trail = files.audited()

    service.staff.edit(lead, amina, "Amina Rahman", "amina@northmoor.example", "N1")

    assert files.audited() == trail


@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_readdressed_by_a_lead_of_less_than_they_may_see(service, council, amina, role):
    service.people.grant("amina@northmoor.example", role, "Northmoor")

    with pytest.raises(NotAllowed, match="ask a lead of all"):
        service.staff.edit(council, amina, "Amina", "carys.two@northmoor.example", "N1")


def test_nobody_is_readdressed_who_also_works_elsewhere(service, files, council, amina):
    files.take(f"N1,Amina Rahman,,{POLICE},Adviser,2026-11-02,")

    with pytest.raises(NotAllowed):
        service.staff.edit(council, amina, "Amina", "carys.two@northmoor.example", "N1")


def test_a_lead_of_other_units_finds_nobody(service, council, people):
    for call in (
        lambda: service.finder.card(council, people.bashir),
        lambda: service.staff.edit(council, people.bashir, "B", "b@n.example", ""),
        lambda: service.staff.leave(council, people.bashir, DAY),
        lambda: service.roles.give(council, people.bashir, Role.LEAD, people.bashir, DAY, None),
    ):
        with pytest.raises(NotFound):
            call()
    names = {line.name for line in service.finder.find(council).lines}
    assert names == {"Amina Rahman", "Carys Evans"}


def test_who_is_no_lead_does_nothing_of_this(service, amina, bashir, units):
    for call in (
        lambda: service.finder.find(amina),
        lambda: service.finder.card(amina, amina),
        lambda: service.staff.add(amina, "G", "", "N9", NewPost(units[TEAM], "W", DAY)),
        lambda: service.staff.edit(amina, amina, "A", "a@n.example", ""),
        lambda: service.staff.leave(amina, bashir, DAY),
        lambda: service.roles.give(amina, amina, Role.LEAD, units["Northmoor"], DAY, None),
        lambda: service.units.add(amina, units[TEAM], "Sub"),
        lambda: service.units.end(amina, units[TEAM]),
    ):
        with pytest.raises(NotAllowed):
            call()


# ---- posts ---------------------------------------------------------------------------------


def test_a_move_ends_the_other_post_the_day_before(service, files, lead, amina, units):
    (held,) = service.finder.card(lead, amina).posts
    new = NewPost(units[POLICE], "Adviser", DAY, "N4")

    service.staff.add_post(lead, amina, new, instead_of=held.post_id)

    assert files.posts("Amina Rahman") == [
        (TEAM, "Social worker", "Carys Evans", "2026-01-05", "2026-11-22"),
        (POLICE, "Adviser", "Dylan Shaw", "2026-11-23", None),
    ]


def test_a_further_post_ends_nothing_and_the_same_twice_is_refused(
    service, files, lead, amina, units
):
    new = NewPost(units[POLICE], "Adviser", DAY)
    service.staff.add_post(lead, amina, new)

    assert set(faults(lambda: service.staff.add_post(lead, amina, new))) == {"job"}
    assert [post[4] for post in files.posts("Amina Rahman")] == [None, None]


def test_a_post_gets_another_manager_job_and_last_day(service, files, lead, amina):
    (held,) = service.finder.card(lead, amina).posts

    service.staff.change_post(lead, held.post_id, "Senior social worker", "N5", DAY)

    assert files.posts("Amina Rahman") == [
        (TEAM, "Senior social worker", "Efua Mensah", "2026-01-05", "2026-11-23")
    ]


@pytest.mark.parametrize(
    ("job", "manager", "ends_on", "field"),
    [
        ("", "N3", None, "job"),
        ("Worker", "N1", None, "manager"),
        ("Worker", "nobody", None, "manager"),
        ("Worker", "N3", date(2025, 1, 1), "ends_on"),
        ("Worker", "N3", date(2055, 1, 1), "ends_on"),
    ],
)
def test_a_post_that_cannot_be_is_told_by_field(service, lead, amina, job, manager, ends_on, field):
    (held,) = service.finder.card(lead, amina).posts

    change = lambda: service.staff.change_post(lead, held.post_id, job, manager, ends_on)  # noqa: E731

    assert set(faults(change)) == {field}


# ---- leaving -------------------------------------------------------------------------------


def test_who_leaves_is_closed_and_found_only_when_asked_for(service, files, lead, amina, clock):
    service.people.grant("amina@northmoor.example", Role.AUDITOR, "Northmoor")

    assert service.staff.leave(lead, amina, date(2026, 11, 20))

    assert files.posts("Amina Rahman")[0][4] == "2026-11-20"
    assert service.finder.find(lead, "amina").total == 0
    assert service.finder.find(lead, "amina", with_left=True).total == 1
    assert service.finder.card(lead, amina).roles == ()
    with pytest.raises(SignedOut):
        service.people.rights(amina, Session(NO_SESSION, 0))


def test_a_last_day_to_come_lets_them_work_until_then(service, lead, carys, amina, clock):
    service.staff.leave(lead, carys, date(2026, 11, 30))

    assert service.people.rights(carys).manages
    clock.forward(days=10)
    with pytest.raises(NotAllowed):
        service.people.rights(carys)


def test_who_does_not_leave_after_all_stays(service, files, lead, amina):
    service.staff.leave(lead, amina, date(2026, 11, 30))

    service.staff.stay(lead, amina)

    assert files.people()["Amina Rahman"][2] is None
    assert files.posts("Amina Rahman")[0][4] is None
    with pytest.raises(NotFound):
        service.staff.stay(lead, amina)


def test_with_a_post_elsewhere_only_those_of_the_leads_units_end(service, files, council, amina):
    files.take(f"N1,Amina Rahman,,{POLICE},Adviser,2026-11-02,")

    assert not service.staff.leave(council, amina, date(2026, 11, 20))

    assert files.people()["Amina Rahman"][2] is None
    assert [post[4] for post in files.posts("Amina Rahman")] == ["2026-11-20", None]


def test_nobody_closes_an_account_above_their_own_or_their_own(service, council, amina):
    service.people.grant("amina@northmoor.example", Role.LEAD, "Northmoor")

    with pytest.raises(NotAllowed):
        service.staff.leave(council, amina, DAY)
    with pytest.raises(NotAllowed):
        service.staff.leave(council, council, DAY)


def test_leaving_twice_or_in_another_age_is_refused(service, lead, amina):
    assert set(faults(lambda: service.staff.leave(lead, amina, date(1999, 1, 1)))) == {"last_day"}
    service.staff.leave(lead, amina, date(2026, 11, 20))

    assert set(faults(lambda: service.staff.leave(lead, amina, DAY))) == {"last_day"}


def test_who_comes_back_manages_nobody_until_somebody_says_so(service, files, lead, carys, units):
    service.staff.leave(lead, carys, date(2026, 11, 21))
    service.staff.now.forward(days=3)

    service.staff.add_post(lead, carys, NewPost(units[TEAM], "Adviser", DAY))

    assert files.people()["Carys Evans"][2] is None
    assert not service.people.rights(carys).manages


# ---- roles ---------------------------------------------------------------------------------


def test_a_deputy_manages_for_the_days_given(service, lead, bashir, units, clock):
    service.roles.give(lead, bashir, Role.MANAGER, units[TEAM], DAY, date(2026, 11, 30))

    assert not service.people.rights(bashir).manages
    clock.forward(days=2)
    assert service.people.rights(bashir).manages
    clock.forward(days=8)
    assert not service.people.rights(bashir).manages


def test_a_role_ends_at_once_when_it_is_taken_back(service, lead, bashir, units):
    service.roles.give(lead, bashir, Role.AUDITOR, units["Northmoor"], date(2026, 11, 21), None)
    (role,) = service.finder.card(lead, bashir).roles

    assert service.roles.end(lead, role.grant_id) == bashir

    assert not service.people.rights(bashir).sees_board
    with pytest.raises(NotFound):
        service.roles.end(lead, role.grant_id)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (date(2026, 11, 1), None, "starts_on"),
        (date(2026, 11, 22), date(2026, 11, 21), "ends_on"),
        (date(2026, 11, 22), date(2046, 1, 1), "ends_on"),
    ],
)
def test_days_of_a_role_that_cannot_be(service, lead, bashir, units, starts_on, ends_on, field):
    give = lambda: service.roles.give(  # noqa: E731
        lead, bashir, Role.MANAGER, units[TEAM], starts_on, ends_on
    )

    assert set(faults(give)) == {field}


def test_nobody_gives_a_role_to_themselves_or_takes_their_own(service, lead, units):
    with pytest.raises(NotAllowed):
        service.roles.give(lead, lead, Role.AUDITOR, units["Northmoor"], DAY, None)
    (role,) = service.finder.card(lead, lead).roles
    with pytest.raises(NotAllowed):
        service.roles.end(lead, role.grant_id)


def test_nobody_gives_more_or_longer_than_they_have(service, council, lead, carys, amina, units):
    over_all = lambda: service.roles.give(  # noqa: E731
        council, amina, Role.LEAD, units["Northmoor"], DAY, None
    )
    assert set(faults(over_all)) == {"unit"}
    service.people.revoke("carys@northmoor.example", Role.LEAD, "Northmoor/Council")
    service.roles.give(lead, carys, Role.LEAD, units[TEAM], date(2026, 11, 21), date(2026, 12, 31))

    for ends_on in (None, date(2027, 1, 1)):
        longer = lambda: service.roles.give(  # noqa: E731
            carys,
            amina,
            Role.LEAD,
            units[TEAM],
            DAY,
            ends_on,  # noqa: B023
        )
        assert set(faults(longer)) == {"ends_on"}
    service.roles.give(carys, amina, Role.LEAD, units[TEAM], DAY, date(2026, 12, 31))


# ---- units ---------------------------------------------------------------------------------


def paths(service):
    return [line.path for line in service.people.units()]


def test_a_unit_is_added_renamed_and_moved_with_all_below(service, files, lead, units):
    health = service.units.add(lead, units["Northmoor"], "Health")
    service.units.add(lead, health, "Visitors")

    service.units.rename(lead, units["Northmoor/Council"], "City Council")
    service.units.move(lead, health, units["Northmoor/Council"])

    assert paths(service) == [
        "Northmoor",
        "Northmoor/City Council",
        "Northmoor/City Council/Assessment",
        "Northmoor/City Council/Health",
        "Northmoor/City Council/Health/Visitors",
        "Northmoor/Police",
        "Northmoor/Police/Child protection",
    ]
    assert files.posts("Amina Rahman")[0][0] == "Northmoor/City Council/Assessment"


def test_a_unit_is_not_moved_below_itself(service, lead, units):
    council = units["Northmoor/Council"]

    for below in (council, units[TEAM]):
        assert set(faults(lambda: service.units.move(lead, council, below))) == {"parent"}  # noqa: B023


@pytest.mark.parametrize("name", ["", "  ", "a/b", "x" * 201, "a\u202eb", "POLICE"])
def test_a_name_that_no_unit_can_have(service, lead, units, name):
    rename = lambda: service.units.rename(lead, units["Northmoor/Council"], name)  # noqa: E731

    assert set(faults(rename)) == {"name"}
    assert set(faults(lambda: service.units.add(lead, units["Northmoor"], name))) == {"name"}


def test_units_grow_no_deeper_than_ten_levels(service, lead, units):
    top = units["Northmoor"]
    for level in range(9):
        top = service.units.add(lead, top, f"Level {level}")

    assert set(faults(lambda: service.units.add(lead, top, "More"))) == {"name"}


def test_a_unit_with_people_in_it_does_not_end_and_says_how_many(service, lead, units):
    with pytest.raises(Refused, match=r"^2 people are in Northmoor/Council or below"):
        service.units.end(lead, units["Northmoor/Council"])

    assert TEAM in paths(service)


def test_a_post_that_is_still_to_begin_holds_a_unit_open(service, lead, units):
    empty = service.units.add(lead, units["Northmoor"], "Health")
    service.staff.add(lead, "Gwen", "", "N9", NewPost(empty, "Nurse", date(2027, 1, 4)))

    with pytest.raises(Refused, match="1 person is"):
        service.units.end(lead, empty)


def test_a_unit_ends_with_those_below_and_opens_again_under_its_name(service, lead, units):
    health = service.units.add(lead, units["Northmoor"], "Health")
    service.units.add(lead, health, "Visitors")
    service.units.end(lead, health)
    assert len(paths(service)) == 5

    assert service.units.add(lead, units["Northmoor"], "Health") == health
    assert "Northmoor/Health" in paths(service)
    assert "Northmoor/Health/Visitors" not in paths(service)


def test_a_lead_keeps_only_their_units_and_not_their_own_top(service, council, units):
    with pytest.raises(NotFound):
        service.units.card(council, units[POLICE])
    assert set(faults(lambda: service.units.add(council, units["Northmoor"], "X"))) == {"parent"}
    assert set(
        faults(lambda: service.units.move(council, units[TEAM], units["Northmoor/Police"]))
    ) == {"parent"}
    with pytest.raises(NotAllowed):
        service.units.end(council, units["Northmoor/Council"])
    service.units.rename(council, units[TEAM], "First contact")


# ---- finding -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", ["Amina Rahman", "Bashir Aziz", "Carys Evans", "Dylan Shaw", "Efua Mensah"]),
        ("AMIN", ["Amina Rahman"]),
        ("rahman amina", ["Amina Rahman"]),
        ("Bashir@Northmoor", ["Bashir Aziz"]),
        ("n3", ["Carys Evans"]),
        ("%", []),
        ("_", []),
        ("zz", []),
    ],
)
def test_people_are_found_by_name_address_or_number(service, lead, words, names):
    assert [line.name for line in service.finder.find(lead, words).lines] == names


def test_letters_of_every_language_are_found_in_either_case(service, files, lead):
    files.take(f"N9,Łukasz Żółw,,{TEAM},Worker,2026-01-05,")

    assert service.finder.find(lead, "łUKASZ żół").total == 1


def test_long_lists_come_in_pages(service, files, lead):
    files.take(*(f"T{n},Person {n:02},,{TEAM},Worker,2026-01-05," for n in range(60)))

    pages = [service.finder.find(lead, "person", number) for number in (1, 2, 3, 99, -1)]

    assert [len(page.lines) for page in pages] == [16, 16, 16, 12, 16]
    assert pages[0].pages == 4
    assert pages[1].lines[0].name == "Person 16"
