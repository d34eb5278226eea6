"""Leads keep people in step: find, add, edit, move, leave, roles, slips."""

import re

import pytest

from quizbot.access import Role
from tests.people.people_files import TEAM, Files, without_address

POLICE = "Northmoor/Police/Child protection"
PATHS = ("", "/new", "/{}", "/{}/edit", "/{}/posts/new", "/{}/leave", "/{}/roles/new", "/import")


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


@pytest.fixture
def units(service):
    return {line.path: str(line.unit_id) for line in service.people.units()}


def day(name, value):
    """The three fields of a day."""
    parts = zip(("day", "month", "year"), value.split(), strict=True)
    return {f"{name}-{part}": words for part, words in parts}


def typed(page):
    """What stands in the fields of a page."""
    return {field["name"]: field["value"] for field in page.main.all("input")} | {
        select["name"]: option["value"]
        for select in page.main.all("select")
        for option in select.all("option")
        if "selected" in option
    }


# ---- who may -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_the_pages_are_for_leads_alone(amina_page, carys_page, anyone, people, path):
    path = "/admin/people" + path.format(people.bashir)

    assert amina_page.get(path).status == 403
    assert carys_page.get(path).status == 403
    assert anyone.get(path).location == "/sign-in"


def test_a_lead_of_other_units_finds_nobody_of_that_kind(fresh_browser, service, people):
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Council")
    carys = fresh_browser().sign_in("carys@northmoor.example")

    assert [line.all("a")[0].words for line in carys.get("/admin/people").main.all("li")] == [
        "Amina Rahman",
        "Carys Evans",
    ]
    for path in PATHS[2:7]:
        assert carys.get("/admin/people" + path.format(people.bashir)).status == 404


# ---- finding -------------------------------------------------------------------------------


def test_people_are_found_and_opened(efua_page):
    assert efua_page.get("/admin").links["People"] == "/admin/people"
    page = efua_page.get("/admin/people?q=rahm")

    assert "1 person" in page.words
    assert TEAM in page.words
    page = efua_page.follow("Amina Rahman")
    assert page.heading == "Amina Rahman"
    assert "Social worker, Northmoor/Council/Assessment" in page.words
    assert "Manager: Carys Evans." in page.words


def test_what_was_looked_for_stays_in_the_field_and_nobody_found_is_said(efua_page):
    page = efua_page.get('/admin/people?q="><b>zz&page=-3')

    assert typed(page)["q"] == '"><b>zz'
    assert "Nobody of your units is found" in page.words


def test_who_has_left_is_found_when_asked_for(efua_page, service, people):
    service.staff.leave(people.efua, people.amina, service.staff.today().replace(day=1))

    assert "Nobody of your units" in efua_page.get("/admin/people?q=amina").words
    assert "Last day: 1 November 2026" in efua_page.get("/admin/people?q=amina&left=yes").words


def test_long_lists_have_pages(efua_page, files):
    files.take(*(f"T{n},Person {n:02},,{TEAM},Worker,2026-01-05," for n in range(60)))

    page = efua_page.get("/admin/people?q=person&left=yes")

    assert "60 people, page 1 of 4" in page.words
    assert page.links["Next page"] == "/admin/people?q=person&left=yes&page=2"
    assert "Person 16" in efua_page.follow("Next page").words


# ---- adding and editing --------------------------------------------------------------------


def test_somebody_is_added_with_a_post(efua_page, files, units):
    efua_page.get("/admin/people")
    efua_page.follow("Add one person")
    page = efua_page.press(
        "Add",
        name="Gwen Okafor",
        email="Gwen@northmoor.example",
        unit=units[TEAM],
        job="Social worker",
        manager="N3",
        **day("starts_on", "2 11 2026"),
    )

    assert page.heading == "Gwen Okafor"
    assert page.notes == ["Gwen Okafor is added."]
    assert files.posts("Gwen Okafor") == [
        (TEAM, "Social worker", "Carys Evans", "2026-11-02", None)
    ]


def test_what_was_typed_is_still_there_with_each_thing_to_mend(efua_page, files, units):
    before = files.everything()
    efua_page.get("/admin/people/new")
    page = efua_page.press(
        "Add",
        name="",
        email="gwen",
        staff_ref="N9",
        unit=units[TEAM],
        job="Worker",
        manager="nobody",
        **day("starts_on", "31 2 2026"),
    )

    assert page.status == 400
    assert page.errors == ["Enter the name", "Enter a real day, such as 30 6 2027"]
    fields = typed(page)
    assert (fields["email"], fields["staff_ref"], fields["manager"]) == ("gwen", "N9", "nobody")
    assert fields["unit"] == units[TEAM]
    assert [fields[f"starts_on-{part}"] for part in ("day", "month", "year")] == ["31", "2", "2026"]
    assert files.everything() == before


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (
            {"email": "amina@northmoor.example"},
            "This belongs to somebody else here: leave it empty, and print a sign-in slip",
        ),
        ({"manager": "N9"}, "Nobody here has this staff number or address: check it"),
        ({"unit": ""}, "Choose a unit"),
        ({"unit": "01a00000-0000-7000-8000-000000000000"}, "Choose one of the units that you lead"),
        ({"job": "Guest"}, "Guest is for candidates: name the job"),
        ({"name": "x" * 300}, "Shorten this to 200 characters: it has 300"),
        ({"starts_on-year": "2066"}, "The first day is more than two years ahead: check the year"),
    ],
)
def test_each_fault_of_a_new_person_is_told_at_its_field(efua_page, units, given, error):
    fields = {"name": "Gwen", "staff_ref": "N9", "unit": units[TEAM], "job": "Worker"}
    efua_page.get("/admin/people/new")

    page = efua_page.press("Add", **fields | day("starts_on", "2 11 2026") | given)

    assert page.errors == [error]


def test_a_name_is_never_a_tag(efua_page, units):
    efua_page.get("/admin/people/new")
    fields = {"name": "<b>Gwen</b>", "staff_ref": "N9", "unit": units[TEAM], "job": "<i>x</i>"}

    page = efua_page.press("Add", **fields | day("starts_on", "2 11 2026"))

    assert page.heading == "<b>Gwen</b>"
    assert "<b>Gwen" not in page.body


def test_name_address_and_number_are_mended(efua_page, people):
    efua_page.get(f"/admin/people/{people.amina}")
    page = efua_page.follow("Change name, address or number")
    assert typed(page)["email"] == "amina@northmoor.example"

    page = efua_page.press("Save", name="Amina Bell", email="a.bell@northmoor.example")

    assert page.heading == "Amina Bell"
    assert "a.bell@northmoor.example" in page.words
    efua_page.follow("Change name, address or number")
    assert efua_page.press("Save", email="bashir@northmoor.example").errors == [
        "This belongs to somebody else here: leave it empty, and print a sign-in slip"
    ]


def test_a_form_that_lay_too_long_is_shown_again_filled(efua_page, people):
    efua_page.get(f"/admin/people/{people.amina}/edit")

    page = efua_page.press("Save", name="Amina Bell", csrf_token="old")

    assert page.status == 400
    assert "nothing was lost" in page.errors[0]
    assert typed(page)["name"] == "Amina Bell"
    assert efua_page.press("Save").heading == "Amina Bell"


# ---- posts ---------------------------------------------------------------------------------


def test_a_move_ends_the_post_before(efua_page, people, units, files):
    efua_page.get(f"/admin/people/{people.amina}")
    efua_page.follow("Move, or add a post")
    page = efua_page.press(
        "Save",
        unit=units[POLICE],
        job="Adviser",
        manager="dylan@northmoor.example",
        **day("starts_on", "23 11 2026"),
    )

    assert (
        "Social worker, Northmoor/Council/Assessment 5 January 2026 to 22 November 2026."
        in page.words
    )
    assert [post[:2] for post in files.posts("Amina Rahman")] == [
        (TEAM, "Social worker"),
        (POLICE, "Adviser"),
    ]


def test_a_further_post_ends_nothing(efua_page, people, units, files):
    efua_page.get(f"/admin/people/{people.amina}/posts/new")
    efua_page.press("Save", instead_of="none", unit=units[POLICE], job="Adviser")

    assert [post[4] for post in files.posts("Amina Rahman")] == [None, None]


def test_a_post_gets_another_manager_and_a_last_day(efua_page, people, files):
    efua_page.get(f"/admin/people/{people.amina}")
    efua_page.follow("Change or end Social worker, Northmoor/Council/Assessment")
    assert efua_page.press("Save", manager="N1").errors == ["Nobody is their own manager"]

    efua_page.press("Save", manager="N5", **day("ends_on", "31 12 2026"))

    assert files.posts("Amina Rahman") == [
        (TEAM, "Social worker", "Efua Mensah", "2026-01-05", "2026-12-31")
    ]
    assert efua_page.get(f"/admin/people/{people.amina}/posts/{people.amina}").status == 404


# ---- leaving -------------------------------------------------------------------------------


def test_who_leaves_is_gone_from_every_list_and_can_be_taken_back(
    efua_page, carys_page, people, units, files
):
    efua_page.get(f"/admin/people/{people.amina}")
    efua_page.follow("Amina Rahman leaves")
    page = efua_page.press("Save the last day", **day("last_day", "20 11 2026"))

    assert page.notes == ["It is noted that Amina Rahman leaves."]
    assert "Amina" not in page.main.all("ul")[0].words
    assert "Amina" not in carys_page.get("/team").words
    page = efua_page.get(f"/admin/people/{people.amina}")
    assert "Left on 20 November 2026." in page.words
    assert "Print a sign-in slip" not in page.buttons
    efua_page.follow("Give a post")
    page = efua_page.press("Save", unit=units[TEAM], job="Adviser", manager="N3")
    assert "Left on" not in page.words
    assert "Amina" in carys_page.get("/team").words


def test_a_last_day_to_come_can_be_taken_back(efua_page, people):
    efua_page.get(f"/admin/people/{people.amina}/leave")
    efua_page.press("Save the last day", **day("last_day", "31 12 2026"))
    page = efua_page.get(f"/admin/people/{people.amina}")
    assert "Last day: 31 December 2026." in page.words

    page = efua_page.press("They do not leave after all")

    assert "Last day" not in page.words


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("  ", "Enter the last day"),
        ("1 1 1999", "The last day is more than two years away: check the year"),
    ],
)
def test_a_last_day_that_cannot_be(efua_page, people, words, error):
    efua_page.get(f"/admin/people/{people.amina}/leave")
    fields = day("last_day", words) if words.strip() else day("last_day", "_ _ _")
    fields = {name: value.strip("_") for name, value in fields.items()}

    assert efua_page.press("Save the last day", **fields).errors == [error]


# ---- roles ---------------------------------------------------------------------------------


def test_a_deputy_is_given_a_role_with_dates_and_it_is_ended(efua_page, bashir_page, people, units):
    efua_page.get(f"/admin/people/{people.bashir}")
    efua_page.follow("Give a role, such as deputy")
    page = efua_page.press(
        "Give the role", role="manager", unit=units[TEAM], **day("ends_on", "30 11 2026")
    )

    assert f"Manager of {TEAM} From 21 November 2026 to 30 November 2026" in page.words
    assert "Amina Rahman" in bashir_page.get("/team").words
    page = efua_page.press(f"End it today : Manager of {TEAM}")
    assert page.notes == ["The role has ended."]
    page = bashir_page.get("/team")
    assert (page.status, page.headers["Location"]) == (303, "/sign-in")  # his session ended with it
    assert bashir_page.sign_in("bashir@northmoor.example").get("/team").status == 403


def test_a_role_without_a_choice_says_so(efua_page, people):
    efua_page.get(f"/admin/people/{people.bashir}/roles/new")

    page = efua_page.press("Give the role", **day("starts_on", "1 1 2020"))

    assert page.errors == ["Choose a role", "Choose a unit"]


# ---- slips ---------------------------------------------------------------------------------


def code_of(page):
    (code,) = re.findall(r"[A-Z]{4}(?:-[A-Z]{4}){3}", page.words)
    return code


def test_a_slip_is_printed_and_signs_in_once(efua_page, fresh_browser, people, files):
    files.take(f"V1,Mel Ash,,{TEAM},Volunteer,2026-01-05,N3")
    efua_page.get("/admin/people?q=mel")
    efua_page.follow("Mel Ash")
    page = efua_page.press("Print a sign-in slip")
    code = code_of(page)
    assert page.heading == "Sign-in slip"
    assert "until 5 December 2026" in page.words

    mel = fresh_browser()
    mel.get("/sign-in")
    mel.follow("Sign in with a printed slip")
    page = mel.press("Sign in", code=code.lower().replace("-", " "))

    assert page.heading == "My record"
    other = fresh_browser()
    other.get("/sign-in/slip")
    page = other.press("Sign in", code=code)
    assert page.errors == [
        "This code is not right, was used already, or is older than 14 days. Ask for a new slip."
    ]
    assert typed(page)["code"] == code


def test_a_manager_prints_for_their_own_people_and_nobody_else_does(
    carys_page, amina_page, service, people
):
    amina_page.get("/me")
    assert amina_page.post(f"/slips/{people.amina}").status == 404
    carys_page.get("/me")
    assert carys_page.post(f"/slips/{people.bashir}").status == 404
    assert carys_page.post(f"/slips/{people.amina}").status == 403
    without_address(service, people.amina)
    assert carys_page.post(f"/slips/{people.amina}").heading == "Sign-in slip"


def test_a_slip_without_a_code_says_what_one_looks_like(anyone):
    anyone.get("/sign-in/slip")

    assert "16 letters" in anyone.press("Sign in", code="").errors[0]


def test_the_code_is_in_no_cookie_and_no_address(efua_page, service, people):
    without_address(service, people.amina)
    efua_page.get(f"/admin/people/{people.amina}")
    page = efua_page.press("Print a sign-in slip")
    code = code_of(page)

    assert page.location == ""
    assert code not in efua_page.cookie("knowledge")
    assert code not in efua_page.get("/me").body


def test_two_records_of_one_person_are_looked_at_made_one_and_two_again(efua_page, people, files):
    line = f"123,Amina Rahman,,{TEAM},Social worker,2026-01-05,N3"
    files.take(line, confirm=True)
    efua_page.get(f"/admin/people/{people.amina}")
    efua_page.follow("Another record of this person")
    assert efua_page.press("Look at both", other="N77").errors == [
        "There is no such other record wholly in the units that you lead"
    ]

    page = efua_page.press("Look at both", other="123")
    assert "Staff number N1 123" in page.words
    assert efua_page.press("Make them one").errors == [
        "Say that these are one person, or leave them as two"
    ]
    page = efua_page.press("Make them one", confirm="yes")

    assert page.notes[0].startswith("The two records are one now.")
    assert "123" not in [ref for _, ref, *_ in files.people().values()]
    efua_page.follow("Another record of this person")
    page = efua_page.press("Undo the last joining")
    assert page.notes[0].startswith("There are two records again.")


def test_ones_own_record_is_joined_by_another_lead(efua_page, people):
    page = efua_page.get(f"/admin/people/{people.amina}/join?other=N5")

    assert page.errors == ["This is your own record: ask another lead."]
