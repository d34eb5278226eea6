"""What is told before the start: the first page, a module's instructions, its sources."""

import re

import pytest

from quizbot.rules.pick import Mode
from quizbot.words import MANAGER_SEES
from tests.pages.conftest import newest_code


@pytest.fixture
def instructions(anyone):
    return anyone.get("/modules/referrals")


@pytest.fixture
def module(service):
    return service.editions.current("referrals").module


def test_the_first_page_has_a_card_for_each_module(anyone, service):
    page = anyone.get("/")

    for offer in service.editions.offers():
        assert page.links[offer.module.title] == f"/modules/{offer.module.id}"
        assert offer.module.summary in page.words
    assert "Anyone can try: no account, and nothing is kept." in page.words


def test_the_instructions_tell_what_is_covered(instructions, module):
    for objective in module.objectives.values():
        assert objective in instructions.words


def test_the_instructions_tell_how_many_questions_and_about_how_long(instructions, module):
    assert f"14 questions, about {module.minutes} minutes. There is no time limit." in (
        instructions.words
    )


def test_the_instructions_say_that_it_is_open_book(instructions):
    assert "Look things up if you like" in instructions.words


def test_the_instructions_tell_the_pass_rule_in_words(instructions):
    assert (
        "To pass, you may have at most two wrong, not both in one area,"
        " and none of the essential points." in instructions.words
    )


def test_the_instructions_tell_what_happens_with_the_result_and_who_sees_what(instructions):
    for words in (
        "Who sees what",
        "You see every answer, and why.",
        MANAGER_SEES,
        "The partnership sees figures about many people together, never about you.",
        "Practice is yours alone: nobody else sees it",
    ):
        assert words in instructions.words


def test_the_instructions_tell_what_it_is_not_used_for(instructions):
    assert "It is not used for discipline or capability procedures." in instructions.words


def test_the_modules_own_instructions_are_shown_paragraph_by_paragraph(instructions, module):
    shown = [paragraph.words for paragraph in instructions.main.all("p")]

    for paragraph in module.instructions.strip().split("\n\n"):
        assert " ".join(paragraph.split()) in shown


def test_before_signing_in_one_can_try_or_sign_in(instructions):
    assert instructions.buttons == ["Try it now"]
    assert "Sign in to have it count" in instructions.links


def test_signed_in_one_can_start_or_practise(amina_page):
    assert amina_page.get("/modules/referrals").buttons == ["Start", "Start practice"]


def test_what_is_open_can_be_gone_on_with(amina_page):
    amina_page.get("/modules/referrals")
    amina_page.press("Start")

    assert amina_page.get("/modules/referrals").buttons == ["Continue", "Start practice"]


def test_what_is_begun_tells_how_far_one_is(amina_page, keys):
    amina_page.get("/modules/referrals")
    amina_page.press("Start")
    amina_page.press("Save and continue", reply=keys.right(amina_page.page))

    page = amina_page.get("/modules/referrals")

    assert page.buttons == ["Continue (1 of 14)", "Start practice"]


def test_the_button_comes_before_all_that_can_be_folded(amina_page):
    page = amina_page.get("/modules/referrals")

    start = page.words.index("Start")
    assert all(start < page.words.index(one.words) for one in page.main.all("summary"))
    assert [one.words for one in page.main.all("summary")] == [
        "What is covered",
        "How to pass",
        "Who sees what",
        "Instructions",
    ]


def test_a_letter_leads_to_the_first_question_with_one_form_and_one_code(anyone, people, service):
    letter = anyone.get("/modules/referrals?asked")
    assert letter.buttons[0] == "Sign in and start"
    anyone.press("Sign in and start", email="amina@northmoor.example")

    code = newest_code(service, "amina@northmoor.example")
    question = anyone.press("Continue", code=code)

    assert "Question 1 of 14" in question.words
    (line,) = service.attempts.of(people.amina)
    assert line.mode is Mode.ASSURED


def test_a_letter_leads_to_where_one_stopped(anyone, amina_page, people, service, keys):
    amina_page.get("/modules/referrals")
    amina_page.press("Start")
    amina_page.press("Save and continue", reply=keys.right(amina_page.page))
    anyone.get("/modules/referrals?asked")
    anyone.press("Sign in and start", email="amina@northmoor.example")

    question = anyone.press("Continue", code=newest_code(service, "amina@northmoor.example"))

    assert "Question 2 of 14" in question.words


def test_a_link_alone_begins_nothing(amina_page, service, people):
    amina_page.get("/modules/referrals?asked")

    assert amina_page.get("/modules/referrals/attempts").location == "/modules/referrals"
    assert service.attempts.of(people.amina) == []


def test_signing_in_from_the_instructions_leads_back_to_them(anyone, people, service):
    anyone.get("/modules/referrals")
    anyone.get(anyone.page.links["Sign in to have it count"], follow=True)
    anyone.press("Send me a code", email="amina@northmoor.example")

    code = newest_code(service, "amina@northmoor.example")
    signed_in = anyone.press("Continue", code=code)

    assert signed_in.path == "/modules/referrals"
    assert "Start" in signed_in.buttons


def test_the_sources_page_names_every_source_and_where_it_is_cited(anyone, module):
    page = anyone.get("/modules/referrals/sources")

    assert page.heading == "What the questions rest on: Referrals"
    for source in module.sources.values():
        assert source.title in page.words
        assert source.edition in page.words


def test_the_sources_page_counts_reviews_and_tells_edition_and_changes(anyone, module, service):
    page = anyone.get("/modules/referrals/sources")

    counts = re.findall(r"[A-Z][a-z]+ 20\d\d: (\d+) questions?\b", page.words)
    assert sum(map(int, counts)) == len(module.asked)
    assert f"Edition {module.edition}, {len(module.asked)} questions." in page.words
    assert service.editions.current("referrals").fingerprint[:12] in page.words
    assert module.changes[-1].what in page.words
    assert "No safeguarding lead has signed this edition yet." in page.words


def test_the_module_page_leads_to_its_sources(instructions):
    assert instructions.links["What the questions rest on"] == "/modules/referrals/sources"


@pytest.mark.parametrize("path", ["/privacy", "/accessibility"])
def test_pages_about_the_service_are_open_to_all(anyone, path):
    assert anyone.get(path).status == 200


def test_the_signs_of_life(anyone):
    assert anyone.get("/health/live").body == "alive\n"
    assert anyone.get("/health/ready").body == "ready\n"


def test_a_page_travels_packed_and_reads_the_same(app):
    client = app.test_client()
    plain = client.get("/modules/referrals/sources")

    packed = client.get("/modules/referrals/sources", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["Cache-Control"] == "no-store"


def test_style_sheet_and_icon_are_kept_for_a_year_under_an_address_that_changes(anyone, app):
    page = anyone.get("/")
    links = [link["href"] for link in page.tree.all("link") if link["rel"] != "manifest"]

    assert len(links) == 4
    for path in links:
        assert re.match(r"/static/[0-9a-f]{10}/", path)
        fetched = app.test_client().get(path, headers={"Accept-Encoding": "gzip"})
        assert fetched.status_code == 200
        assert fetched.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert app.test_client().get("/static/0123456789/../secret").status_code == 404
    assert app.test_client().get("/static/0123456789/no.css").status_code == 404


def test_instructions_and_sources_say_that_questions_and_answers_are_public(anyone):
    assert "questions and their answers are public" in anyone.get("/modules/referrals").words
    assert "right answers are public" in anyone.get("/modules/referrals/sources").words
