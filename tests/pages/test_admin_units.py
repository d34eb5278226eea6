"""Leads keep the tree of units: add, rename, move, end."""

import pytest

from quizbot.access import Role

COUNCIL = "Northmoor/Council"


@pytest.fixture
def units(service):
    return {line.path: str(line.unit_id) for line in service.people.units()}


def paths(service):
    return [line.path for line in service.people.units()]


def test_the_tree_shows_each_unit_with_its_people(efua_page):
    page = efua_page.get("/admin/units")

    rows = [row.words for row in page.main.all("tr")]
    assert rows[1:4] == ["Northmoor Partnership 1", "Council Agency 0", "Assessment Team 2"]


def test_the_pages_are_for_leads_of_that_unit(
    amina_page, carys_page, fresh_browser, service, units
):
    for page in (amina_page, carys_page):
        assert page.get("/admin/units").status == 403
        assert page.get(f"/admin/units/{units[COUNCIL]}").status == 403
    service.people.grant("carys@northmoor.example", Role.LEAD, COUNCIL)
    assert carys_page.get(f"/admin/units/{units[COUNCIL]}").status == 200
    assert carys_page.get(f"/admin/units/{units['Northmoor']}").status == 404
    assert carys_page.get(f"/admin/units/{units['Northmoor/Police']}").status == 404


def test_a_unit_is_added_renamed_moved_and_ended(efua_page, service, units):
    efua_page.get("/admin/units")
    page = efua_page.press("Add", name="Health", parent=units["Northmoor"])
    assert page.notes == ["Health is added."]
    page = efua_page.follow("Health")
    efua_page.press("Save the name", name="Health visitors")
    page = efua_page.press("Move it, with all below", parent=units[COUNCIL])
    assert "Northmoor/Council/Health visitors: 0 people in it" in page.words

    page = efua_page.press("End this unit")

    assert page.notes == ["The unit has ended."]
    assert sorted(paths(service)) == sorted(units)


def test_a_unit_with_people_in_it_offers_no_end_and_refuses_it(efua_page, units, service):
    page = efua_page.get(f"/admin/units/{units[COUNCIL]}")
    assert page.buttons == ["Save the name", "Move it, with all below"]

    page = efua_page.post(f"/admin/units/{units[COUNCIL]}/end")

    assert page.status == 400
    assert "2 people are in Northmoor/Council or below." in page.words
    assert COUNCIL in paths(service)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "Enter the name of the unit"),
        ("a/b", "Leave out the slash: it stands between units"),
        ("police", "Northmoor/Police is there already"),
        ("x" * 201, "Shorten this to 200 characters: it has 201"),
    ],
)
def test_a_name_that_cannot_be_is_told_and_kept(efua_page, units, name, error):
    efua_page.get("/admin/units")

    page = efua_page.press("Add", name=name, parent=units["Northmoor"])

    assert page.errors == [error]
    assert page.main.all("input", name="name")[0]["value"] == name


def test_a_unit_is_not_put_below_itself(efua_page, units):
    page = efua_page.get(f"/admin/units/{units[COUNCIL]}")
    assert units[COUNCIL] not in [option["value"] for option in page.main.all("option")]

    page = efua_page.press("Move it, with all below", parent=units[f"{COUNCIL}/Assessment"])

    assert page.errors == ["A unit cannot be moved below itself"]
    assert efua_page.press("Move it, with all below", parent="x").errors == [
        "Choose the unit above"
    ]
