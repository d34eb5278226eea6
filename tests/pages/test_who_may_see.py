"""Pages by who sees them, beside the table of docs/rights.md, which test_rights.py walks."""

from uuid import UUID

import pytest
from werkzeug.routing import Rule

from quizbot.access import Role
from web import create_app

NOBODY = UUID("01a00000-0000-7000-8000-000000000000")
CHANGE = "k23-marriage-at-18"


def path_of(rule: Rule, **given: object) -> str:
    """An address of this rule; ids are nobody's unless given."""
    values = {"module": "referrals", "number": 1, "stamp": "x", "name": "x", "code": "x"}
    values |= {"change": CHANGE, **given}
    filled = {name: values.get(name, NOBODY) for name in rule.arguments}
    _, path = rule.build(filled, append_unknown=False) or ("", "")
    return path


def ways(rule: Rule) -> set[str]:
    return (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def rules(app):
    return list(app.url_map.iter_rules())


def test_only_get_and_post_are_answered(app, rules):
    for rule in rules:
        assert ways(rule) <= {"GET", "POST"}, rule
        assert app.test_client().delete(path_of(rule)).status_code == 405


SEES = {
    "/team": {"carys", "dylan"},
    "/team/export.csv": {"carys", "dylan"},
    "/me": {"amina", "bashir", "carys", "dylan", "efua"},
    "/": {"amina", "bashir", "carys", "dylan", "efua"},
    "/modules/referrals": {"amina", "bashir", "carys", "dylan", "efua"},
}


@pytest.mark.parametrize("name", ["amina", "bashir", "carys", "dylan", "efua"])
def test_who_sees_which_page(fresh_browser, people, name):
    visitor = fresh_browser().sign_in(f"{name}@northmoor.example")

    for path, who in SEES.items():
        assert (visitor.get(path).status == 200) == (name in who), path
    assert ("My team" in visitor.get("/").menu) == (name in SEES["/team"])


@pytest.mark.parametrize(
    ("unit", "seen"),
    [
        ("Northmoor", {"Amina Rahman", "Carys Evans", "Bashir Aziz", "Dylan Shaw"}),
        ("Northmoor/Council", {"Amina Rahman", "Carys Evans"}),
        ("Northmoor/Police/Child protection", {"Bashir Aziz", "Dylan Shaw"}),
    ],
)
def test_a_manager_by_grant_sees_the_subtree_and_nobody_else(fresh_browser, service, unit, seen):
    service.people.grant("efua@northmoor.example", Role.MANAGER, unit)
    visitor = fresh_browser().sign_in("efua@northmoor.example")

    team = visitor.get("/team").main.all("table")[0]

    assert {row.all("th")[0].words for row in team.all("tr")[1:]} == seen


def test_a_person_of_somebody_elses_team_is_not_to_be_found(carys_page, service, people):
    assert carys_page.get(f"/team/people/{people.amina}").status == 200
    for other in (people.bashir, people.efua, people.carys, NOBODY):
        assert carys_page.get(f"/team/people/{other}").status in (403, 404)


def test_an_id_of_nothing_is_not_found_whoever_asks(fresh_browser, rules, people):
    for name in ("amina", "carys", "efua"):
        visitor = fresh_browser().sign_in(f"{name}@northmoor.example")
        for rule in rules:
            if any(argument.endswith(("_id", "_person", "about")) for argument in rule.arguments):
                for method in ways(rule):
                    sent = visitor.get if method == "GET" else visitor.post
                    assert sent(path_of(rule)).status in (403, 404, 303, 400), (rule, method)


def test_a_page_that_nobody_marked_is_closed(service):
    app = create_app(service)
    app.add_url_rule("/forgotten", "forgotten", lambda: "a secret")

    sent = app.test_client().get("/forgotten")

    assert sent.status_code == 303
    assert b"a secret" not in sent.data
