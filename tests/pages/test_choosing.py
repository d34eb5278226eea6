"""Choosing among many people in a form: finding them, all of them, and never losing a tick."""

from datetime import date

import pytest

from web.forms import gone, left_out

HEAD = "staff_ref,name,email,unit,job,started_on,manager\n"
ASK = "/team/requests/new"


@pytest.fixture
def many(service, people, tmp_path):
    """Carys's people: Amina, twelve more of her team, and three detectives."""
    file = tmp_path / "more.csv"
    lines = [
        f"T{n},Person {n:02},,Northmoor/Council/Assessment,Social worker,2026-01-05,N3\n"
        for n in range(12)
    ]
    lines += [
        f"D{n},Officer {n:02},,Northmoor/Police/Child protection,Detective,2026-01-05,N3\n"
        for n in range(3)
    ]
    file.write_text(HEAD + "".join(lines))
    service.people.import_file(file)
    return people


def offered(page):
    """The names that can be ticked, in their order."""
    labels = {label["for"]: label.words for label in page.main.all("label")}
    return [labels[box["id"]] for box in page.main.all("input", name="people")]


def ticked(page, name="people"):
    """What of a kind is ticked: names where it is people."""
    labels = {label["for"]: label.words for label in page.main.all("label")}
    return [labels[box["id"]] for box in page.main.all("input", name=name) if "checked" in box]


def id_of(page, name):
    """What a box sends."""
    labels = {label.words: label["for"] for label in page.main.all("label")}
    return next(box["value"] for box in page.main.all("input", id=labels[name]))


OFFICERS = ["Officer 00", "Officer 01", "Officer 02"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("officer", OFFICERS),
        ("DETECTIVE", OFFICERS),
        ("police/child", OFFICERS),
        ("person 11", ["Person 11"]),
        ("social 03", ["Person 03"]),
        ("nobody at all", []),
    ],
)
def test_people_are_found_by_parts_of_name_job_and_unit(carys_page, many, words, found):
    carys_page.get(ASK)
    page = carys_page.press("Show", find=words, look="some")

    assert page.status == 200
    assert offered(page) == found
    assert offered(carys_page.get(f"{ASK}?find={words}")) == found


def test_nothing_ticked_or_typed_is_lost_while_people_are_looked_for(carys_page, many):
    page = carys_page.get(ASK)
    typed = {"modules": "referrals", "due-day": "24", "reason": "Before the audit."}

    page = carys_page.press(
        "Show", people=id_of(page, "Person 05"), find="officer", look="some", **typed
    )

    assert offered(page) == ["Person 05", *OFFICERS]
    assert ticked(page) == ["Person 05"]
    assert "1 chosen of 16. 3 found by “officer”" in page.words
    assert ticked(page, "modules") == ["Referrals"]
    assert page.tree.all("input", name="due-day")[0]["value"] == "24"
    assert "Before the audit." in page.body


def test_all_who_are_found_are_chosen_at_once_and_asked(carys_page, many, service):
    carys_page.get(ASK)
    carys_page.press("Show", find="officer", look="some")
    carys_page.press("Choose all 3 found", look="all")
    page = carys_page.press("Show", find="amina", look="some")
    assert ticked(page) == OFFICERS

    page = carys_page.press("Choose all 1 found", look="all")
    assert ticked(page) == ["Amina Rahman", *OFFICERS]
    page = carys_page.press("Ask", modules="referrals")

    assert "Asked: 4." in page.words


def test_whom_to_confirm_is_found_in_the_same_way(carys_page, many, service):
    page = carys_page.get("/team/attest?module=referrals")
    given = {"objectives": "consent", "evidence": "discussion", "note": "We talked."}
    given |= {"statement": "2026-1"}

    page = carys_page.press(
        "Show", people=id_of(page, "Person 05"), find="officer 01", look="some", **given
    )

    assert page.status == 200
    assert offered(page) == ["Person 05", "Officer 01"]
    assert ticked(page) == ["Person 05"]
    for name in ("objectives", "evidence", "statement"):
        assert len(ticked(page, name)) == 1
    assert "We talked." in page.body
    carys_page.press("Choose all 1 found", look="all")
    assert "Confirmed: 2." in carys_page.press("Confirm").words


def test_nobody_is_chosen_again_with_one_button(carys_page, many):
    carys_page.get(ASK)
    page = carys_page.press("Choose all 16", look="all")
    assert len(ticked(page)) == 16

    assert ticked(carys_page.press("Untick everybody", look="none")) == []


def test_a_form_with_a_fault_keeps_who_is_chosen_and_what_was_looked_for(carys_page, many):
    carys_page.get(ASK)
    carys_page.press("Choose all 16", look="all")
    carys_page.press("Show", find="officer", look="some")

    page = carys_page.press("Ask")

    assert page.errors == ["Choose at least one questionnaire"]
    assert len(ticked(page)) == 16
    assert page.tree.all("input", name="find")[0]["value"] == "officer"


def test_a_fault_is_told_where_nobody_is_found(carys_page, many):
    carys_page.get(f"{ASK}?find=nobody+at+all")

    assert carys_page.press("Ask").status == 400
    assert "Nobody of your people is found" in carys_page.page.words


def test_those_whom_the_team_shows_are_asked_by_one_link(carys_page, many):
    carys_page.get("/team?name=officer&module=referrals")

    page = carys_page.follow("Ask these 3 people")

    assert ticked(page) == OFFICERS
    assert ticked(page, "modules") == ["Referrals"]
    assert len(offered(page)) == 16


def test_the_whole_team_is_no_choice_to_ask(carys_page, many):
    assert not any(words.startswith("Ask these") for words in carys_page.get("/team").links)


def test_whom_one_cannot_ask_any_more_is_told_as_that_and_the_others_stay_ticked(
    carys_page, many, service
):
    page = carys_page.get(ASK)
    five = [id_of(page, name) for name in ("Amina Rahman", "Person 01", "Person 02", *OFFICERS[:2])]
    service.staff.leave(many.efua, many.amina, date(2026, 11, 20))

    page = carys_page.press("Ask", people=five, modules="referrals")

    assert page.errors == [left_out(1, 5)]
    assert sorted(ticked(page)) == ["Officer 00", "Officer 01", "Person 01", "Person 02"]
    carys_page.press("Ask", people=five[1:], modules="referrals")
    assert len(service.requests.page(many.carys).lines) == 4


def test_where_all_who_were_ticked_are_gone_that_is_told(carys_page, many, service):
    page = carys_page.get(ASK)
    amina = id_of(page, "Amina Rahman")
    service.staff.leave(many.efua, many.amina, date(2026, 11, 20))

    page = carys_page.press("Ask", people=amina, modules="referrals")

    assert page.errors == [gone("Choose at least one person")]


def test_where_nobody_was_ticked_that_is_told(carys_page, many):
    carys_page.get(ASK)

    page = carys_page.press("Ask", people=(), modules="referrals")

    assert page.errors == ["Choose at least one person"]


def test_a_unit_that_has_ended_meanwhile_is_told_as_that(fresh_browser, many, service):
    page = fresh_browser().sign_in("efua@northmoor.example")
    fire = service.units.add(many.efua, service.people.units()[0].unit_id, "Fire")
    page.get("/admin/requirements/new?example=induction")
    service.units.end(many.efua, fire)

    page.press("See what it would do", unit="Northmoor/Fire", modules="referrals", reason="Why.")

    assert page.page.errors == [gone("Choose a unit")]
