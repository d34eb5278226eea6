"""A lead is told on the page what is overdue and would end, and says that it is meant."""

from datetime import date

import pytest

from quizbot.standing.requirements import Draft
from tests.pages.test_admin_import import send

TEAM = "Northmoor/Council/Assessment"
LINE = "Amina Rahman: Referrals, overdue since 5 December 2026, then asked for no more"


@pytest.fixture
def rule(service, clock):
    """Everybody in the team had until 5 December; now it is March."""
    draft = Draft(
        unit=TEAM,
        modules=("referrals",),
        job="Social worker",
        in_force_from=date(2025, 1, 1),
        grace_days=14,
        reason="Everybody needs it.",
    )
    (rule_id,) = service.rules.save(draft, draft.fingerprint)
    clock.forward(days=100)
    return rule_id


@pytest.fixture
def efua_page(fresh_browser, people, rule):
    """Efua, who leads all of Northmoor."""
    return fresh_browser().sign_in("efua@northmoor.example")


def day(name, *parts):
    three = zip(("day", "month", "year"), parts, strict=True)
    return {f"{name}-{part}": value for part, value in three}


def asked_and_confirmed(page, button, **given):
    """The page asks first, and does it when it is said to be meant; what is then open."""
    asked = page.press(button, **given)
    assert asked.status == 400
    assert LINE in asked.words
    assert "say that it is meant" in asked.words
    return page.press(button, **given, confirm="yes")


def test_ending_a_post(efua_page, service, people):
    (held,) = service.finder.card(people.efua, people.amina).open_posts
    efua_page.get(f"/admin/people/{people.amina}/posts/{held.post_id}")

    done = asked_and_confirmed(efua_page, "Save", **day("ends_on", "15", "2", "2027"))

    assert done.notes == ["The post is saved."]
    words = efua_page.get("/admin/requirements/health").words
    assert "overdue from 5 December 2026 until 15 February 2027, and asked for no more" in words
    assert "Overdue duties ended or begun anew" in efua_page.get("/admin/audit").words


def test_a_move(efua_page, service, people):
    units = {line.path: str(line.unit_id) for line in service.people.units()}
    efua_page.get(f"/admin/people/{people.amina}/posts/new")
    (held,) = service.finder.card(people.efua, people.amina).open_posts

    given = {"unit": units["Northmoor/Police"], "instead_of": str(held.post_id)}
    done = asked_and_confirmed(efua_page, "Save", **given)

    assert done.notes == ["The new post is saved."]


def test_moving_a_unit(efua_page, service):
    units = {line.path: str(line.unit_id) for line in service.people.units()}
    draft = Draft(
        unit="Northmoor/Council", modules=("referrals",), in_force_from=date(2025, 1, 1),
        reason="Everybody needs it.",
    )  # fmt: skip
    service.rules.save(draft, draft.fingerprint)
    efua_page.get(f"/admin/units/{units[TEAM]}")

    done = efua_page.press("Move it, with all below", parent=units["Northmoor/Police"])

    assert done.notes == ["The unit is moved."]  # the rule of the team itself goes with it


def test_ending_a_rule(efua_page, rule):
    efua_page.get(f"/admin/requirements/{rule}")

    done = asked_and_confirmed(efua_page, "End this rule today")

    assert done.notes == ["The rule ends today. What it asked until now stays on record."]


def test_changing_a_rule_tells_it_in_the_preview(efua_page, rule):
    efua_page.get(f"/admin/requirements/{rule}")
    later = day("from", "1", "4", "2027")

    preview = efua_page.press("See what it would do", reason="Later.", **later)
    assert LINE in preview.words
    refused = efua_page.press("Save this rule")
    assert (refused.status, LINE in refused.words) == (400, True)
    done = efua_page.press("Save this rule", confirm="yes")

    assert done.notes == ["The rule is saved."]


def test_a_people_file(efua_page, service, people, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    carys = f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,"
    amina = f"N1,Amina Rahman,amina@northmoor.example,{TEAM},Worker,2027-03-01,N3"

    page = send(efua_page, f"{carys}\n{amina}", holds="all", unit=TEAM)
    assert LINE in page.words
    page = efua_page.press("Take it in as shown")
    assert page.errors == ["Say that it is meant, or cancel"]
    page = efua_page.press("Take it in as shown", confirm="yes")

    assert page.notes[0].startswith("The file is taken in:")
