"""A lead enters a change that no release has: what rests on it waits, is decided, is confirmed."""

from datetime import date

import pytest

from questions.touching import document_of
from quizbot.access import Role
from quizbot.rules.pick import Mode, may_ask
from quizbot.rules.updates import Whom
from quizbot.standing.change_drafts import ChangeDraft
from tests import made
from tests.change_told import take
from tests.made import TODAY
from tests.pages.test_drafts import kept

TYPED = {
    "was": "Fill the pot.",
    "now": "Half fill the pot.",
    "matters": "Half fill the pot, every time.",
    "in_force-day": "1",
    "in_force-month": "11",
    "in_force-year": "2026",
    "after": "Third edition",
    "has_read": "The third edition, page 2.",
    "kind": "reversed",
    "questions": "water-1",
}
ID = "here-half-fill-the-pot-every-time"


@pytest.fixture
def efua_page(fresh_browser, service, people):
    """Efua, who leads the partnership, where tea is asked."""
    service.editions.publish([made.bank(by_objective=roomy())], made.place())
    return fresh_browser().sign_in("efua@northmoor.example")


def roomy():
    """Enough questions that one of them may wait, two of them with a place in the source."""
    by_objective = made.questions()
    by_objective["water"] += [made.question(f"water-{number}") for number in (3, 4)]
    for number, at in ((2, "3.12"), (3, "3.9")):
        by_objective["water"][number]["sources"] = [{"id": "pot", "at": at}]
    return by_objective


def entered(page, **typed):
    """Entered through the pages, preview and all; the page that follows."""
    page.get("/admin/changes")
    page.follow("Enter a change that is not here")
    page.follow("The office pot")
    page.press("See what it would do", **{**TYPED, **typed})
    return page.press("Enter it")


def waiting(service, day=TODAY):
    """The questions that do not count on a day."""
    module = service.editions.current("tea").module
    return [one.id for one in module.questions if not may_ask(one, Mode.ASSURED, day)]


def test_what_is_entered_is_in_the_register_and_says_who_has_read_what(efua_page, service):
    page = entered(efua_page)

    assert page.path == f"/admin/changes/{ID}"
    for words in (
        "Was Fill the pot.",
        "Now Half fill the pot.",
        "The office pot, Third edition",
        "In force since 1 November 2026",
        "Efua Mensah entered it on 21 November 2026 and has read: The third edition, page 2.",
        "1 question touched, 1 undecided",
        "A question is its own that is decided new or revised",
    ):
        assert words in page.words
    assert ID in service.editions.register().changes
    (fold,) = [one for one in page.main.all("details") if "Tea making" in one.words]
    assert "open" in fold  # what is to be decided is seen at once


def test_its_questions_wait_from_its_day_until_somebody_decides(efua_page, service):
    entered(efua_page, **{"in_force-month": "12"})

    assert waiting(service) == []
    assert waiting(service, date(2026, 12, 1)) == ["water-1"]
    assert service.editions.offer("tea").practice_only == ""


def test_a_place_takes_all_its_questions(efua_page, service):
    efua_page.get("/admin/changes/new?source=pot")

    page = efua_page.press("See what it would do", **{**TYPED, "at": "", "questions": ""})

    assert "8 questions rest on it." in page.words  # all but the two with a place


def test_places_stand_in_the_order_of_their_numbers(efua_page):
    efua_page.get("/admin/changes/new?source=pot")

    folds = [one.words.partition(":")[0] for one in efua_page.page.main.all("summary")]
    assert folds == ["Without a number", "3.9", "3.12"]


def test_what_was_decided_counts_again_and_the_change_can_be_asked(
    efua_page, service, people, clock
):
    take(service, clock, people.amina)
    clock.forward(days=20)
    entered(efua_page, **{"in_force-month": "12"})
    by_objective = roomy()
    decisions = [{"change": ID, "verdict": "stands", "why": "It holds still."}]
    by_objective["water"][2]["decision"] = decisions
    for question in by_objective["leaves"][2:]:
        question["decision"] = [{"change": ID, "verdict": "new", "why": "It asks the new rule."}]
        question["option"][0]["misconception"] = "the-old-rule"
        question["ask"] = f"The new rule: {question['id']}?"
    bank = made.bank(by_objective=by_objective)
    service.editions.publish([bank], made.place())

    assert waiting(service, date(2026, 12, 11)) == []
    draft = ChangeDraft(change=ID, unit="Northmoor", due_on=date(2027, 1, 18), whom=Whom.EVERYBODY)
    service.changes.apply(draft, draft.fingerprint, people.efua)

    assert service.confirmations.mine(people.amina)[0].now == "Half fill the pot."
    assert "Asked 1 person in Northmoor" in efua_page.get(f"/admin/changes/{ID}").words


def test_a_question_is_decided_in_the_browser_and_counts_again(
    fresh_browser, service, people, amina_page, carys_page
):
    service.authors.give(people.efua, "amina@northmoor.example", "referrals", None)
    service.authors.give(people.efua, "carys@northmoor.example", "referrals", None)
    efua_page = fresh_browser().sign_in("efua@northmoor.example")
    current = service.editions.current("referrals").module
    question = next(q for q in current.asked if q.kind == "one-of" and not q.twin)
    source = question.sources[0].id
    efua_page.get(f"/admin/changes/new?source={document_of(source, current.sources)}")
    efua_page.press("See what it would do", **{**TYPED, "questions": question.id})
    efua_page.press("Enter it")

    efua_page.follow(f"Decide of {question.ask}")
    assert efua_page.page.path == f"/admin/questions/{question.id}"
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    path = "/".join(amina_page.page.path.split("/")[:4])
    amina_page.get(f"{path}/counts")
    assert "Half fill the pot." in amina_page.page.words
    amina_page.press(
        "Save and see the draft",
        **kept(amina_page, f"verdict-{ID}", f"why-{ID}"),
        **{f"verdict-{ID}": "stands", f"why-{ID}": "It was never about the pot."},
    )
    carys_page.get(path)
    carys_page.press("I have read it and agree", act="agree")
    efua_page.get("/admin/drafts/publish/referrals")
    efua_page.press(next(b for b in efua_page.page.buttons if b.startswith("Publish edition")))

    asked = service.editions.current("referrals").questions[question.id]
    assert [(one.change, one.verdict) for one in asked.decisions][-1] == (ID, "stands")
    assert (asked.undecided_from, asked.held, asked.check) == (None, "", "")
    assert may_ask(asked, Mode.ASSURED, TODAY)
    assert "1 question touched" in efua_page.get(f"/admin/changes/{ID}").words
    assert "undecided" not in efua_page.page.words


def test_a_preview_says_what_could_not_be_counted_any_more(efua_page):
    efua_page.get("/admin/changes/new?source=pot")
    efua_page.press(
        "See what it would do", **{**TYPED, "questions": [f"leaves-{n}" for n in (1, 2, 3)]}
    )

    page = efua_page.page
    assert "3 questions rest on it. From 1 November 2026 they do not count until" in page.words
    assert "Tea making would be practice only until then" in page.words


def test_what_was_entered_by_mistake_is_taken_out_and_its_questions_count_again(efua_page, service):
    entered(efua_page)

    page = efua_page.press("Take it out", reason="It was the wrong pot.")

    assert "Taken out of the register. It stays on record." in page.words
    assert waiting(service) == []
    assert ID not in service.editions.register().changes
    assert efua_page.get(f"/admin/changes/{ID}").status == 404


def test_a_second_change_of_the_same_words_has_a_name_of_its_own(efua_page):
    entered(efua_page)
    efua_page.press("Take it out", reason="It was the wrong pot.")

    assert entered(efua_page).path == f"/admin/changes/{ID}-2"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param({"questions": ""}, "Tick the questions that rest on it", id="no-question"),
        pytest.param({"was": " "}, "Say what was right before, in a sentence", id="no-was"),
        pytest.param({"has_read": ""}, "Say which text you have read", id="not-read"),
        pytest.param({"in_force-day": "31"}, "Enter a real day, such as 30 6 2027", id="no-day"),
        pytest.param({"in_force-year": "2126"}, "more than five years ahead", id="far-ahead"),
        pytest.param({"in_force-year": "1926"}, "too long ago: check the year", id="long-ago"),
        pytest.param({"now": "x" * 401}, "Shorten this to 400 characters", id="too-long"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    efua_page, service, typed, words
):
    efua_page.get("/admin/changes/new?source=pot")

    page = efua_page.press("See what it would do", **{**TYPED, **typed})

    assert page.status == 400
    assert words in page.words
    assert "Half fill the pot, every time." in page.words
    assert ID not in service.editions.register().changes


def test_nothing_is_entered_that_was_changed_after_its_preview(efua_page, service):
    efua_page.get("/admin/changes/new?source=pot")
    efua_page.press("See what it would do", **TYPED)

    page = efua_page.press("Enter it", was="Empty the pot.")

    assert "This was changed after its preview" in page.words
    assert ID not in service.editions.register().changes


def test_it_holds_for_everybody_so_who_leads_one_agency_may_not(
    efua_page, service, people, fresh_browser
):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    entered(efua_page)
    dylan = fresh_browser().sign_in("dylan@northmoor.example")

    assert "Enter a change" not in dylan.get("/admin/changes").words
    assert dylan.get("/admin/changes/new").status == 403
    assert "Entered by mistake?" not in dylan.get(f"/admin/changes/{ID}").words


def test_what_people_were_told_is_taken_back_first(efua_page, service, people, clock):
    take(service, clock, people.amina)
    entered(efua_page)
    draft = ChangeDraft(change=ID, unit="Northmoor")
    service.changes.apply(draft, draft.fingerprint, people.efua)
    efua_page.get(f"/admin/changes/{ID}")

    page = efua_page.press("Take it out", reason="It was the wrong pot.")

    assert "People were told or asked of it: take that back first." in page.words
    assert ID in service.editions.register().changes


def test_another_process_of_the_same_partnership_knows_it(efua_page, service):
    entered(efua_page)

    other = type(service.changes_here.register)(service.database)

    assert ID in other.read().changes
