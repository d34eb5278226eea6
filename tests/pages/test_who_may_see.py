"""Every address there is: closed unless it is named here, and open only to those it is for."""

import io
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import SQLModel
from werkzeug.routing import Rule

from quizbot.access import Role
from quizbot.evidence.attestations import STATEMENT, AttestationDraft
from quizbot.rules.due import DispensationKind
from quizbot.rules.pick import Mode
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.standing.requirements import Draft as RuleDraft
from quizbot.store.tables import (
    attempt,
    attestation,
    chat_link,
    later_ask,
    new_id,
    post,
    problem_report,
    request,
    role_grant,
    unit,
)
from web import create_app

# What anybody may open without signing in. A page that is not meant for all is not added here.
PUBLIC = {
    *("modules.index", "modules.show", "modules.sources"),
    *("tryout.begin", "tryout.start", "tryout.question", "tryout.answer", "tryout.outcome"),
    *("auth.ask", "auth.send", "auth.code", "auth.enter", "auth.leave"),
    *("about.privacy", "about.accessibility", "about.live", "about.ready", "static"),
    *("about.link", "about.icon", "about.security", "about.manifest"),
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
    *("modules.update", "modules.update_asked", "attempt.change"),
    *("later.show", "later.answer"),
}
OF_UPDATES = {"attempt.change"}  # no whole attempt has it: tests/pages/test_updates.py opens it
CHANGE = "k23-marriage-at-18"
NOBODY = UUID("01a00000-0000-7000-8000-000000000000")


MANAGERS = {
    *("team.show", "team.guide", "exports.as_csv", "exports.as_workbook", "exports.as_calendar"),
    *("requests.index", "requests.new", "requests.make", "requests.withdraw"),
    *("attestations.new", "attestations.make", "attestations.make_of_passes"),
    *("guests.new", "guests.invite"),
}
# Of one person, for whoever answers for them: their managers, leads, auditors as it falls.
ANSWERS_FOR = {
    *("team.person", "team.grant", "team.end_grant", "slips.make"),
    *("team.withdrawing", "team.withdraw"),
    *("attestations.one", "attestations.withdraw", "attestations.mine", "attestations.comment"),
    *("certificates.paper", "certificates.withdraw"),
}
FIGURES = {"board.show", "board.export_csv", "admin_home.show"}  # leads and auditors
TRAIL = {
    "audit.show",
    "board.packs",
    "board.ask_for_pack",
    "board.pack",
}  # leads and auditors of the whole
EDITIONS = {
    "admin_home.reviews",
    "editions.index",
    "editions.show",
    "editions.compare",
    "editions.question",
    *("changes.index", "changes.show", "changes.action"),
}
LEADS = {
    "board.overdue",
    "board.overdue_csv",
    *("changes.act", "changes.people", "changes.correct", "changes.withdraw"),
    *("editions.sign", "problems.index", "problems.answer"),
    *("messages.index", "messages.again", "messages.settle", "place.show", "place.download"),
    *("people.index", "people.show", "people.edit", "people.save", "people.leaving"),
    *("people.leave", "people.stay", "people.new", "people.add", "people.edit_post"),
    *("people.save_post", "people.new_post", "people.add_post", "people.new_role"),
    *("people.give_role", "people.end_role", "imports.ask", "imports.look", "imports.show"),
    *(
        "imports.take",
        "imports.cancel",
        "imports.changes",
        "imports.only_good",
        *("imports.name_columns", "people.join_form", "people.join", "people.separate"),
    ),
    *("requirements.index", "requirements.edit", "requirements.change", "requirements.end"),
    *("requirements.health", "requirements.new", "requirements.make"),
    *("units.index", "units.add", "units.show", "units.end", "units.rename", "units.move"),
}
DECIDED = (PUBLIC, OWN, MANAGERS, ANSWERS_FOR, FIGURES, TRAIL, EDITIONS, LEADS)
# Of the whole partnership, whoever leads any of it; all else is of somebody, or of a unit.
OF_ALL = {"module", "change", "edition_id", "before", "after", "question_id", "problem_id"}


def known(rule: Rule) -> bool:
    """Whether this address is one of those above."""
    return rule.endpoint in PUBLIC | OWN


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


def rows(service):
    with service.database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


def everything(service):
    """Every row of every table."""
    with service.database.reading() as connection:
        return {
            table.name: connection.execute(select(table)).all()
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


def test_it_is_decided_of_every_page_who_may_open_it(rules):
    for rule in rules:
        where = [endpoints for endpoints in DECIDED if rule.endpoint in endpoints]
        assert len(where) == 1, f"say once in this test for whom {rule.endpoint} is, and why"
    assert set().union(*DECIDED) <= {rule.endpoint for rule in rules}, "there is no such page"


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


# Which page is whose does not hang on the database.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AS = {
    "amina": (),
    "carys": (MANAGERS,),
    "efua": (FIGURES, TRAIL, EDITIONS, LEADS),
    "dylan, lead of Northmoor/Police": (MANAGERS, FIGURES, EDITIONS, LEADS),
    "bashir, auditor of Northmoor/Police": (FIGURES, EDITIONS),
    "bashir, auditor of Northmoor": (FIGURES, EDITIONS, TRAIL),
    "bashir, manager of Northmoor/Council": (MANAGERS,),
}


@on_sqlite
@pytest.mark.parametrize("who", AS)
def test_each_role_opens_its_own_pages_and_no_others(fresh_browser, rules, service, people, who):
    name, _, given = who.partition(", ")
    if given:
        role, _, unit_path = given.partition(" of ")
        service.people.grant(f"{name}@northmoor.example", Role(role), unit_path)
    visitor = fresh_browser().sign_in(f"{name}@northmoor.example")
    mine = set().union(*AS[who])

    for rule in rules:
        if known(rule) or rule.arguments or "GET" not in ways(rule):
            continue
        sent = visitor.client.get(path_of(rule), query_string={"module": "referrals"})
        opened = 200 if rule.endpoint in mine else 403
        assert sent.status_code == opened, rule


@pytest.fixture
def of_amina(fresh_browser, take, service, people, tmp_path, monkeypatch):
    """What there is of Amina and of her unit, by the names that addresses have for it."""
    monkeypatch.chdir(tmp_path)  # where the uploaded file waits
    amina = fresh_browser().sign_in("amina@northmoor.example")
    take(amina, "Start")
    service.people.grant("amina@northmoor.example", Role.AUDITOR, "Northmoor/Council")
    day = date(2026, 12, 31)
    service.requests.ask(people.carys, [people.amina], ["referrals"], day, "For her induction.")
    pause = service.dispensations.grant(
        people.efua, people.amina, DispensationKind.PAUSE, None, date(2026, 11, 21), None, "Leave."
    )
    service.attestations.make(
        people.carys,
        AttestationDraft("referrals", (people.amina,), ("consent",), ("discussion",), STATEMENT),
    )
    rule = RuleDraft(
        unit="Northmoor/Council",
        modules=("referrals",),
        in_force_from=day,
        within_days=30,
        reason="Induction.",
    )
    (rule_id,) = service.rules.save(rule, rule.fingerprint, people.efua)
    edition = service.editions.current("referrals")
    service.problems.report(edition.id, next(iter(edition.questions)), "A doubt.", people.amina)
    service.links.accept(service.links.payload(people.amina), "telegram", "4711")
    draft = ChangeDraft(change=CHANGE, unit="Northmoor/Council")
    told = service.changes.apply(draft, draft.fingerprint, people.efua)
    pack_id = service.packs.ask(people.efua, "", "")
    list(service.packs.work())
    with service.database.writing() as connection:
        asked = {"module": "referrals", "agency": "Northmoor/Council", "state": "open"}
        connection.execute(
            insert(later_ask).values(
                id=new_id(), person_id=people.amina, asked_on=service.today(), **asked
            )
        )
    lead = fresh_browser().sign_in("efua@northmoor.example")
    lead.get("/admin/people/import")
    file = (
        "staff_ref,name,unit,job,started_on\n"
        "N1,Amina Rahman,Northmoor/Council/Assessment,Nurse,2026-01-05\n"
    )
    sent = lead.client.post(
        "/admin/people/import",
        data={
            "csrf_token": lead.token,
            "holds": "some",
            "unit": "",
            "file": (io.BytesIO(file.encode()), "people.csv"),
        },
    )
    with service.database.reading() as connection:

        def id_of(table, *conditions):
            return connection.execute(select(table.c.id).where(*conditions)).scalars().first()

        return {
            "of_person": people.amina,
            "about": people.amina,
            "post_id": id_of(post, post.c.person_id == people.amina),
            "grant_id": id_of(role_grant, role_grant.c.person_id == people.amina),
            "request_id": id_of(request),
            "granted_id": pause,
            "pack_id": pack_id,
            "ask_id": id_of(later_ask),
            "attestation_id": id_of(attestation),
            "rule_id": rule_id,
            "link_id": id_of(chat_link),
            "unit_id": id_of(unit, unit.c.path == "Northmoor/Council"),
            "code": service.certificates.of(people.amina)[0].code,
            "token": sent.headers["Location"].split("/")[4],
            "attempt_id": id_of(attempt),
            **dict.fromkeys(("edition_id", "before", "after"), edition.id),
            "question_id": next(iter(edition.questions)),
            "problem_id": id_of(problem_report),
            "module": "referrals",
            "number": 1,
            "change": CHANGE,
            "action_id": told,
        }


@on_sqlite
def test_with_a_right_over_others_only_nothing_of_amina_opens_or_changes(
    fresh_browser, rules, service, people, of_amina
):
    for role in Role:
        service.people.grant("dylan@northmoor.example", role, "Northmoor/Police")
    other = fresh_browser().sign_in("dylan@northmoor.example")
    other.get("/team/requests/new")
    before, found = everything(service), []

    for rule in rules:
        if rule.endpoint in PUBLIC or not rule.arguments - OF_ALL:
            continue
        path = path_of(rule, **{name: of_amina[name] for name in rule.arguments})
        for method in ways(rule):
            page = other.get(path) if method == "GET" else other.post(path, [("reply", "a")])
            # A chat that is not linked, or not theirs, is answered alike: "not linked".
            allowed = 303 if rule.endpoint == "chats.unlink" else None
            if page.status not in (403, 404, allowed) or "Amina" in page.body:
                found.append((method, path, page.status))
    assert found == []
    assert everything(service) == before


@on_sqlite
def test_who_has_the_right_does_open_what_there_is_of_amina(fresh_browser, rules, people, of_amina):
    visitors = [
        fresh_browser().sign_in(f"{name}@northmoor.example") for name in ("amina", "carys", "efua")
    ]
    for rule in rules:
        if rule.endpoint in PUBLIC or not rule.arguments or "GET" not in ways(rule):
            continue
        if rule.endpoint in OF_UPDATES:
            continue
        path = path_of(rule, **{name: of_amina[name] for name in rule.arguments})
        if rule.endpoint == "changes.people":
            path += "?held=since&act=tell&unit=Northmoor"
        assert {visitor.client.get(path).status_code for visitor in visitors} & {200, 303}, rule


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
