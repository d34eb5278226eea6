"""Every address there is: closed unless it is named here, and open only to those it is for."""

from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel
from werkzeug.routing import Rule

from quizbot.access import Role
from quizbot.pick import Mode
from web import create_app

# What anybody may open without signing in. A page that is not meant for all is not added here.
PUBLIC = {
    *("modules.index", "modules.show", "modules.sources"),
    *("tryout.begin", "tryout.start", "tryout.question", "tryout.answer", "tryout.outcome"),
    *("auth.ask", "auth.send", "auth.code", "auth.enter", "auth.leave"),
    *("about.privacy", "about.accessibility", "about.live", "about.ready", "static"),
    *("about.link", "about.icon"),
    *("problems.new", "problems.report"),
    *("slips.ask", "slips.enter"),
    *("certificates.check", "certificates.show"),
}
# What everybody who has signed in may open, for themselves.
OWN = {
    *("me.show", "me.data", "me.sign_out_everywhere", "modules.start", "modules.sign_in_first"),
    *("me.transcript_pdf", "me.transcript_csv", "messages.choose"),
    *("chats.begin", "chats.ask", "chats.confirm", "chats.unlink", "chats.choose"),
    *("attempt.question", "attempt.answer", "attempt.review", "attempt.submit", "attempt.outcome"),
}
NOBODY = UUID("01a00000-0000-7000-8000-000000000000")


def known(rule: Rule) -> bool:
    """Whether this address is one of those above."""
    return rule.endpoint in PUBLIC | OWN


def path_of(rule: Rule, **given: object) -> str:
    """An address of this rule; ids are nobody's unless given."""
    values = {"module": "referrals", "number": 1, "stamp": "x", "name": "x", "code": "x", **given}
    filled = {name: values.get(name, NOBODY) for name in rule.arguments}
    _, path = rule.build(filled, append_unknown=False) or ("", "")
    return path


def ways(rule: Rule) -> set[str]:
    return (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def rules(app):
    return list(app.url_map.iter_rules())


def rows(service):
    with service.database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


def test_without_signing_in_all_but_the_public_pages_lead_to_sign_in(app, rules, service, people):
    before = rows(service)
    for rule in rules:
        for method in ways(rule):
            sent = app.test_client().open(path_of(rule), method=method)
            if rule.endpoint in PUBLIC:
                assert sent.headers.get("Location") != "/sign-in" or "sign-in" in rule.rule, rule
            else:
                assert (sent.status_code, sent.headers["Location"]) == (303, "/sign-in"), rule
    assert rows(service) == before


def test_only_get_and_post_are_answered(app, rules):
    for rule in rules:
        assert ways(rule) <= {"GET", "POST"}, rule
        assert app.test_client().delete(path_of(rule)).status_code == 405


def test_who_manages_and_leads_nothing_opens_no_page_of_managers_or_leads(
    amina_page, rules, service
):
    before = rows(service)
    for rule in rules:
        if known(rule):
            continue
        for method in ways(rule):
            page = (
                amina_page.get(path_of(rule)) if method == "GET" else amina_page.post(path_of(rule))
            )
            assert page.status in (403, 404), (rule, method)
    assert rows(service) == before


def test_manager_and_lead_pages_are_told_apart(fresh_browser, rules, people):
    managers, leads = (
        fresh_browser().sign_in(f"{name}@northmoor.example") for name in ("carys", "efua")
    )
    for rule in rules:
        if known(rule) or "GET" not in ways(rule):
            continue
        if rule.rule.startswith("/admin"):
            assert managers.get(path_of(rule)).status in (403, 404), rule
        if rule.rule in ("/team", "/team/export.csv"):
            assert leads.get(path_of(rule)).status == 403, rule


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


def test_every_page_of_an_attempt_is_its_persons_alone(
    fresh_browser, amina_page, rules, service, people
):
    attempt = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    others = [
        fresh_browser().sign_in(f"{name}@northmoor.example") for name in ("bashir", "carys", "efua")
    ]
    before = rows(service)
    for rule in rules:
        if not rule.endpoint.startswith("attempt."):
            continue
        path = path_of(rule, attempt_id=attempt)
        for other in others:
            for method in ways(rule):
                page = other.get(path) if method == "GET" else other.post(path, [("reply", "a")])
                assert page.status == 404, (rule, method)
    assert rows(service) == before
    assert amina_page.get(f"/attempts/{attempt}", follow=True).status == 200


def test_a_page_that_nobody_marked_is_closed(service):
    app = create_app(service)
    app.add_url_rule("/forgotten", "forgotten", lambda: "a secret")

    sent = app.test_client().get("/forgotten")

    assert sent.status_code == 303
    assert b"a secret" not in sent.data
