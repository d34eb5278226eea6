"""Candidates from outside: invited for a questionnaire, seen by who invited them, gone in time."""

from datetime import date

import pytest

from quizbot.standing.requirements import Draft
from tests.people.people_files import without_address

IDRIS = "idris@elsewhere.example"


def until(words):
    parts = zip(("day", "month", "year"), words.split(), strict=True)
    return {f"until-{part}": value for part, value in parts}


def invite(page, **given):
    page.get("/team/requests/new")
    page.follow("Invite them")
    fields = {"name": "Idris Bello", "email": IDRIS, "modules": "referrals"}
    return page.press("Invite", **fields | given)


def test_a_candidate_is_invited_takes_it_and_the_manager_sees_the_outcome(
    carys_page, fresh_browser, take
):
    page = invite(carys_page)
    assert page.notes == ["Idris Bello is invited, and told so by e-mail."]
    assert "Idris Bello" in carys_page.get("/team").words

    idris = fresh_browser().sign_in(IDRIS)
    assert "Carys Evans" in idris.page.words
    take(idris, "Start")

    carys_page.get("/team")
    assert "Passed" in carys_page.follow("Idris Bello").words


def test_who_is_invited_again_under_another_name_keeps_theirs_and_the_manager_is_told(carys_page):
    invite(carys_page)

    page = invite(carys_page, name="Idris Renamed")

    (note,) = page.notes
    assert note == (
        "Idris Bello is invited, and told so by e-mail. This address is known here under that name;"
        " Idris Renamed was not noted."
    )
    assert "Renamed" not in carys_page.get("/team").words


def test_after_the_last_day_a_guest_is_gone(carys_page, fresh_browser, clock):
    invite(carys_page, **until("23 11 2026"))
    idris = fresh_browser().sign_in(IDRIS)
    clock.forward(days=3)

    assert idris.get("/me").location == "/sign-in"
    assert (
        "Idris Bello" not in fresh_browser().sign_in("carys@northmoor.example").get("/team").words
    )


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"name": ""}, ["Enter the name of the person you invite"]),
        ({"email": "idris"}, ["Enter an e-mail address, such as name@example.org"]),
        ({"modules": ()}, ["Choose at least one questionnaire"]),
        (until("1 11 2026"), ["The last day is in the past: choose today or a day to come"]),
        (until("1 5 2027"), ["A guest stays 90 days at most: choose an earlier day"]),
    ],
)
def test_what_cannot_be_is_told_with_what_was_typed(carys_page, given, errors):
    page = invite(carys_page, **given)

    assert page.status == 400
    assert page.errors == errors
    assert page.main.all("input", name="name")[0]["value"] == given.get("name", "Idris Bello")


def test_an_address_of_somebody_here_is_refused_without_a_name(carys_page):
    page = invite(carys_page, email="bashir@northmoor.example")

    assert page.errors[0].startswith("This address cannot be invited.")
    assert "Bashir" not in page.words


def test_only_managers_invite(amina_page):
    assert amina_page.get("/team/guests/new").status == 403


def test_no_rule_asks_a_guest(service, people, carys_page):
    invite(carys_page)
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=date(2026, 11, 21),
        within_days=30,
        reason="All",
    )

    named = service.rules.preview(draft, people.efua)

    assert named.people == 5


def test_a_manager_prints_a_slip_for_one_of_their_people_who_has_no_address(
    carys_page, service, people
):
    page = carys_page.get(f"/team/people/{people.amina}")
    assert "Print a sign-in slip" not in page.buttons
    without_address(service, people.amina)
    carys_page.get(f"/team/people/{people.amina}")

    assert carys_page.press("Print a sign-in slip").heading == "Sign-in slip"
