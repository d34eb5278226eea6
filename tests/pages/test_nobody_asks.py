"""Nobody will ever ask them: people whom no rule reaches, by unit, and the rule that would."""

from datetime import date

import pytest

from quizbot.access import Role
from quizbot.standing.requirements import Draft
from tests.people.people_files import TEAM, Files
from tests.shipped import BANKS

PAGE = "/admin/requirements/nobody"
POLICE = "Northmoor/Police/Child protection"


@pytest.fixture
def assessments(service):
    """A second questionnaire."""
    service.editions.publish([BANKS["assessments"]], service.place)


def make_rule(service, unit, *modules, job=""):
    draft = Draft(
        unit=unit,
        modules=modules or tuple(e.module.id for e in service.editions.all_current()),
        in_force_from=date(2026, 1, 1),
        job=job,
        within_months=4,
        every_months=24,
        reason="So that everybody is asked.",
    )
    service.rules.save(draft, draft.fingerprint)


def test_without_rules_everybody_is_there_by_unit(efua_page):
    page = efua_page.get(PAGE)

    assert "5 people of your units are in a post" in page.words
    assert "5 of them no rule asks for anything" in page.words
    assert f"{TEAM} 2 of {TEAM} All questionnaires Make a rule" in page.words


def test_only_those_whom_no_rule_reaches_are_there(efua_page, service, assessments):
    make_rule(service, "Northmoor/Council")
    make_rule(service, "Northmoor", "referrals")

    page = efua_page.get(PAGE)

    assert "3 people of your units are in a post" in page.words
    assert "0 of them no rule asks for anything" in page.words
    assert TEAM not in page.words
    assert POLICE in page.words


def test_the_rule_that_would_reach_them_is_filled_in_as_its_neighbour(efua_page, service):
    make_rule(service, "Northmoor/Council")
    efua_page.get(PAGE)

    page = efua_page.follow(f"Make a rule for {POLICE}")

    form = page.form("See what it would do")
    chosen = {one["value"] for one in form.all("option") if "selected" in one}
    ticked = {one["value"] for one in form.all("input", name="modules") if "checked" in one}
    assert POLICE in chosen
    assert ticked == {e.module.id for e in service.editions.all_current()}
    assert form.all("input", name="every_months")[0]["value"] == "24"
    page = efua_page.press(
        "See what it would do", unit=POLICE, refresher="full", reason="As the others."
    )
    assert "People it asks 2" in page.words
    efua_page.press("Save this rule")
    assert POLICE not in efua_page.get(PAGE).words


def test_where_nearly_all_is_missing_what_is_not_is_named(efua_page, service, assessments):
    service.editions.publish([BANKS["core-groups"]], service.place)
    make_rule(service, "Northmoor", "referrals")

    assert f"{TEAM} 2 of {TEAM} All but Referrals Make a rule" in efua_page.get(PAGE).words


def test_where_a_rule_reaches_one_job_the_other_is_named(efua_page, service):
    make_rule(service, "Northmoor/Council", job="Social worker")

    page = efua_page.get(PAGE)

    (href,) = [to for words, to in page.links.items() if words == f"Make a rule for {TEAM}"]
    assert "job=Team+manager" in href


def test_the_people_of_a_unit_are_there_by_name(efua_page, service, assessments):
    make_rule(service, "Northmoor/Council", "referrals")
    efua_page.get(PAGE)

    page = efua_page.follow(f"2 of {TEAM}")

    assert page.words.index("Amina Rahman Social worker") < page.words.index("Carys Evans")
    assert "All questionnaires" not in page.words


def test_long_lists_come_in_pages(efua_page, service, tmp_path):
    lines = [f"X{n},Person {n:03},,{POLICE},Constable,2026-11-02," for n in range(120)]
    Files(service, tmp_path).take(*lines)
    efua_page.get(PAGE)

    page = efua_page.follow(f"122 of {POLICE}")
    assert "Person 047" in page.words
    assert "Person 048" not in page.words
    page = efua_page.get(f"{page.path}?page=3")

    assert "Person 119" in page.words
    assert efua_page.get(f"{page.path.split('?')[0]}?page=99").status == 303


def test_a_lead_sees_their_own_units_alone(fresh_browser, people, service):
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Council")
    police = fresh_browser().sign_in("efua@northmoor.example").get(PAGE)
    carys = fresh_browser().sign_in("carys@northmoor.example")

    page = carys.get(PAGE)

    assert "2 people of your units" in page.words
    assert "Police" not in page.words
    assert carys.get(police.links[f"2 of {POLICE}"]).status == 404


def test_the_desk_counts_them(efua_page, service):
    assert "5 people whom no rule asks for anything" in efua_page.get("/admin").words

    make_rule(service, "Northmoor", "referrals")

    assert "whom no rule asks" not in efua_page.get("/admin").words
