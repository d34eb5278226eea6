"""What a lead sees of the place: settings, what needs somebody, and what comes of it."""

from datetime import timedelta

import pytest

from questions.place import SHIPPED
from quizbot.service import open_service
from tests.conftest import settings_for
from tests.made import TODAY


@pytest.fixture
def place_file(tmp_path):
    """This installation's own file, as a test writes it."""
    path = tmp_path / "place.toml"
    path.write_bytes(SHIPPED.read_bytes())
    return path


@pytest.fixture
def service(database_url, tmp_path, clock, place_file):
    opened = open_service(settings_for(database_url, tmp_path, place=place_file), clock)
    yield opened
    opened.close()


@pytest.fixture
def efua_page(fresh_browser, people):
    return fresh_browser().sign_in("efua@northmoor.example")


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
    assert "ref-after-the-call" in page.words


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
