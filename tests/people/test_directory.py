"""What a directory says is taken in like a file: the same checks, refusals and limits."""

import pytest

from quizbot.access import Role
from quizbot.errors import NotAllowed, OutOfDate
from quizbot.service import open_service
from quizbot.work import Work
from tests.conftest import settings_for
from tests.people.people_files import TEAM, Files

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
STAFF = "urn:ietf:params:scim:schemas:extension:theknowledge:2.0:User"
POLICE = "Northmoor/Police/Child protection"


@pytest.fixture
def service(database_url, tmp_path, clock):
    opened = open_service(settings_for(database_url, tmp_path, scim="Northmoor"), clock)
    yield opened
    opened.close()


class Told:
    """A directory that says things, and what became of everybody."""

    def __init__(self, service, folder):
        self.service, self.mirror = service, service.scim.mirror
        self.files = Files(service, folder)

    def user(self, name, *, number="", unit=TEAM, title="Worker", manager="", **more):
        first = name.split()[0].casefold()
        own = {"employeeNumber": number, "department": unit}
        own |= {"manager": {"value": str(manager)}} if manager else {}
        content = {
            "userName": f"{first}@northmoor.example",
            "displayName": name,
            "title": title,
            ENTERPRISE: own,
            **more,
        }
        return self.mirror.add_user(content).id

    def change(self, user_id, **more):
        kept = self.mirror.user(user_id)
        self.mirror.put_user(user_id, {**kept.content, **more}, kept.version)

    def take_in(self):
        return self.service.directory.take_in()

    @property
    def state(self):
        return self.service.directory.state()


@pytest.fixture
def told(service, tmp_path, people):
    return Told(service, tmp_path)


@pytest.fixture
def ten(told):
    """Twelve people of the directory, taken in."""
    ids = [told.user(f"Per{n} Son", number=f"P{n}") for n in range(12)]
    told.take_in()
    return ids


def test_somebody_new_is_in_the_unit_that_is_told_from_today(told):
    boss = told.user("Bea Boss", number="B1", title="Team manager")
    told.user("Gwen Okafor", number="G1", manager=boss)

    done = told.take_in()

    assert (done.joined, done.posts) == (2, 2)
    assert told.files.people()["Gwen Okafor"] == ("gwen@northmoor.example", "G1", None, False)
    assert told.files.posts("Gwen Okafor") == [(TEAM, "Worker", "Bea Boss", "2026-11-21", None)]
    assert told.take_in().is_nothing


def test_the_first_day_is_taken_where_it_is_told(told):
    told.user("Gwen Okafor", number="G1", **{STAFF: {"startedOn": "2026-03-02T00:00:00Z"}})

    told.take_in()

    assert told.files.posts("Gwen Okafor")[0][3] == "2026-03-02"


@pytest.mark.parametrize("said", ["3/2/2026 12:00:00 AM", "03/02/2026", "soon"])
def test_a_first_day_that_could_be_two_is_told_and_never_guessed(told, said):
    told.user("Gwen Okafor", number="G1", **{STAFF: {"startedOn": said}})

    told.take_in()

    assert "Gwen Okafor" not in told.files.people()
    assert told.state.last_fault.startswith(f"Gwen Okafor, started_on: {said!r} is not a day such")


def test_who_is_known_is_the_same_person_by_number_or_address(told):
    told.user("Amina Rahman", number="N1", title="Social worker")
    told.user("Carys Evans", title="Team manager")

    done = told.take_in()

    assert (done.joined, done.same) == (0, 2)
    assert told.files.posts("Amina Rahman") == [
        (TEAM, "Social worker", "Carys Evans", "2026-01-05", None)
    ]


def test_who_was_taken_in_stays_the_same_when_address_and_name_change(told):
    gwen = told.user("Gwen Okafor")
    told.take_in()

    told.change(gwen, userName="gwen.lee@northmoor.example", displayName="Gwen Lee")
    done = told.take_in()

    assert done.joined == 0
    assert told.files.people()["Gwen Lee"][0] == "gwen.lee@northmoor.example"
    assert "Gwen Okafor" not in told.files.people()


def test_a_name_to_sign_in_by_is_the_address_however_it_is_written(told):
    """Directories give user names in capitals, and often nothing else that is an address."""
    told.user("Gwen Okafor", userName="Gwen.Okafor@Northmoor.EXAMPLE")
    told.user("Amina Rahman", title="Social worker", userName="AMINA@Northmoor.example")

    done = told.take_in()

    assert told.files.people()["Gwen Okafor"][0] == "gwen.okafor@northmoor.example"
    assert (done.joined, done.same) == (1, 1)


def test_an_account_that_is_given_to_somebody_else_is_held(told, people):
    gwen = told.user("Gwen Okafor")
    told.take_in()

    told.change(gwen, userName="una@northmoor.example", displayName="Una Lee")
    told.take_in()

    assert "Una Lee" not in told.files.people()
    assert told.state.held == "1 line may be a slip."


def test_groups_that_are_units_say_where_somebody_is(told):
    gwen = told.user("Gwen Okafor", number="G1", unit="")
    ann = told.user("Ann Lee", number="A1", unit="Assessment")
    for name, members in (
        ("Northmoor/Police/Child protection", [gwen, ann]),
        ("All staff", [gwen, ann]),
    ):
        told.mirror.add_group({"displayName": name}, members)

    told.take_in()

    assert [post[0] for post in told.files.posts("Gwen Okafor")] == [POLICE]
    assert [post[0] for post in told.files.posts("Ann Lee")] == [POLICE]


def test_a_move_ends_the_post_before_and_begins_the_next(told, clock, ten):
    gwen = told.user("Gwen Okafor", number="G1")
    told.take_in()
    clock.forward(days=40)

    told.change(gwen, **{ENTERPRISE: {"employeeNumber": "G1", "department": POLICE}})
    done = told.take_in()

    assert (done.moved, done.ended) == (1, 1)
    assert told.files.posts("Gwen Okafor") == [
        (TEAM, "Worker", None, "2026-11-21", "2026-12-30"),
        (POLICE, "Worker", None, "2026-12-31", None),
    ]


def test_who_is_switched_off_leaves_and_who_is_soon_back_goes_on(told, ten, clock):
    clock.forward(days=3)
    told.change(ten[0], active=False)
    told.take_in()
    assert str(told.files.people()["Per0 Son"][2]) == "2026-11-23"
    clock.forward(days=2)

    told.change(ten[0], active=True)
    told.take_in()

    assert told.files.people()["Per0 Son"][2] is None
    assert told.files.posts("Per0 Son") == [(TEAM, "Worker", None, "2026-11-21", None)]


def test_who_is_back_after_long_begins_anew(told, ten, clock):
    clock.forward(days=3)
    told.change(ten[0], active=False)
    told.take_in()
    clock.forward(days=90)

    told.change(ten[0], active=True)
    told.take_in()

    assert [post[3:] for post in told.files.posts("Per0 Son")] == [
        ("2026-11-21", "2026-11-23"),
        ("2027-02-22", None),
    ]


def test_who_is_deleted_leaves_and_is_forgotten_by_the_mirror(told, ten, clock, service):
    clock.forward(days=3)
    told.mirror.delete_user(ten[0])

    told.take_in()

    assert str(told.files.people()["Per0 Son"][2]) == "2026-11-23"
    assert told.state.users == 11
    again = told.user("Per0 Son", number="P0")
    assert again != ten[0]
    told.take_in()
    assert told.files.people()["Per0 Son"][2] is None


def test_nobody_else_leaves_because_a_directory_does_not_know_them(told, ten):
    assert told.files.people()["Amina Rahman"][2] is None
    assert told.files.posts("Bashir Aziz")[0][4] is None


def test_many_who_leave_are_held_and_everybody_else_goes_on(told, ten, people, clock):
    clock.forward(days=3)
    for one in ten[:3]:
        told.change(one, active=False)
    told.user("Gwen Okafor", number="G1")

    told.take_in()

    assert "Gwen Okafor" in told.files.people()
    assert told.files.people()["Per0 Son"][2] is None
    assert told.state.held == (
        "3 of 12 people of Northmoor would leave, which is more than one in ten."
    )
    held = told.service.directory.held(people.efua)
    assert held.warning == "3 of 13 people of Northmoor would leave, which is more than one in ten."
    assert {one.name for one in held.people} == {"Per0 Son", "Per1 Son", "Per2 Son"}

    told.service.directory.confirm(people.efua, held.seen)

    assert str(told.files.people()["Per0 Son"][2]) == "2026-11-23"
    assert told.state.held == ""
    assert "scim.confirm" in told.files.audited()


def test_what_is_confirmed_is_what_was_shown(told, ten, people):
    for one in ten[:3]:
        told.change(one, active=False)
    told.take_in()
    seen = told.service.directory.held(people.efua).seen
    told.change(ten[3], active=False)

    with pytest.raises(OutOfDate):
        told.service.directory.confirm(people.efua, seen)

    assert told.files.people()["Per0 Son"][2] is None


def test_a_twin_is_held_alone(told, people):
    told.files.take(f"00123,Ann Lee,,{TEAM},Worker,2026-11-21,")
    told.user("Ann Lee", number="123")
    told.user("Gwen Okafor", number="G1")

    told.take_in()

    assert "Gwen Okafor" in told.files.people()
    assert told.state.held == "1 line may be a slip."
    held = told.service.directory.held(people.efua)
    assert held.doubts[0].startswith("Ann Lee")


def test_what_cannot_be_taken_is_told_by_name_and_stops_nobody_else(told):
    told.user("Gwen Okafor", number="G1")
    told.user("Guest One", number="X1", title="Guest")
    told.user("Ann Lee", number="A1", emails=[{"value": "amina@northmoor.example"}])
    told.user("Una Nowhere", number="U1", unit="Assesment")

    told.take_in()

    assert {"Gwen Okafor"} <= set(told.files.people())
    assert not {"Guest One", "Ann Lee", "Una Nowhere"} & set(told.files.people())
    assert "Guest One, job: 'Guest' is for candidates: name the job" in told.state.last_fault
    assert "Ann Lee, email: belongs to somebody else here" in told.state.last_fault


def test_who_has_no_unit_waits_and_whoever_had_one_keeps_it(told, people, ten):
    told.user("Una Nowhere", number="U1", unit="Assesment")
    told.change(ten[0], **{ENTERPRISE: {"employeeNumber": "P0"}})

    told.take_in()

    waiting = told.service.directory.held(people.efua).waiting
    assert set(waiting) == {
        "Una Nowhere: 'Assesment' is no unit here, and no group of theirs is one",
        "Per0 Son: no group of theirs is a unit here, and no department is told",
    }
    assert told.files.posts("Per0 Son")[0][4] is None


def test_a_manager_stays_where_a_directory_tells_of_none(told):
    told.user("Amina Rahman", number="N1", title="Social worker")

    told.take_in()

    assert told.files.posts("Amina Rahman")[0][2] == "Carys Evans"


def test_a_manager_who_comes_later_is_their_manager_then(told, service):
    boss = told.user("Bea Boss", number="B1", unit="")
    told.user("Gwen Okafor", number="G1", manager=boss)
    told.take_in()
    assert "Gwen Okafor" not in told.files.people()

    told.change(boss, **{ENTERPRISE: {"employeeNumber": "B1", "department": TEAM}})
    told.take_in()

    assert told.files.posts("Gwen Okafor")[0][2] == "Bea Boss"


def test_a_worker_takes_in_what_was_said_once_it_is_quiet(told, service, clock):
    told.user("Gwen Okafor", number="G1")
    assert not service.directory.work()
    clock.forward(seconds=20)

    Work(service).once()

    assert "Gwen Okafor" in told.files.people()
    assert not service.directory.work()


def test_a_directory_that_never_rests_is_taken_in_after_a_minute(told, service, clock):
    for n in range(8):
        told.user(f"Per{n} Son", number=f"P{n}")
        clock.forward(seconds=10)

    assert service.directory.work()

    assert "Per0 Son" in told.files.people()


def test_a_unit_that_is_not_there_is_told(told, service, database_url, tmp_path, clock):
    other = open_service(settings_for(database_url, tmp_path, scim="Southmoor"), clock)
    Told(other, tmp_path).user("Gwen Okafor", number="G1")

    other.directory.take_in()

    assert other.directory.state().last_fault == "QUIZBOT_SCIM: there is no unit 'Southmoor'."
    other.close()


def test_a_lead_of_a_part_alone_does_not_confirm(told, service, people):
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Council")

    with pytest.raises(NotAllowed):
        service.directory.held(people.carys)
    with pytest.raises(NotAllowed):
        service.directory.confirm(people.carys, "")


def test_the_trail_says_that_a_directory_did_it(told, service):
    told.user("Gwen Okafor", number="G1")
    told.take_in()

    assert "people.import" in told.files.audited()
