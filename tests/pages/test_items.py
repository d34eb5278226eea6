"""The page of what answers say of an edition's questions."""

import pytest

from tests.first_attempts import took
from tests.made import bank, place

RIGHT = {"water-boil-1": "b", "water-1": "b", "leaves-1": "a", "leaves-2": "b"}
WRONG = {"water-boil-1": "a", "water-1": "c", "leaves-1": "b", "leaves-2": "c"}


@pytest.fixture
def tea(service):
    service.editions.publish([bank(pass_share=0.7)], place())
    return service.editions.current("tea")


def test_before_enough_people_have_taken_it_the_page_says_how_many_are_missing(
    efua_page, service, tea
):
    took(service, tea, [RIGHT] * 29)

    efua_page.get(f"/admin/editions/{tea.id}")
    page = efua_page.follow("What answers say of its questions")

    assert "1 more is needed" in page.words


def test_a_wrong_key_is_to_be_seen_first_with_what_to_do(efua_page, service, tea):
    took(service, tea, [RIGHT] * 60)
    took(service, tea, [WRONG] * 40)

    page = efua_page.get(f"/admin/editions/{tea.id}/items")

    assert "60 of 100 people passed at the first attempt" in page.words
    (look,) = [one for one in page.main.all("article") if "leaves-1" in one.words]
    assert "Hold the key against its source first" in look.words
    assert "60%" in page.words
    assert len(page.main.all("circle")) == 4
    assert "get the same verdict from another draw" in page.words


def test_a_questions_page_says_what_people_answered(efua_page, service, tea):
    before = efua_page.get("/admin/questions/leaves-1")
    took(service, tea, [RIGHT] * 60)
    took(service, tea, [WRONG] * 40)

    after = efua_page.get("/admin/questions/leaves-1")

    assert "By too few people so far for anything to be said" in before.words
    assert "Answered 40% right of 100 people (31% to 50%)" in after.words
    assert "To look at worse than chance" in after.words


def test_the_file_is_sent_as_it_is_called(efua_page, service, tea):
    took(service, tea, [RIGHT] * 30)

    sent = efua_page.get(f"/admin/editions/{tea.id}/items.csv")

    assert sent.headers["Content-Disposition"] == 'attachment; filename="items-tea-2026.1.csv"'
    assert sent.body.splitlines()[0].startswith("\ufeffQuestion,Asks")


def test_an_author_sees_the_figures_of_their_questionnaire_and_regrades_nothing(
    fresh_browser, service, people, tea
):
    service.authors.give(people.efua, "bashir@northmoor.example", "tea", None)
    service.authors.give(people.efua, "amina@northmoor.example", "referrals", None)
    took(service, tea, [RIGHT] * 60)
    took(service, tea, [WRONG] * 40)
    bashir = fresh_browser().sign_in("bashir@northmoor.example")

    bashir.get("/admin/questions/leaves-1")
    page = bashir.follow("What people answered")

    assert "60 of 100 people passed at the first attempt" in page.words
    assert not [words for words in page.links if words.startswith("Regrade")]
    here = [path for path in page.links.values() if path.startswith("/admin")]
    assert {bashir.client.get(path).status_code for path in here} == {200}
    amina = fresh_browser().sign_in("amina@northmoor.example")
    assert amina.get(f"/admin/editions/{tea.id}/items").status == 403
