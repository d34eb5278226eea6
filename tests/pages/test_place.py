"""What a lead sees of the place: settings, what needs somebody, and what comes of it."""

from datetime import date, timedelta

import pytest

from questions.place import SHIPPED, Setting, read_place
from quizbot.access import Role
from quizbot.editions.place import place_words
from quizbot.errors import NotAllowed
from quizbot.service import open_service
from tests.conftest import settings_for
from tests.made import TODAY
from tools.running import BY_LETTER


@pytest.fixture
def place_file(tmp_path):
    """This installation's own file, as a test writes it."""
    path = tmp_path / "place.toml"
    path.write_bytes(SHIPPED.read_bytes())
    return path


@pytest.fixture
def service(database_url, tmp_path, clock, place_file):
    opened = open_service(
        settings_for(database_url, tmp_path, place=place_file, local_banks=BY_LETTER), clock
    )
    yield opened
    opened.close()


def change(path, name, line):
    """Put a line of a setting in place of the one there was."""
    before, head, after = path.read_text().partition(f"\n[{name}]\n")
    lines = after.split("\n")
    at = next(n for n, old in enumerate(lines) if old.split(" =")[0] == line.split(" =")[0])
    lines[at] = line
    path.write_text(before + head + "\n".join(lines))


def test_a_place_in_order_has_nothing_to_look_at(efua_page):
    page = efua_page.get("/admin/place")

    assert "Every setting is filled and up to date." in page.words
    assert "No question is held back." in page.words
    assert "business.manager@northmoor.example" in page.words
    assert "ref-after-the-call" in efua_page.get("/admin/place/written_confirmation").words


def test_settings_stand_by_questionnaire_and_each_leads_to_the_questions_that_need_it(efua_page):
    page = efua_page.get("/admin/place")

    titles = [line.words.partition(":")[0] for line in page.main.all("summary")]
    assert titles == [
        "Of several questionnaires, or of every page",
        "Of questionnaires that are not here",
        "Referrals",
    ]
    (needs,) = [words for words in page.links if words.endswith("need written_confirmation")]
    assert page.links[needs] == "/admin/place/written_confirmation"


def test_a_stale_setting_is_told_with_its_questions_and_its_owner(efua_page, place_file):
    change(place_file, "written_confirmation", f"review_by = {TODAY - timedelta(days=1)}")

    words = efua_page.get("/admin/place").words

    assert "written_confirmation was to be looked at by 20 November 2026: please ask" in words
    assert "written_confirmation was to be looked at again" in words
    assert "Questions that are not asked because of it" in words


def test_an_empty_setting_that_too_much_rests_on_leaves_a_module_for_practice(
    efua_page, place_file
):
    change(place_file, "escalation_procedure", 'value = ""')

    words = efua_page.get("/admin/place").words

    assert "escalation_procedure is empty: please ask" in words
    assert "Questionnaires that are practice only because of it: 1" in words
    assert "Referrals: Too few of its questions" in words


def test_a_fault_of_the_file_is_told(efua_page, place_file):
    change(place_file, "referral_phone", 'value = "ring us"')

    words = efua_page.get("/admin/place").words

    assert "`value` must be digits and spaces, not 'ring us'" in words
    assert "is missing: every page shows it, so add it" in words
    assert "pages, chats and letters go on with what the file said before: Northmoor" in words
    assert "01632 960120" in efua_page.get("/").body


def test_the_file_can_be_taken_away(efua_page, place_file):
    sent = efua_page.get("/admin/place/place.toml")

    assert sent.headers["Content-Disposition"] == "attachment; filename=place.toml"
    assert "[referral_team]" in sent.body
    place_file.unlink()
    assert efua_page.get("/admin/place/place.toml").status == 404


def test_the_place_is_for_leads(amina_page, carys_page):
    for visitor in (amina_page, carys_page):
        for path in ("/admin/place", "/admin/place/place.toml"):
            assert visitor.get(path).status == 403


# ---- a setting changed on the page ---------------------------------------------------------


def new_value(page, name, value, **fields):
    """Fill in the form of a setting, and look at what it would change."""
    page.get(f"/admin/place/{name}")
    given = {} if value is None else {"value": value}
    return page.press("See what it would change", **given, **fields)


def in_two_years(clock):
    return {"review_by-day": "1", "review_by-month": "6", "review_by-year": "2028"}


def test_a_setting_says_what_it_does_who_owns_it_and_where_it_stands(efua_page):
    page = efua_page.get("/admin/place/written_confirmation")

    assert "How soon a referral by telephone is confirmed in writing." in page.words
    assert "It says now within 24 hours" in page.words
    assert "in the file place.toml" in page.words
    assert "Last looked at the file does not say" in page.words
    assert "questions need it" in page.words or "question needs it" in page.words


def test_a_change_is_previewed_question_by_question_and_then_a_new_edition(efua_page, service):
    before = service.editions.current("referrals")
    page = new_value(efua_page, "written_confirmation", "within two working days")

    assert page.heading == "What it would change"
    assert "questions are different" in page.words
    assert "<del>24</del>" in page.body
    assert service.editions.current("referrals").id == before.id
    page = efua_page.press("Save and publish")

    assert page.notes == ["Saved. A new edition is published of Referrals."]
    after = service.editions.current("referrals")
    assert "within two working days" in str(after.module.questions)
    assert "within 24 hours" not in str(after.module.questions)
    assert "saved here on 21 November 2026 by Efua Mensah" in page.words


def test_what_every_page_shows_is_there_at_once(efua_page, anyone):
    new_value(efua_page, "referral_phone", "01632 960121")
    efua_page.press("Save and publish")

    assert "01632 960121" in anyone.get("/").body
    assert "01632 960120" not in anyone.get("/modules/referrals").body


def test_another_process_hears_of_it(efua_page, database_url, tmp_path, clock, place_file):
    new_value(efua_page, "referral_hours", "day and night")
    efua_page.press("Save and publish")

    other = open_service(settings_for(database_url, tmp_path, place=place_file), clock)

    assert other.place.text("referral_hours") == "day and night"
    assert other.places.laid_over(other.places.in_use).text("referral_hours") == "day and night"
    other.close()


def test_the_file_counts_again_once_it_says_something_else(efua_page, place_file):
    new_value(efua_page, "written_confirmation", "within two working days")
    efua_page.press("Save and publish")
    change(place_file, "written_confirmation", 'value = "within a day"')

    page = efua_page.get("/admin/place/written_confirmation")

    assert "It says now within a day" in page.words
    assert "The file was changed after that, so the file counts" in page.words


def test_a_setting_is_left_to_the_file(efua_page, service):
    before = service.editions.current("referrals").fingerprint
    new_value(efua_page, "written_confirmation", "within two working days")
    efua_page.press("Save and publish")
    efua_page.get("/admin/place/written_confirmation")

    page = efua_page.press("Leave it to the file")

    assert page.notes == [
        "What the file says counts again. A new edition is published of Referrals."
    ]
    assert service.editions.current("referrals").fingerprint == before
    efua_page.get("/admin/place/written_confirmation")
    assert "Leave it to the file" not in efua_page.page.buttons


def test_looking_at_it_again_is_a_day_alone(efua_page, place_file, service):
    change(place_file, "written_confirmation", f"review_by = {TODAY - timedelta(days=1)}")

    page = new_value(efua_page, "written_confirmation", None, **in_two_years(TODAY))
    assert "within 24 hours → within 24 hours" in page.words
    efua_page.press("Save and publish")

    assert "Every setting is filled and up to date." in efua_page.get("/admin/place").words


def test_what_would_leave_a_questionnaire_for_practice_is_told_first(efua_page):
    page = new_value(efua_page, "escalation_procedure", "")

    assert "Referrals would be practice only: Too few of its questions" in page.words
    page = efua_page.press("Change it first")
    assert page.heading == "Escalation procedure"


@pytest.mark.parametrize(
    ("name", "fields", "error"),
    [
        ("referral_phone", {"value": "ring us"}, "The value must be digits and spaces, not"),
        ("referral_phone", {"value": ""}, "Every page shows this: fill it"),
        ("referral_form", {"value": "example"}, "The value must be an address that begins with"),
        ("referral_team", {"value": "The {team}"}, "The value must be one line of at most 300"),
        ("feedback_wait", {"value": "soon"}, "Enter a whole number from 1 to 999"),
        ("feedback_wait", {"value": ""}, "Enter a whole number from 1 to 999"),
        ("referral_team", {"owner": " "}, "Say who keeps it right: a name or an address"),
        ("referral_team", {"review_by-year": "2020"}, "This day is over: choose one by which"),
        ("referral_team", {"review_by-year": "2999"}, "Choose a day within two years, so that"),
        ("referral_team", {"review_by-day": "31", "review_by-month": "2"}, "Enter a real day"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(efua_page, service, name, fields, error):
    before = dict(service.place.settings)
    efua_page.get(f"/admin/place/{name}")

    page = efua_page.press("See what it would change", **fields)

    assert page.status == 400
    assert page.errors[0].startswith(error)
    assert dict(service.place.settings) == before


def test_what_was_not_previewed_is_not_saved(efua_page, service):
    new_value(efua_page, "referral_hours", "day and night")

    page = efua_page.press("Save and publish", value="never")

    assert page.errors == ["The setting was changed after its preview: look at it again."]
    assert service.place.text("referral_hours") == "Monday to Friday, 8.30am to 5.30pm"


def test_a_switch_is_ticked(efua_page, service):
    page = new_value(efua_page, "is.duty_in_force", None)
    assert "is.duty_in_force : on → on" in page.words
    efua_page.get("/admin/place/is.duty_in_force")

    page = efua_page.press("See what it would change", value=[])

    assert "is.duty_in_force : on → off" in page.words


def test_a_setting_that_is_not_there_is_not_found(efua_page):
    assert efua_page.get("/admin/place/no_such_thing").status == 404


def test_every_setting_has_its_words():
    shipped, _ = read_place(SHIPPED, TODAY)

    assert set(place_words()) == set(shipped.settings)


def filled(number):
    return {"value": number, "owner": "lead@northmoor.example", **in_two_years(TODAY)}


@pytest.mark.parametrize("number", ["999", "9 9 9", "112"])
@pytest.mark.parametrize("name", ["referral_phone", "out_of_hours_phone", "advice_phone"])
def test_an_emergency_number_is_no_number_of_a_team(efua_page, name, number):
    efua_page.get(f"/admin/place/{name}")

    page = efua_page.press("See what it would change", **filled(number))

    assert page.status == 400
    (error,) = page.errors
    assert error.startswith("The value must be a team's own number, not 9") or "not 112" in error
    assert "that is for emergencies, and every page tells it already" in error


def test_an_emergency_number_in_the_file_is_told_too(place_file):
    change(place_file, "referral_phone", 'value = "999"')

    _, findings = read_place(place_file, TODAY)

    assert any("that is for emergencies" in finding.words for finding in findings)


def test_a_setting_is_called_by_words(efua_page):
    page = efua_page.get("/admin/place/referral_phone")

    assert page.heading == "Referral phone"
    assert "In the file: referral_phone" in page.words


@pytest.fixture
def dylan_page(fresh_browser, service, people):
    """Dylan, who leads the Police alone."""
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    return fresh_browser().sign_in("dylan@northmoor.example")


def test_a_lead_of_one_agency_reads_settings_and_is_told_who_changes_them(dylan_page):
    page = dylan_page.get("/admin/place/referral_phone")

    assert "01632 960120" in page.words
    assert "a safeguarding lead of the whole partnership changes it: Efua Mensah." in page.words
    assert page.main.all("form") == []


def test_a_lead_of_one_agency_saves_nothing_that_holds_for_all(dylan_page, service, people):
    line = service.places.one(people.dylan, "referral_phone")
    setting = Setting(
        type="telephone", value="01632 960121", owner=line.owner, review_by=date(2027, 6, 1)
    )
    dylan_page.get("/admin/place")

    assert (
        dylan_page.post("/admin/place/referral_phone", filled("01632 960121").items()).status == 403
    )
    assert dylan_page.post("/admin/place/referral_phone/file").status == 403
    for act in (
        lambda: service.places.preview(people.dylan, "referral_phone", setting),
        lambda: service.places.save(people.dylan, "referral_phone", setting, "x"),
        lambda: service.places.leave_to_file(people.dylan, "referral_phone"),
    ):
        with pytest.raises(NotAllowed, match="a safeguarding lead of the whole partnership"):
            act()
    assert service.places.one(people.dylan, "referral_phone").value == "01632 960120"
