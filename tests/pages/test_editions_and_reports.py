"""Reporting a problem with a question, and what leads do with editions."""

from dataclasses import replace
from datetime import date

import pytest

from questions.bank import SHIPPED, read_bank
from questions.called import KINDS, LEVELS
from quizbot.errors import BadReply, NotAllowed, NotOffered, Refused
from quizbot.rules.pick import Mode


def current(service):
    return service.editions.current("referrals")


def changed_edition(service):
    """Publish referrals once more, with one question reworded and one withdrawn."""
    module = read_bank(SHIPPED / "referrals", service.place, date(2026, 11, 21)).module
    first, second, *rest = module.questions
    reworded = first.model_copy(update={"because": first.because + " Ring first."})
    fewer = module.model_copy(update={"questions": (reworded, *rest)})
    bank = read_bank(SHIPPED / "referrals", service.place, date(2026, 11, 21))
    service.editions.publish([replace(bank, module=fewer, findings=())], service.place)
    return first, second


def test_the_editions_page_tells_first_how_one_is_published_in_the_browser(efua_page):
    page = efua_page.get("/admin/editions")

    assert page.links["drafts"] == "/admin/drafts"
    assert page.links["Questions"] == "/admin/questions"
    assert page.words.index("Questions") < page.words.index("quizbot banks publish")


def test_anyone_can_report_after_trying_and_goes_back_to_the_question(anyone, keys, people):
    anyone.get("/modules/referrals")
    anyone.press("Try it now")
    question = anyone.page.path
    anyone.press("Check answer", reply=keys.right(anyone.page))
    anyone.follow("Report a problem with this question")
    assert "No names, no case details" in anyone.page.words

    page = anyone.press("Send the report", words="The second answer could be right too.")

    assert page.path == question
    assert "Thank you" in page.words


def links_to_report(page):
    """How many links lead from a page to the form for a problem."""
    return page.body.count('href="/problems/')


def test_every_feedback_and_every_outcome_leads_to_the_form(amina_page, anyone, take, keys):
    for visitor, start in (
        (amina_page, "Start"),
        (amina_page, "Start practice"),
        (anyone, "Try it now"),
    ):
        assert links_to_report(take(visitor, start)) == 14
    for visitor, start in ((amina_page, "Start practice"), (anyone, "Try it now")):
        visitor.get("/modules/referrals")
        visitor.press(start)
        assert links_to_report(visitor.press("Check answer", reply=keys.right(visitor.page))) == 1


def test_a_report_is_answered_and_its_maker_told(amina_page, efua_page, take):
    take(amina_page, "Start", wrong_at=(1,))
    amina_page.follow("Report a problem with question 1")
    amina_page.press("Send the report", words="Unclear who is asked.")
    page = efua_page.get("/admin/reports")
    assert "Unclear who is asked." in page.words

    efua_page.press("Send the answer", answer="Reworded, thank you.", mended_in="2026.2")

    told = amina_page.get("/me").words
    assert "Reworded, thank you." in told
    assert "Corrected in edition 2026.2" in told


def test_an_answer_without_a_reader_does_not_promise_one(anyone, efua_page, service):
    question = current(service).module.asked[0]
    anyone.get(f"/problems/{current(service).id}/{question.id}")
    anyone.press("Send the report", words="Unclear who is asked.")

    page = efua_page.get("/admin/reports")

    assert "whoever reported it has no account" in page.words
    assert "for the reporter to read" not in page.words
    assert "Keep the answer" in page.words


@pytest.mark.parametrize(
    ("words", "told"), [("", "Say what is wrong"), ("x" * 501, "Shorten this"), ("a\0b", "anew")]
)
def test_a_report_with_a_fault_keeps_what_was_typed(anyone, service, people, words, told):
    question = current(service).module.asked[0]
    anyone.get(f"/problems/{current(service).id}/{question.id}")

    page = anyone.press("Send the report", words=words)

    assert page.status == 400
    assert told in page.words
    assert service.problems.all(people.efua) == []


def test_a_report_leads_back_to_pages_of_ours_only(anyone, service, people):
    question = current(service).module.asked[0]
    for back in ("https://elsewhere.example/try/", "//elsewhere.example/try/", "/admin/people"):
        anyone.get(f"/problems/{current(service).id}/{question.id}?back={back}")

        assert anyone.press("Send the report", words=f"From {back}").path == "/"


def test_reports_are_limited_so_that_nobody_floods_them(service, people):
    edition, question = current(service), current(service).module.asked[0]
    for number in range(30):
        service.problems.report(edition.id, question.id, f"Report {number}", None)

    with pytest.raises(Refused, match="Try again later"):
        service.problems.report(edition.id, question.id, "One more", None)
    service.problems.report(edition.id, question.id, "By somebody known", people.amina)


def test_the_same_report_twice_is_one(service, people):
    edition, question = current(service), current(service).module.asked[0]
    for _ in range(2):
        service.problems.report(edition.id, question.id, "The same", people.amina)

    assert len(service.problems.mine(people.amina)) == 1


def test_reports_are_for_leads_only(carys_page, service, people):
    assert carys_page.get("/admin/reports").status == 403
    with pytest.raises(NotAllowed):
        service.problems.answer(people.carys, people.amina, "No.")


def test_what_is_published_is_listed_and_compared(efua_page, service):
    first, second = changed_edition(service)
    page = efua_page.get("/admin/editions")
    assert "Current" in page.words

    page = efua_page.follow(f"What changed in Referrals, {current(service).label}")

    assert "Ring first." in page.words
    assert first.ask in page.words
    assert second.ask in page.words
    assert "Gone" in page.words
    for question in (first, second):
        assert (
            question.because in efua_page.get(page.links[f"See the question {question.id}"]).words
        )


def test_a_question_is_previewed_as_a_chat_shows_it(efua_page, service):
    for question in current(service).module.asked[:4]:
        page = efua_page.get(f"/admin/editions/{current(service).id}/questions/{question.id}")

        asked, told = (" ".join(one.words.split()) for one in page.main.all("pre"))
        assert asked.startswith("Question 1 of 1 · Referrals")
        for letter in question.letters:
            assert " ".join(question.text_of(letter).split()) in asked
        assert " ".join(question.because.split()) in told
        assert "vote in a group" in page.words


def test_a_question_is_previewed_as_learners_see_it(efua_page, service):
    question = current(service).module.asked[0]

    page = efua_page.get(f"/admin/editions/{current(service).id}/questions/{question.id}")

    assert question.ask in page.words
    assert "What is told afterwards" in page.words
    assert f"{KINDS[question.kind]}, {LEVELS[question.level]}, " in page.words
    assert question.kind not in page.words
    assert page.links["What is known of it, and changing it"] == f"/admin/questions/{question.id}"


def test_an_edition_is_read_from_the_first_question_to_the_last(efua_page, service):
    edition = current(service)
    page = efua_page.get(f"/admin/editions/{edition.id}")
    page = efua_page.follow("Read them one after the other")

    for number, question in enumerate(edition.reading_order, 1):
        assert f"Question {number} of {len(edition.questions)} in this edition" in page.words
        assert question.because in page.words
        if number < len(edition.questions):
            page = efua_page.follow(f"Next {edition.reading_order[number].ask}")
    assert "Next " not in " ".join(page.links)
    objectives = [question.objective for question in edition.reading_order]
    assert list(dict.fromkeys(objectives)) == list(edition.module.objectives)
    page = efua_page.follow(f"Previous {edition.reading_order[-2].ask}")
    assert edition.reading_order[-2].because in page.words


def test_a_lead_signs_and_the_sources_page_says_so(efua_page, anyone, service):
    assert "No safeguarding lead has signed" in anyone.get("/modules/referrals/sources").words
    efua_page.get(f"/admin/editions/{current(service).id}")

    efua_page.press(
        "Sign", name="Efua Mensah", role="Safeguarding lead", checked="Every key against its source"
    )

    told = anyone.get("/modules/referrals/sources").words
    assert "Signed by Efua Mensah, Safeguarding lead" in told
    assert "No safeguarding lead has signed" not in told


def test_a_signature_needs_name_role_and_what_was_checked(efua_page, service):
    efua_page.get(f"/admin/editions/{current(service).id}")

    page = efua_page.press("Sign", name="Efua Mensah", role="", checked="Everything")

    assert page.status == 400
    assert "Give your role" in page.words
    assert "Efua Mensah" in page.body
    with pytest.raises(BadReply):
        service.signatures.sign(current(service).id, "E", "R", "x" * 501)


def test_a_changed_question_needs_a_new_signature(service):
    service.signatures.sign(current(service).id, "Efua Mensah", "Lead", "Everything")
    assert service.editions.is_signed(current(service))

    changed_edition(service)

    assert not service.editions.is_signed(current(service))


def test_an_installation_can_ask_for_a_signature_before_anything_counts(service, people):
    strict = replace(service.editions, signature_needed=True)
    attempts = replace(service.attempts, editions=strict)
    assert "No safeguarding lead has signed" in strict.offer("referrals").practice_only
    with pytest.raises(NotOffered, match="signed"):
        attempts.start(people.amina, "referrals", Mode.ASSURED)
    assert attempts.start(people.amina, "referrals", Mode.PRACTICE)

    service.signatures.sign(current(service).id, "Efua Mensah", "Lead", "Everything")

    assert attempts.start(people.amina, "referrals", Mode.ASSURED)


def test_editions_are_for_leads_and_auditors(carys_page, service):
    edition_id = current(service).id
    for path in ("", f"/{edition_id}", f"/{edition_id}/since/{edition_id}"):
        assert carys_page.get(f"/admin/editions{path}").status == 403


def test_what_is_not_there_is_not_found(efua_page, service, people):
    edition_id = current(service).id
    for path in (
        f"/admin/editions/{people.amina}",
        f"/admin/editions/{edition_id}/questions/no-such",
        f"/problems/{edition_id}/no-such",
        f"/problems/{people.amina}/ref-one",
    ):
        assert efua_page.get(path).status == 404


def test_a_setting_carries_it(service, monkeypatch):
    monkeypatch.setenv("QUIZBOT_SIGNATURE_NEEDED", "yes")
    from quizbot.config import read_settings

    assert read_settings(_env_file=None).signature_needed
