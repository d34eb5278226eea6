"""The pages of changes of guidance: preview, telling, asking, correcting, taking back."""

from datetime import date

import pytest

from quizbot.access import Role
from tests.change_told import history, take, with_change

DAY = (("due_on-day", "29"), ("due_on-month", "1"), ("due_on-year", "2027"))
ASKING = {"act": "ask", "unit": "Northmoor", "whom": "rested"} | dict(DAY)


@pytest.fixture
def change():
    """What the change is, where a test wants another."""
    return {}


@pytest.fixture
def there(app, service, clock, people, change):
    """The service with the change in its register, once people have passed."""
    history(service, clock, people)
    there = with_change(service, **change)
    app.extensions["quizbot"] = there
    return there


@pytest.fixture
def efua_page(fresh_browser, there):
    """Efua, who leads the partnership."""
    return fresh_browser().sign_in("efua@northmoor.example")


def in_doubt(**more):
    return pytest.mark.parametrize("change", [{"doubt": "medium", **more}])


def asked(page, **given):
    """Asked through the pages, preview and all; the page that follows."""
    page.get("/admin/changes/c1")
    page.press("See whom it would reach", **{**ASKING, **given})
    return page.press("Ask 2 people")


def test_what_nobody_was_told_of_waits_for_a_lead(efua_page):
    assert "1 change of guidance that nobody was told of here" in efua_page.get("/admin").words

    page = efua_page.get("/admin/changes")

    assert "In force, and nobody was told here yet: 1" in page.words
    assert "Was: Ask first." in page.words
    assert "In force since 1 December 2026" in page.words


def test_a_change_is_told_with_its_questions_and_what_was_decided(efua_page):
    page = efua_page.get("/admin/changes/c1")

    for words in ("Was Ask first.", "Now Tell at once.", "The code, from first to second"):
        assert words in page.words
    assert "It asks the new rule." in page.words
    assert "6 questions touched" in page.words


def test_nobody_is_asked_without_a_preview(efua_page, there, people):
    efua_page.get("/admin/changes/c1")

    page = efua_page.press("See whom it would reach", **ASKING)

    assert "It would ask 2 people by 29 January 2027." in page.words
    assert "Passed before it, and were not: 1" in page.words
    assert "Northmoor/Council 2 0 0 0" in page.words
    assert there.changes.all(people.efua) == []


def test_a_count_of_the_preview_leads_to_who_they_are(efua_page):
    efua_page.get("/admin/changes/c1")
    efua_page.press("See whom it would reach", **ASKING)

    page = efua_page.follow("Passed before it, and were asked what it touches: 2")

    assert "Amina Rahman" in page.words
    assert "Carys Evans" in page.words
    assert "Bashir" not in page.words


def test_a_lead_asks_and_sees_who_has_confirmed(efua_page, there, clock, people):
    page = asked(efua_page)
    assert "They are asked to confirm it, on their own page" in page.words
    take(there, clock, people.amina)

    page = efua_page.follow("Asked 2 people in Northmoor to confirm it by 29 January 2027")

    assert "Northmoor/Council 1 2" in page.words
    assert "Confirmed on 11 December 2026" in page.words
    assert "To confirm: by 29 January 2027" in page.words
    assert "nobody was told of" not in efua_page.get("/admin").words


def test_telling_asks_nobody(efua_page, there, people):
    efua_page.get("/admin/changes/c1")
    efua_page.press("See whom it would reach", act="tell", unit="Northmoor")

    page = efua_page.press("Tell 3 people")

    assert "It stands on their own page for sixty days." in page.words
    (acted,) = there.changes.all(people.efua)
    assert (acted.due_on, acted.asked) == (None, 0)


def test_another_day_is_a_new_asking_and_the_first_stays_on_record(efua_page, there, people):
    asked(efua_page)
    efua_page.follow("Asked 2 people in Northmoor to confirm it by 29 January 2027")

    day = {"due_on-day": "26", "due_on-month": "2", "due_on-year": "2027"}
    page = efua_page.press("Let the new day count", why="More time.", **day)

    assert "Asked by 26 February 2027" in page.words
    new, old = there.changes.all(people.efua)
    assert (old.withdrawn_on, new.withdrawn_on) == (date(2026, 12, 11), None)
    assert (new.asked, new.due_on) == (2, date(2027, 2, 26))


def test_what_is_taken_back_is_told_with_its_reason(efua_page, there, people):
    asked(efua_page)
    efua_page.follow("Asked 2 people in Northmoor to confirm it by 29 January 2027")

    page = efua_page.press("Take it back", reason="The wrong unit.")

    assert "Taken back 11 December 2026: The wrong unit." in page.words
    assert "Take it back" not in page.buttons


@in_doubt()
def test_what_is_in_doubt_waits_for_a_lead_who_has_read_the_text(efua_page, there, people):
    efua_page.get("/admin/changes/c1")
    page = efua_page.press("See whom it would reach", **ASKING)
    assert page.status == 400
    assert "There is medium doubt of it: read the text, and say which." in page.words

    efua_page.press("See whom it would reach", has_read="Chapter 3, all of it.", **ASKING)
    efua_page.press("Ask 2 people")

    page = efua_page.follow("Asked 2 people in Northmoor to confirm it by 29 January 2027")
    assert "By Efua Mensah, on 11 December 2026" in page.words
    assert "Text that was read Chapter 3, all of it." in page.words


@pytest.mark.parametrize("change", [{"roles": ["managers"]}])
def test_where_it_is_not_for_all_the_jobs_are_named(efua_page):
    efua_page.get("/admin/changes/c1")
    page = efua_page.press("See whom it would reach", **ASKING)
    assert "It concerns managers: name the jobs here" in page.words

    page = efua_page.press("See whom it would reach", jobs="Team manager\n\nInspector", **ASKING)

    assert "It would ask 1 person" in page.words


@pytest.mark.parametrize(
    "change", [{"in_force": date(2027, 1, 1)}, {"in_force": None, "kind": "future"}]
)
def test_what_is_not_in_force_offers_nothing(efua_page, change):
    page = efua_page.get("/admin/changes/c1")

    assert "See whom it would reach" not in page.buttons
    assert "Not in force here: 1" in efua_page.get("/admin/changes").words


@pytest.mark.parametrize("change", [{"kind": "wording"}])
def test_of_new_words_people_are_told_alone(efua_page):
    page = efua_page.get("/admin/changes/c1")

    assert "nobody’s answer became wrong" in page.words
    assert "Ask people to confirm it" not in page.words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"due_on-day": "31", "due_on-month": "2"}, "Enter a real day"),
        ({"due_on-year": "2025"}, "The day is in the past"),
        ({"due_on-day": "", "due_on-month": "", "due_on-year": ""}, "Enter the day by which"),
        ({"unit": "Southmoor"}, "What you chose cannot be chosen here"),
        ({"whom": "before"}, "What you chose cannot be chosen here"),
        ({"act": "delete"}, "What you chose cannot be chosen here"),
        ({"jobs": "Nobody’s job"}, "Nobody in Northmoor has the job Nobody’s job today."),
    ],
)
def test_what_makes_no_sense_is_said_beside_what_was_typed(efua_page, given, words):
    efua_page.get("/admin/changes/c1")

    page = efua_page.press("See whom it would reach", **{**ASKING, **given})

    assert page.status == 400
    assert words in page.words


def test_what_was_changed_after_its_preview_is_not_done(efua_page, there, people):
    efua_page.get("/admin/changes/c1")
    efua_page.press("See whom it would reach", **ASKING)

    page = efua_page.press("Ask 2 people", unit="Northmoor/Police")

    assert "changed after its preview" in page.words
    assert there.changes.all(people.efua) == []


@pytest.mark.parametrize(
    "path", ["/admin/changes/c9", "/admin/changes/%00", "/admin/changes/c9/people"]
)
def test_what_is_not_there_is_not_found(efua_page, path):
    assert efua_page.get(path).status == 404


def told(page, **given):
    """Told through the pages, preview and all."""
    page.get("/admin/changes/c1")
    page.press("See whom it would reach", **{"act": "tell", "unit": "Northmoor", **given})
    page.press("Tell 3 people" if not given else "Tell 2 people")


def test_what_was_told_stands_on_peoples_own_page_for_sixty_days(
    efua_page, fresh_browser, clock, people
):
    told(efua_page)
    amina = fresh_browser().sign_in("amina@northmoor.example")

    words = amina.get("/me").words

    assert "What has changed Do not wait for an answer. Was: Ask first. Now: Tell at once." in words
    assert "Nothing is asked of you" in words
    clock.forward(days=61)
    again = fresh_browser().sign_in("amina@northmoor.example")
    assert "What has changed" not in again.get("/me").words


def test_nobody_is_told_who_works_elsewhere_or_has_passed_nothing_of_it(
    efua_page, fresh_browser, people
):
    told(efua_page, unit="Northmoor/Council")

    for address in ("bashir@northmoor.example", "efua@northmoor.example"):
        words = fresh_browser().sign_in(address).get("/me").words
        assert "What has changed" not in words


def test_what_was_taken_back_is_told_no_more(efua_page, fresh_browser, there, people):
    told(efua_page)
    (acted,) = there.changes.all(people.efua)
    there.changes.withdraw(acted.action_id, "Too soon.", people.efua)

    amina = fresh_browser().sign_in("amina@northmoor.example")
    assert "What has changed" not in amina.get("/me").words


@pytest.mark.parametrize(
    "query", ["", "?held=x", "?held=rested&act=tell&unit=Southmoor", "?page=x"]
)
def test_a_list_of_nothing_is_not_found(efua_page, query):
    assert efua_page.get(f"/admin/changes/c1/people{query}").status == 404


LIST = "?held=rested&act=tell&unit=Northmoor"


@pytest.mark.parametrize("path", ["", "/c1", f"/c1/people{LIST}"])
def test_they_are_closed_to_others(there, amina_page, carys_page, anyone, path):
    assert amina_page.get(f"/admin/changes{path}").status == 403
    assert carys_page.get(f"/admin/changes{path}").status == 403
    assert anyone.get(f"/admin/changes{path}").location.startswith("/sign-in")


def test_an_auditor_reads_and_does_nothing(there, people, fresh_browser):
    there.people.grant("dylan@northmoor.example", Role.AUDITOR, "Northmoor")
    page = fresh_browser().sign_in("dylan@northmoor.example")

    assert page.get("/admin/changes").status == 200
    assert "See whom it would reach" not in page.get("/admin/changes/c1").buttons
    assert page.get(f"/admin/changes/c1/people{LIST}").status == 403
    assert page.post("/admin/changes/c1", ASKING.items()).status == 403


def test_a_lead_of_one_agency_asks_there_alone(there, efua_page, people, fresh_browser):
    asked(efua_page)
    (acted,) = there.changes.all(people.efua)
    there.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    page = fresh_browser().sign_in("dylan@northmoor.example")

    assert page.get(f"/admin/changes/actions/{acted.action_id}").status == 404
    page.get("/admin/changes/c1")
    assert page.post("/admin/changes/c1", ASKING.items()).status == 400
    for what in ("withdraw", "correct"):
        given = [("reason", "Mine."), ("why", "Mine."), *DAY]
        sent = page.post(f"/admin/changes/actions/{acted.action_id}/{what}", given)
        assert sent.status == 404
    (still,) = there.changes.all(people.efua)
    assert (still.withdrawn_on, still.due_on) == (None, date(2027, 1, 29))


def test_who_has_moved_away_is_not_named_to_a_lead_they_left(
    there, people, fresh_browser, clock, efua_page
):
    asked(efua_page, unit="Northmoor/Council")
    there.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Council")
    there.staff.leave(people.efua, people.carys, date(2026, 12, 11))
    clock.forward(days=1)
    (acted,) = there.changes.all(people.efua)

    page = fresh_browser().sign_in("dylan@northmoor.example")
    page.get(f"/admin/changes/actions/{acted.action_id}")

    assert "Amina Rahman" in page.page.words
    assert "Carys" not in page.page.words
    assert "Not in your units any more 0 1" in page.page.words


def test_an_old_form_is_shown_again_and_nothing_is_done(efua_page, there, people):
    efua_page.get("/admin/changes/c1")
    efua_page.token = "old"

    page = efua_page.post("/admin/changes/c1", [*ASKING.items()])

    assert "open for too long" in page.words
    assert there.changes.all(people.efua) == []
