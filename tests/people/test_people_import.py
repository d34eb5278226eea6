"""An HR extract: who joins, moves, leaves and returns, planned and then done as planned."""

import io

import pytest
from sqlalchemy import select, update

from quizbot.access import NO_SESSION, Role, Session
from quizbot.errors import NotAllowed, NotFound, OutOfDate, Refused, SignedOut
from quizbot.people.people import Options
from quizbot.store.tables import audit, person
from tests.people.people_files import TEAM, Files
from tests.stored import rows

AMINA = f"N1,Amina Rahman,amina@northmoor.example,{TEAM},Social worker,2026-01-05,N3"
CARYS = f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,"
NEW = f"N9,Gwen Okafor,gwen@northmoor.example,{TEAM},Social worker,2026-11-02,N3"
POLICE = "Northmoor/Police/Child protection"
HELD = (TEAM, "Social worker", "Carys Evans", "2026-01-05", None)


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


def complete(files, *lines, **options):
    """Take in a file that is complete for the team."""
    return files.take(*lines, unit=TEAM, complete=True, **options)


# ---- joining -------------------------------------------------------------------------------


def test_somebody_new_joins_with_a_post_and_a_manager(files):
    imported = files.take(NEW)

    assert (imported.joined, imported.posts) == (1, 1)
    assert files.people()["Gwen Okafor"] == ("gwen@northmoor.example", "N9", None, False)
    assert files.posts("Gwen Okafor") == [
        (TEAM, "Social worker", "Carys Evans", "2026-11-02", None)
    ]


def test_a_manager_may_stand_below_their_people_and_be_named_by_number_or_address(files):
    files.take(
        f"M3,Oli Cedar,,{TEAM},Worker,2026-01-01,NIA@northmoor.example",
        f"M2,Nia Birch,nia@northmoor.example,{TEAM},Deputy,2026-01-01,M1",
        f"M1,Mel Ash,,{TEAM},Head,2026-01-01,",
    )

    assert files.posts("Oli Cedar")[0][2] == "Nia Birch"
    assert files.posts("Nia Birch")[0][2] == "Mel Ash"


def test_two_may_manage_each_other_in_different_posts(files):
    files.take(
        f"M1,Mel Ash,,{TEAM},Head,2026-01-01,M2",
        f"M2,Nia Birch,,{POLICE},Head,2026-01-01,M1",
    )

    assert files.posts("Mel Ash")[0][2] == "Nia Birch"
    assert files.posts("Nia Birch")[0][2] == "Mel Ash"


def test_a_new_persons_first_day_is_that_of_their_first_post(files, service):
    files.take(
        f"M1,Mel Ash,,{TEAM},Head,2026-02-01,",
        f"M1,Mel Ash,,{POLICE},Adviser,2025-02-01,",
    )

    with service.database.reading() as connection:
        query = select(person.c.started_on).where(person.c.name == "Mel Ash")
        assert str(connection.execute(query).scalar_one()) == "2025-02-01"


def test_units_are_made_with_all_above_them_or_opened_again(files, service, people):
    line = "M1,Mel Ash,,Northmoor/Health/Visitors/North,Head,2026-02-01,"
    assert files.take(line, make_units=True).units == 3
    files.take("M1,Mel Ash,,Northmoor/Health,Head,2026-02-01,", unit="Northmoor/Health",
               complete=True)  # fmt: skip
    paths = {unit.path: unit.unit_id for unit in service.people.units()}
    service.units.end(people.efua, paths["Northmoor/Health/Visitors"])

    again = files.take(line, make_units=True)

    assert again.units == 2
    assert {unit.path: unit.unit_id for unit in service.people.units()} == paths


# ---- names and addresses -------------------------------------------------------------------


def test_a_number_tells_who_it_is_when_name_and_address_change(files, people):
    imported = files.take(AMINA.replace("Rahman", "Rahman-Bell").replace("amina@", "a.bell@"))

    assert (imported.joined, imported.changed) == (0, 1)
    assert files.people()["Amina Rahman-Bell"] == ("a.bell@northmoor.example", "N1", None, False)


@pytest.mark.parametrize("number", ["n1", " N1 ", "N1"])
def test_a_number_is_one_whatever_its_capitals(files, service, amina, number):
    line = f"{number},Amina Rahman,,{TEAM},Social worker,2026-01-05,n3"

    assert files.take(line).is_nothing
    assert files.people()["Amina Rahman"][1] == "N1"
    assert service.people.by_reference(number) == amina
    assert service.own_data.whose(number) == amina


def test_a_new_number_in_two_spellings_is_one_person_as_yet_unknown(files):
    files.take(f"ä7,Mel Ash,,{TEAM},Head,2026-02-01,")

    assert files.take(f"Ä7,Mel Ash,,{TEAM},Head,2026-02-01,").is_nothing


def test_two_who_were_kept_apart_by_capitals_are_found_by_their_own_spelling(
    files, service, amina, people
):
    with service.database.writing() as connection:
        connection.execute(
            update(person).where(person.c.id == people.bashir).values(staff_ref="n1")
        )

    assert service.people.by_reference("N1") == amina
    assert service.people.by_reference("n1") == people.bashir
    assert files.take(AMINA).is_nothing


def test_an_address_alone_tells_who_it_is_and_the_number_is_kept(files):
    imported = files.take(
        f",Amina Rahman,AMINA@Northmoor.example,{TEAM},Social worker,2026-01-05,N3"
    )

    assert imported.same == 1
    assert files.people()["Amina Rahman"][:2] == ("amina@northmoor.example", "N1")


def test_who_had_no_number_gains_it_by_the_address(files):
    files.take(f",Mel Ash,mel@northmoor.example,{TEAM},Head,2026-02-01,")

    imported = files.take(f"M1,Mel Ash,mel@northmoor.example,{TEAM},Head,2026-02-01,")

    assert imported.changed == 1
    assert files.people()["Mel Ash"][:2] == ("mel@northmoor.example", "M1")


def test_lines_with_only_an_address_belong_to_the_line_that_has_both(files):
    imported = files.take(
        f",Mel Ash,mel@northmoor.example,{POLICE},Adviser,2026-02-01,",
        f"M1,Mel Ash,mel@northmoor.example,{TEAM},Head,2026-02-01,",
    )

    assert (imported.joined, imported.posts) == (1, 2)


def test_an_empty_address_leaves_what_is_known_and_an_empty_manager_means_none(files):
    files.take(f"N1,Amina Rahman,,{TEAM},Social worker,2026-01-05,")

    assert files.people()["Amina Rahman"][0] == "amina@northmoor.example"
    assert files.posts("Amina Rahman") == [(*HELD[:2], None, *HELD[3:])]


def test_a_file_without_the_column_leaves_managers_alone(files):
    head = "staff_ref,name,unit,job,started_on"

    imported = files.take(f"N1,Amina Rahman,{TEAM},Social worker,2026-01-05", head=head)

    assert imported.is_nothing
    assert files.posts("Amina Rahman") == [HELD]


def test_two_people_may_change_addresses_with_each_other(files):
    files.take(
        AMINA.replace("amina@", "bashir@"),
        f"N2,Bashir Aziz,amina@northmoor.example,{POLICE},Detective,2026-02-02,N4",
    )

    assert files.people()["Amina Rahman"][0] == "bashir@northmoor.example"
    assert files.people()["Bashir Aziz"][0] == "amina@northmoor.example"


# ---- posts ---------------------------------------------------------------------------------


def test_a_line_of_another_unit_or_job_is_a_second_post(files):
    imported = files.take(f"N1,Amina Rahman,,{POLICE},Adviser,2026-11-02,N4")

    assert (imported.changed, imported.posts, imported.ended) == (1, 1, 0)
    assert files.posts("Amina Rahman") == [
        HELD,
        (POLICE, "Adviser", "Dylan Shaw", "2026-11-02", None),
    ]


def test_in_a_complete_file_it_is_a_move_and_the_old_post_ends_the_day_before(files):
    imported = complete(
        files,
        f"N1,Amina Rahman,,{TEAM},Senior social worker,2026-11-02,N3",
        CARYS,
    )

    assert (imported.moved, imported.posts, imported.ended, imported.left) == (1, 1, 1, 0)
    assert files.posts("Amina Rahman") == [
        (*HELD[:4], "2026-11-01"),
        (TEAM, "Senior social worker", "Carys Evans", "2026-11-02", None),
    ]


def test_a_move_that_is_still_to_come_is_planned_once(files):
    lines = (f"N1,Amina Rahman,,{TEAM},Senior social worker,2027-01-04,N3", CARYS)

    complete(files, *lines)
    again = complete(files, *lines)

    assert again.is_nothing
    assert [post[3:] for post in files.posts("Amina Rahman")] == [
        ("2026-01-05", "2027-01-03"),
        ("2027-01-04", None),
    ]


def test_a_move_said_to_have_begun_before_the_old_post_leaves_that_its_days(files):
    complete(files, f"N1,Amina Rahman,,{TEAM},Senior social worker,2020-01-05,N3", CARYS)

    assert [post[3:] for post in files.posts("Amina Rahman")] == [
        ("2020-01-05", None),
        ("2026-01-05", "2026-11-20"),
    ]


def test_a_move_out_of_the_complete_unit_ends_what_was_below_it(files):
    imported = complete(
        files, f"N1,Amina Rahman,,{POLICE},Adviser,2026-11-02,N4", CARYS, confirm=True
    )

    assert (imported.moved, imported.left) == (1, 0)
    assert files.posts("Amina Rahman") == [
        (*HELD[:4], "2026-11-01"),
        (POLICE, "Adviser", "Dylan Shaw", "2026-11-02", None),
    ]


def test_a_first_day_that_was_wrong_is_mended_and_an_earlier_one_counts_as_news(files, service):
    files.take(AMINA.replace("2026-01-05", "2025-01-05"))

    assert files.posts("Amina Rahman") == [(*HELD[:3], "2025-01-05", None)]


# ---- leaving -------------------------------------------------------------------------------


def test_absence_means_nothing_unless_the_file_is_complete(files):
    assert files.take(NEW).left == 0

    assert files.people()["Amina Rahman"][2] is None


def test_who_is_not_in_a_complete_file_has_left_and_is_closed_not_deleted(files, service, amina):
    service.people.grant("amina@northmoor.example", Role.AUDITOR, "Northmoor")
    epoch = 0
    service.people.rights(amina, Session(NO_SESSION, epoch))

    imported = complete(files, CARYS, confirm=True)

    assert imported.left == 1
    assert str(files.people()["Amina Rahman"][2]) == "2026-11-20"
    assert files.posts("Amina Rahman") == [(*HELD[:4], "2026-11-20")]
    _, _, roles = files.everything()
    assert [str(ends) for name, _, _, ends in roles if name == "Amina Rahman"] == ["2026-11-20"]
    with pytest.raises(SignedOut):
        service.people.rights(amina, Session(NO_SESSION, epoch))


def test_people_of_a_manager_who_left_have_none(files):
    complete(files, AMINA.replace(",N3", ","), confirm=True)

    assert files.posts("Amina Rahman") == [(*HELD[:2], None, *HELD[3:])]


def test_a_file_that_does_not_speak_of_managers_takes_none_who_leaves(files):
    head = "staff_ref,name,unit,job,started_on"

    files.take(
        f"N1,Amina Rahman,{TEAM},Social worker,2026-01-05",
        head=head, unit=TEAM, complete=True, confirm=True,
    )  # fmt: skip

    assert files.posts("Amina Rahman") == [(*HELD[:2], None, *HELD[3:])]


def test_with_other_posts_only_those_below_the_unit_are_lost(files):
    files.take(f"N1,Amina Rahman,,{POLICE},Adviser,2026-11-02,N4")

    imported = complete(files, CARYS, confirm=True)

    assert (imported.left, imported.changed, imported.ended) == (0, 1, 1)
    assert files.people()["Amina Rahman"][2] is None
    assert [post[4] for post in files.posts("Amina Rahman")] == ["2026-11-20", None]


def test_a_guest_is_nobody_whom_hr_knows_and_stays(files, service, carys, clock):
    service.people.invite_guest(carys, "Idris Bello", "idris@elsewhere.example", clock.at.date())

    assert complete(files, AMINA, CARYS).is_nothing


def test_a_guest_who_is_in_the_file_was_hired(files, service, carys, clock):
    clock.forward(days=-30)
    until = clock.at.date().replace(month=12)
    service.people.invite_guest(carys, "Idris Bello", "idris@elsewhere.example", until)
    clock.forward(days=30)

    imported = files.take(f"N9,Idris Bello,idris@elsewhere.example,{TEAM},Worker,2026-11-16,N3")

    assert imported.joined == 1
    assert files.people()["Idris Bello"] == ("idris@elsewhere.example", "N9", None, False)
    assert files.posts("Idris Bello") == [
        (TEAM, "Guest", "Carys Evans", "2026-10-22", "2026-11-15"),
        (TEAM, "Worker", "Carys Evans", "2026-11-16", None),
    ]


def many(count):
    return [f"T{n},Person {n:03},,{TEAM},Worker,2026-01-05," for n in range(count)]


@pytest.mark.parametrize(("gone", "is_too_many"), [(3, False), (4, True)])
def test_more_than_one_in_ten_leaving_needs_a_word(files, gone, is_too_many):
    files.take(*many(28))  # with Amina and Carys thirty
    lines = [AMINA, CARYS, *many(28)[gone:]]

    if is_too_many:
        with pytest.raises(Refused, match=rf"^4 of 30 people of {TEAM} would leave"):
            complete(files, *lines)
        assert files.people()["Person 000"][2] is None

    assert complete(files, *lines, confirm=True).left == gone


def test_complete_needs_a_unit_that_there_is_and_no_lines_left_out(files):
    with pytest.raises(Refused, match="Name the unit"):
        files.take(AMINA, complete=True)
    with pytest.raises(NotFound, match="did you mean 'Northmoor/Council'"):
        files.take(AMINA, complete=True, unit="Northmoor/Counsil")
    with pytest.raises(Refused, match="choose one"):
        complete(files, AMINA, good_rows=True)


# ---- returning -----------------------------------------------------------------------------


def test_who_returns_is_the_same_person_with_a_new_post(files, service, amina):
    complete(files, CARYS, confirm=True)

    imported = files.take(AMINA.replace("2026-01-05", "2026-12-07"))

    assert (imported.returned, imported.joined) == (1, 0)
    assert service.people.by_reference("N1") == amina
    assert [post[3:] for post in files.posts("Amina Rahman")] == [
        ("2026-01-05", "2026-11-20"),
        ("2026-12-07", None),
    ]


def test_who_was_left_out_by_mistake_goes_on_with_the_same_post(files):
    complete(files, CARYS, confirm=True)

    imported = complete(files, CARYS, AMINA)

    assert (imported.returned, imported.posts) == (1, 0)
    assert files.posts("Amina Rahman") == [HELD]


def test_a_last_day_that_is_known_stays_while_the_file_still_has_them(files, service, people):
    service.staff.leave(people.efua, people.amina, service.staff.today().replace(month=12))

    assert files.take(AMINA).is_nothing
    assert str(files.people()["Amina Rahman"][2]) == "2026-12-21"


# ---- planned, then done --------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing_and_leaves_no_trace(files):
    lines = (AMINA.replace("Rahman", "Bell"), CARYS, NEW)
    complete(files, *lines)
    before, trail = files.everything(), files.audited()

    again = complete(files, *lines)

    assert again.is_nothing
    assert again.same == 3
    assert files.everything() == before
    assert files.audited() == trail


def test_a_dry_run_says_exactly_what_would_change_and_changes_nothing(files):
    before = files.everything()

    counts, told = files.plan(
        NEW,
        f"N3,Carys Evans,carys.evans@northmoor.example,{TEAM},Head of service,2026-11-16,N5",
        options=Options(unit=TEAM, complete=True),
    )

    assert (counts.joined, counts.moved, counts.left) == (1, 1, 1)
    assert told == [
        "Amina Rahman (N1) leaves",
        "last day 20 November 2026; roles and sessions end",
        f"ends {TEAM}, Social worker on 20 November 2026",
        "Carys Evans (N3) moves",
        "e-mail address: carys@northmoor.example → carys.evans@northmoor.example",
        f"begins {TEAM}, Head of service on 16 November 2026, manager Efua Mensah",
        f"ends {TEAM}, Team manager on 15 November 2026",
        "Gwen Okafor (N9) joins",
        f"begins {TEAM}, Social worker on 2 November 2026, manager Carys Evans",
    ]
    assert files.everything() == before


def test_a_plan_is_not_applied_when_people_have_changed_since(files, service):
    path = files.write(NEW)
    with service.people.plan(path, Options()) as plan:
        service.people.grant("carys@northmoor.example", Role.MANAGER, "Northmoor/Police")

        with pytest.raises(OutOfDate):
            service.people.apply(plan)

    assert "Gwen Okafor" not in files.people()


def test_a_plan_is_not_applied_on_another_day(files, service, clock):
    with service.people.plan(files.write(NEW), Options()) as plan:
        clock.forward(days=1)

        with pytest.raises(OutOfDate):
            service.people.apply(plan)


def test_the_audit_trail_has_ids_and_counts_and_no_names(files, service, amina):
    complete(files, CARYS, NEW, confirm=True)

    kept = rows(service, audit, audit.c.action.like("people.import%"))
    written = " ".join(row.details for row in kept[1:])
    assert str(amina) in written
    assert '"left":1' in written
    assert "northmoor" not in written.casefold()
    assert "Amina" not in written
    assert "Gwen" not in written


# ---- a lead's file -------------------------------------------------------------------------


@pytest.fixture
def council_lead(service, carys):
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Council")
    return carys


def planned(files, service, lead, line, **options):
    with service.people.plan(files.write(line), Options(**options), lead) as plan:
        return [str(fault) for fault in plan.faults]


def test_a_lead_takes_in_people_of_their_own_units(files, service, council_lead):
    assert planned(files, service, council_lead, NEW) == []


def test_a_lead_gives_no_post_in_another_unit(files, service, council_lead):
    line = f"N9,Gwen Okafor,,{POLICE},Adviser,2026-11-02,"

    assert planned(files, service, council_lead, line) == [
        f"line 2, unit: '{POLICE}' is not below a unit that you lead"
    ]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (f"N2,Somebody Else,bashir@northmoor.example,{TEAM},Adviser,2026-11-02,", "name"),
        (f"N2,Bashir Aziz,mine@northmoor.example,{TEAM},Adviser,2026-11-02,", "email"),
        (f"N5,Efua Mensah,mine@northmoor.example,{TEAM},Adviser,2026-11-02,", "email"),
    ],
)
def test_a_lead_renames_nobody_of_another_unit(files, service, council_lead, line, column):
    (fault,) = planned(files, service, council_lead, line)

    assert fault.startswith(f"line 2, {column}: is another here")


def test_a_lead_readdresses_nobody_who_has_a_role_above_them(files, service, council_lead):
    service.people.grant("amina@northmoor.example", Role.AUDITOR, "Northmoor")

    (fault,) = planned(files, service, council_lead, AMINA.replace("amina@", "carys.two@"))

    assert fault.startswith("line 2, email: is another here")


def test_a_lead_closes_nobody_who_has_a_role_above_them(files, service, council_lead):
    service.people.grant("amina@northmoor.example", Role.AUDITOR, "Northmoor")

    found = planned(files, service, council_lead, CARYS, unit=TEAM, complete=True)

    (fault,) = found
    assert fault.startswith("line 1: Amina Rahman is not in this file, and has a post or role")


def test_a_file_is_complete_only_for_a_unit_of_the_leads(files, service, council_lead):
    with pytest.raises(NotAllowed):
        planned(files, service, council_lead, AMINA, unit="Northmoor", complete=True)
    assert planned(files, service, council_lead, AMINA, unit="Northmoor/Council", complete=True)


def test_only_leads_plan(files, service, amina):
    with pytest.raises(NotAllowed):
        planned(files, service, amina, NEW)


# ---- and out again -------------------------------------------------------------------------


def test_what_is_exported_is_taken_back_unchanged(files, service, tmp_path):
    files.take(
        NEW,
        f"N1,Amina Rahman,,{POLICE},Adviser,2027-01-04,gwen@northmoor.example",
        f"N10,=HYPERLINK(1),-x@northmoor.example,{TEAM},@worker,2026-02-01,",
        f"+N11,'＝Ann 'Lee,,{TEAM},'t worker,2026-02-01,-x@northmoor.example",
        f"N12,Zoë Nguyễn 李,,{TEAM},－ worker,2026-02-01,+N11",
        f',"Ash, Mel ""Mo""",mel@northmoor.example,{TEAM},"Worker; nights",2026-02-01,N9',
    )
    out = io.StringIO()

    service.people.export(out)
    path = tmp_path / "out.csv"
    path.write_text(out.getvalue(), encoding="utf-8")

    assert out.getvalue().count("\n") == 12
    assert out.getvalue().startswith("\ufeff")
    assert "\nN10,'=HYPERLINK(1),'-x@" in out.getvalue().replace("\r", "")
    assert ",=" not in out.getvalue()
    assert service.people.import_file(path, unit="Northmoor", complete=True).is_nothing
