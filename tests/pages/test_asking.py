"""Asking, granting, and rules, as managers and leads do it on pages."""

from typing import Any

import pytest

from quizbot.access import Role
from web.forms import gone


def ask(page, **given):
    """Fill in the form for a request and send it."""
    page.get("/team/requests/new")
    usual: dict[str, Any] = {"people": [page.page.tree.all("input", name="people")[0]["value"]]}
    usual |= {"modules": "referrals", "due-day": "19", "due-month": "12", "due-year": "2026"}
    return page.press("Ask", **(usual | given))


def test_a_manager_asks_and_the_person_is_told_by_whom_by_when_and_why(carys_page, amina_page):
    page = ask(carys_page, reason="Before the audit.")

    assert "Asked: 1." in page.words
    told = amina_page.get("/me").words
    assert "Asked by Carys Evans, by 19 December 2026. Before the audit." in told
    assert "Assigned" in told


def test_whom_one_asks_for_what_and_by_when_stand_in_sight_and_all_else_is_folded(
    carys_page, people
):
    ask(carys_page, **{"due-day": "24", "due-month": "11"})

    page = carys_page.get(f"/team/requests/new?person={people.amina}")

    assert page.heading == "Ask Amina Rahman"
    folded = page.main.all("details")
    assert len(folded) == 1
    labels = [one.words for one in page.main.all("label") if one.within("details") is None]
    assert labels == ["Amina Rahman", "Referrals"]
    assert "By Monday 21 December 2026" in page.words
    assert "Why? (optional)" in folded[0].words
    assert "Find by name" not in page.words  # there is nobody else
    assert "open" not in folded[0]


def test_two_of_one_name_are_told_apart_by_their_posts(carys_page, people, service, tmp_path):
    file = tmp_path / "more.csv"
    head = "staff_ref,name,email,unit,job,started_on,manager\n"
    file.write_text(head + "T1,Amina Rahman,,Northmoor/Council,Nurse,2026-01-05,N3\n")
    service.people.import_file(file, confirm=True)

    page = carys_page.get(f"/team/requests/new?person={people.amina}")

    (hint,) = (one.words for one in page.main.all(id="people-item-hint"))
    assert hint.startswith("Social worker")


def test_what_is_folded_is_open_where_something_in_it_is_to_be_mended(carys_page, people):
    carys_page.get(f"/team/requests/new?person={people.amina}")

    page = carys_page.press("Ask", modules="referrals", **{"due-year": "1999"})

    assert "open" in page.main.all("details")[0]
    assert page.heading == "Ask Amina Rahman"


def test_asking_again_for_another_day_says_that_the_new_day_counts(carys_page, amina_page):
    ask(carys_page)

    page = ask(carys_page, **{"due-day": "24"})

    assert "Of these, 1 had been open for another day: the new day counts." in page.words
    told = amina_page.get("/me").words
    assert "by 24 December 2026" in told
    assert "19 December 2026" not in told


def test_a_request_is_taken_back(carys_page, amina_page):
    ask(carys_page)

    page = carys_page.press("Withdraw the request to Amina Rahman for Referrals")

    assert "Withdrawn" in page.words
    assert "Carys Evans" not in amina_page.get("/me").words


def requests_shown(page):
    """Name and what became of it, request by request."""
    rows = page.main.all("table")[0].all("tr")[1:]
    return [(row.all("th")[0].words, row.all("td")[1].words.split()[0]) for row in rows]


def test_requests_come_in_pages_open_ones_first(carys_page, service, people, tmp_path):
    file = tmp_path / "more.csv"
    file.write_text(
        "staff_ref,name,email,unit,job,started_on,manager\n"
        + "".join(f"T{n},Person {n:02},,Northmoor,Nurse,2026-01-05,N3\n" for n in range(30))
    )
    service.people.import_file(file)
    team = service.reports.pickable(people.carys)
    day = service.today()
    service.requests.ask(people.carys, [one.person_id for one in team], ["referrals"], day)
    for line in service.requests.by(people.carys)[:3]:  # the newest
        service.requests.withdraw(people.carys, line.request_id)

    first = requests_shown(carys_page.get("/team/requests"))
    assert "31 requests, 28 of them open, page 1 of 2." in carys_page.page.words
    second = requests_shown(carys_page.follow("Next page"))

    assert (len(first), len(second)) == (25, 6)
    assert {state for _, state in first} == {"Open"}
    assert [state for _, state in second] == [*["Open"] * 3, *["Withdrawn"] * 3]
    assert requests_shown(carys_page.get("/team/requests?q=AMINA+ref")) == [
        ("Amina Rahman", "Open")
    ]
    assert "None of your requests is found" in carys_page.get("/team/requests?q=zzz").words


@pytest.mark.parametrize("number", ["0", "-1", "4", "999999999999", "x", "²", ""])
def test_a_page_of_requests_that_is_none_is_the_nearest(carys_page, number):
    ask(carys_page)

    assert len(requests_shown(carys_page.get(f"/team/requests?page={number}"))) == 1


def test_who_manages_somebody_withdraws_on_their_page_what_another_manager_asked(
    carys_page, fresh_browser, service, people
):
    ask(carys_page)
    service.people.grant("dylan@northmoor.example", Role.MANAGER, "Northmoor/Council")
    successor = fresh_browser().sign_in("dylan@northmoor.example")
    successor.get(f"/team/people/{people.amina}")

    page = successor.press("Withdraw what Carys Evans asked: Referrals, by 19 December 2026")

    assert page.path == f"/team/people/{people.amina}"
    assert "The request is withdrawn." in page.words
    assert not any(button.startswith("Withdraw") for button in page.buttons)


def test_who_only_sees_somebody_is_not_offered_to_withdraw(carys_page, efua_page, people):
    ask(carys_page)

    page = efua_page.get(f"/team/people/{people.amina}")

    assert "Asked by Carys Evans" in page.words
    assert not any(button.startswith("Withdraw") for button in page.buttons)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"people": []}, "Choose at least one person"),
        ({"modules": []}, "Choose at least one questionnaire"),
        ({"modules": "no-such"}, gone("Choose at least one questionnaire")),
        ({"due-day": "31", "due-month": "2"}, "Enter a real day"),
        ({"due-year": "1999"}, "in the past"),
        ({"due-day": "", "due-month": "", "due-year": ""}, "Enter the day"),
        ({"due-month": "Nov\0"}, "Enter a real day"),
        ({"reason": "x" * 501}, "Shorten this"),
    ],
)
def test_a_request_with_a_fault_keeps_what_was_typed(carys_page, given, words):
    page = ask(carys_page, **({"reason": "Said once."} | given))

    assert page.status == 400
    assert words in page.words
    if "reason" not in given:
        assert "Said once." in page.body
    carys_page.get("/team/requests")
    assert "You have not asked for anything yet." in carys_page.page.words


def test_a_month_may_be_written_out(carys_page):
    assert "by 19 Dec 2026" in ask(carys_page, **{"due-month": "Dec"}).words


def test_who_manages_nobody_cannot_ask(amina_page):
    assert amina_page.get("/team/requests/new").status == 403


def test_a_manager_grants_an_extension_on_the_persons_page(carys_page, people):
    ask(carys_page)
    carys_page.get(f"/team/people/{people.amina}")

    page = carys_page.press(
        "Give more time",
        module="referrals",
        why="Long illness.",
        **{"ends-day": "1", "ends-month": "2", "ends-year": "2027"},
    )

    assert "due 1 February 2027" in page.words
    assert "Long illness." in page.words


def test_a_grant_that_would_change_nothing_is_told_beside_its_field(
    carys_page, efua_page, service, people
):
    ask(carys_page)
    address = f"/team/people/{people.amina}"
    carys_page.get(address)
    extension = {"kind": "extension", "module": "referrals", "why": "Long illness."}
    day = {"ends-day": "1", "ends-month": "12", "ends-year": "2026"}

    page = carys_page.press("Give more time", **extension, **day)

    assert page.errors == ["It is due on 19 December 2026 already."]
    assert page.tree.all("p", id="ends-error")
    assert "Long illness." in page.body
    efua_page.get(address)
    pause = {"kind": "pause", "module": "all", "why": "Leave."}
    page = efua_page.press(
        "Grant", **pause, **{"starts-day": "4", "starts-month": "1", "starts-year": "2026"}
    )
    assert page.errors == ["They began on 5 January 2026: no pause can start before."]
    assert page.tree.all("p", id="starts-error")


def test_a_manager_cannot_grant_what_only_leads_may(carys_page, people):
    carys_page.get(f"/team/people/{people.amina}")

    page = carys_page.press("Give more time", kind="pause", module="all", why="Leave.")

    assert page.status == 403
    assert "Only a safeguarding lead" in page.words


def test_somebody_elses_people_are_not_found(carys_page, people):
    assert carys_page.get(f"/team/people/{people.bashir}").status == 404


def test_a_manager_never_sees_a_reply_on_a_persons_page(carys_page, amina_page, people, take):
    take(amina_page, "Start", wrong_at=(1, 2))

    page = carys_page.get(f"/team/people/{people.amina}")

    assert "Shown" in page.words
    assert "Not shown" in page.words
    assert "You chose" not in page.words


def new_rule(page, **given):
    """Fill in the form for a rule and ask for its preview."""
    page.get("/admin/requirements/new?example=induction")
    usual = {"unit": "Northmoor/Council", "modules": "referrals", "reason": "Induction."}
    return page.press("See what it would do", **(usual | given))


def test_a_lead_sees_what_a_rule_would_do_and_saves_it(efua_page, amina_page):
    seen = new_rule(efua_page)
    assert "People it asks 2" in seen.words
    assert "within 6 months of starting" in seen.words

    page = efua_page.press("Save this rule")

    assert "The rule is saved." in page.words
    assert "due 19 December 2026" in amina_page.get("/me").words


def test_the_same_rule_again_is_said_to_be_there_already(efua_page):
    for words in ("The rule is saved.", "Nothing was saved: the same rule is there already."):
        new_rule(efua_page)
        assert words in efua_page.press("Save this rule").words

    efua_page.follow("Change the rule on Referrals for Northmoor/Council")
    efua_page.press("See what it would do", reason="Induction.")
    assert "Nothing was changed: it is so already." in efua_page.press("Save this rule").words


def test_a_misspelt_job_is_told_with_the_jobs_there_are(efua_page):
    page = new_rule(efua_page, job="Sozial")

    assert "Nobody in Northmoor/Council has the job “Sozial”." in page.words
    assert "The jobs there are Social worker, Team manager." in page.words
    assert "Save this rule" not in page.buttons
    assert "Sozial" in efua_page.press("Change it first", again="yes", seen="").body


def test_a_preview_can_be_gone_back_from_without_losing_anything(efua_page):
    new_rule(efua_page, reason="As agreed in the autumn.")

    page = efua_page.press("Change it first", again="yes", seen="")

    assert "As agreed in the autumn." in page.body
    assert "selected" in page.body


def test_a_rule_changed_behind_its_preview_is_not_saved(efua_page):
    new_rule(efua_page)

    page = efua_page.press("Save this rule", within_months="1")

    assert page.status == 400
    assert "look at the preview again" in page.words
    assert "There are no rules yet" in efua_page.get("/admin/requirements").words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"unit": "Elsewhere"}, "Choose a unit"),
        ({"within_months": "-1"}, "whole number from 0 to 120"),
        ({"within_months": "9" * 40}, "whole number"),
        ({"reason": ""}, "Say why"),
        ({"window_days": "10", "every_months": ""}, "needs a period"),
        ({"from-day": "40"}, "Enter a real day"),
    ],
)
def test_a_rule_with_a_fault_keeps_what_was_typed(efua_page, given, words):
    page = new_rule(efua_page, **({"job": "Social worker"} | given))

    assert page.status == 400
    assert words in page.words
    assert "Social worker" in page.body


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"window_days": "40", "every_months": "1"}, "window_days"),
        ({"window_days": "10", "every_months": ""}, "every_months"),
        ({"to-day": "1", "to-month": "1", "to-year": "2026"}, "to"),
        ({"from-year": "1999"}, "from"),
    ],
)
def test_what_is_wrong_with_a_rule_stands_beside_its_field(efua_page, given, field):
    page = new_rule(efua_page, **given)

    assert page.status == 400
    assert len(page.errors) == 1
    assert page.tree.all("p", id=f"{field}-error")


def test_what_is_wrong_with_the_change_of_a_rule_stands_on_its_form(efua_page):
    new_rule(efua_page)
    efua_page.press("Save this rule")
    efua_page.follow("Change the rule on Referrals for Northmoor/Council")
    efua_page.press("See what it would do", reason="Said anew.")

    page = efua_page.press("Save this rule", within_months="1")

    assert page.errors == ["The rule was changed after its preview: look at the preview again."]


def test_a_rule_is_ended(efua_page, amina_page):
    new_rule(efua_page)
    efua_page.press("Save this rule")
    efua_page.follow("Change the rule on Referrals for Northmoor/Council")

    page = efua_page.press("End this rule today")

    assert "The rule ends today." in page.words


def test_who_will_never_be_asked_again_is_a_page(efua_page):
    assert "No rule covers their post" in efua_page.get("/admin/requirements/health").words


def test_rules_are_for_leads_only(carys_page):
    for path in ("/admin/requirements", "/admin/requirements/new", "/admin/requirements/health"):
        assert carys_page.get(path).status == 403


@pytest.mark.parametrize(
    ("days", "offered"),
    [(0, ["21", "12", "2026"]), (6, ["29", "12", "2026"]), (97, ["30", "3", "2027"])],
)
def test_the_day_that_is_offered_is_never_at_a_weekend_nor_a_holiday(
    carys_page, clock, days, offered
):
    clock.forward(days=days)

    page = carys_page.get("/team/requests/new").tree

    parts = [page.all("input", name=f"due-{part}")[0]["value"] for part in ("day", "month", "year")]
    assert parts == offered
