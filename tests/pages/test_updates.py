"""Confirming a change on the web: the card, was and now, the questions, the outcome, what fails."""

from uuid import UUID

import pytest
from sqlalchemy import delete, event, select

from quizbot.store.tables import attempt, to_confirm
from tests.changed import CHANGE, SECOND, answer_all, ask, changed, publish, renew, resting
from tests.pages.conftest import Visitor, newest_code


@pytest.fixture
def there(service, clock, people, app):
    """Amina is to confirm a change of the tea rule; the pages know it."""
    found = changed(service, clock, people.amina)
    app.extensions["quizbot"] = found.service
    return found


@pytest.fixture
def amina(app, there):
    return Visitor(app, there.service).sign_in("amina@northmoor.example")


def reply(visitor, *, right=True):
    """The key of the question that is open, looked up where learners cannot, or another."""
    _, _, attempt_id, _, number = visitor.page.path.split("/")
    known = visitor.app.extensions["quizbot"]
    with known.database.reading() as connection:
        who = connection.execute(
            select(attempt.c.person_id).where(attempt.c.id == UUID(attempt_id))
        ).scalar_one()
    turn = known.attempts.turn(who, UUID(attempt_id), int(number))
    return turn.question.shown(turn.question.key if right else "a", turn.order)


def test_from_the_card_by_was_and_now_to_the_outcome(amina):
    page = amina.get("/me")
    assert (
        "Confirm a change: Tea making What was, and what is now Was: Ask first. Now: Tell at once."
        in page.words
    )
    assert "2 questions, about 3 minutes. What you have passed stays valid." in page.words
    assert "Assigned due 29 January 2027" in page.words

    page = amina.press("Confirm now : Tea making")
    assert "It was Ask first. It is now, since 1 December 2026 Tell at once." in page.words
    assert "What to do differently Do not wait for an answer." in page.words

    page = amina.follow("2 questions on this")
    assert "Question 1 of 2, update" in page.words
    amina.press("Save and continue", reply=reply(amina))
    amina.press("Save and continue", reply=reply(amina))
    page = amina.press("Submit answers")

    assert "Confirmed: Tea making You had 2 of 2 right: the change is confirmed." in page.words
    page = amina.get("/me")
    assert "Confirm a change" not in page.words
    assert "Update: Tea making, 11 December 2026" in page.links
    assert "Confirmed" in page.words


def test_the_card_is_on_the_first_page_and_on_the_questionnaires_own(amina):
    for path in ("/", "/modules/tea"):
        assert "Confirm a change: Tea making" in amina.get(path).words
    assert "Confirm a change" not in amina.get("/modules/referrals").words


@pytest.fixture
def looked_up(there):
    """Every statement that SQLite is asked by the pages, as it is asked."""
    found = []

    def listen(raw, _record):
        raw.set_trace_callback(lambda words: found.append(words) if "FROM" in words else None)

    database = there.service.database
    for engine in (database.reader, database.single):
        event.listen(engine, "connect", listen)
    database.dispose()
    yield found
    for engine in (database.reader, database.single):
        event.remove(engine, "connect", listen)
    database.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("path", "of_nobody"), [("/me", 1), ("/", 1), ("/modules/tea", 0)])
def test_what_is_asked_is_read_once_for_the_page_and_its_menu(
    amina, there, looked_up, path, of_nobody
):
    amina.get(path)
    looked_up.clear()
    assert "Confirm a change" in amina.get(path).words
    asked = list(looked_up)
    with there.service.database.writing() as connection:
        connection.execute(delete(to_confirm))
    looked_up.clear()
    assert "Confirm a change" not in amina.get(path).words
    not_asked = list(looked_up)

    assert sum("JOIN to_confirm" in words for words in asked) == 1
    assert sum("JOIN to_confirm" in words for words in not_asked) == of_nobody
    assert len(asked) - len(not_asked) <= 9


def test_what_was_missed_is_told_with_why_and_it_may_be_taken_again(amina):
    amina.get("/me")
    amina.press("Confirm now : Tea making")
    amina.follow("2 questions on this")
    amina.press("Save and continue", reply=reply(amina, right=False))
    amina.press("Save and continue", reply=reply(amina))

    page = amina.press("Submit answers")

    assert "Not confirmed yet: Tea making You had 1 of 2 right." in page.words
    assert "To look at again: 1" in page.words
    assert "It gets cold." in page.words
    page = amina.press("Take it again, with other questions : Tea making")
    assert "It was Ask first." in page.words


def test_it_is_gone_on_with_where_one_stopped(amina):
    amina.get("/me")
    amina.press("Confirm now : Tea making")
    amina.follow("2 questions on this")
    amina.press("Save and continue", reply=reply(amina))

    amina.get("/me")
    page = amina.press("Continue : Tea making")

    assert "Question 2 of 2, update" in page.words
    page = amina.press("Back")
    assert "Question 1 of 2, update" in page.words
    page = amina.press("Back")
    assert "It was Ask first." in page.words


def test_before_each_change_stands_its_own_was_and_now(service, clock, people, app):
    known = changed(service, clock, people.amina, CHANGE, SECOND).service
    ask(known, "c2")
    app.extensions["quizbot"] = known
    amina = Visitor(app, known).sign_in("amina@northmoor.example")
    assert "Confirm 2 changes: Tea making" in amina.get("/me").words

    page = amina.press("Confirm now : Tea making")
    assert "What changed, 1 of 2 It was Ask first." in page.words
    amina.follow("2 questions on this")
    amina.press("Save and continue", reply=reply(amina))
    page = amina.press("Save and continue", reply=reply(amina))

    assert "What changed, 2 of 2 It was Keep a copy." in page.words
    page = amina.follow("2 questions on this")
    assert "Question 3 of 4, update" in page.words
    page = amina.press("Back")
    assert "What changed, 2 of 2" in page.words
    page = amina.get(page.path.replace("changes/2", "questions/2"))
    assert "Question 2 of 4, update" in page.words
    page = amina.press("Skip for now")
    assert "What changed, 2 of 2" in page.words


def test_whoever_checks_the_certificate_sees_it(amina, there, people):
    (certificate,) = there.service.certificates.of(people.amina)
    page = amina.get(f"/certificates/{certificate.grouped}")
    assert "Not yet updated for: Tell at once." in page.words

    answer_all(there.service, people.amina, there.service.updates.start(people.amina, "tea"))

    page = amina.get(f"/certificates/{certificate.grouped}")
    assert "Updated on 11 December 2026 for: Tell at once." in page.words


def test_a_letter_leads_who_is_signed_out_to_the_change_that_it_is_about(app, there, people):
    stranger = Visitor(app, there.service)
    assert stranger.get("/modules/tea?asked").buttons[0] == "Sign in and start"
    stranger.press("Sign in and start", email="amina@northmoor.example")

    page = stranger.press("Continue", code=newest_code(there.service, "amina@northmoor.example"))

    assert "It was Ask first. It is now, since 1 December 2026 Tell at once." in page.words
    assert [one.is_update for one in there.service.attempts.of(people.amina) if one.is_open] == [
        True
    ]


def test_who_owes_the_whole_questionnaire_comes_to_its_first_question(app, there, people):
    ask_for = there.service.requests.ask
    ask_for(people.carys, [people.amina], ["tea"], there.service.today())
    stranger = Visitor(app, there.service)
    stranger.get("/modules/tea?asked")
    stranger.press("Sign in and start", email="amina@northmoor.example")

    page = stranger.press("Continue", code=newest_code(there.service, "amina@northmoor.example"))

    assert "Question 1 of" in page.words
    assert "update" not in page.words


# What goes wrong


def test_a_second_tab_finds_it_handed_in(amina):
    amina.get("/me")
    amina.press("Confirm now : Tea making")
    change = amina.page.path
    question = amina.page.links["2 questions on this"]
    amina.follow("2 questions on this")
    amina.press("Save and continue", reply=reply(amina))
    amina.press("Save and continue", reply=reply(amina))
    amina.press("Submit answers")

    assert "Confirmed: Tea making" in amina.get(question, follow=True).words
    assert "It was Ask first." in amina.get(change).words
    assert "Confirmed: Tea making" in amina.send(question, [("reply", "a")]).words


def test_a_start_from_an_old_page_after_it_was_confirmed_is_told_so(amina, there, people):
    amina.get("/me")
    update = there.service.updates.start(people.amina, "tea")
    answer_all(there.service, people.amina, update)

    page = amina.press("Confirm now : Tea making")

    assert "You have confirmed this already, on 11 December 2026" in page.words


def test_what_was_taken_back_meanwhile_says_so(amina, there):
    amina.get("/me")
    amina.press("Confirm now : Tea making")
    there.service.changes.withdraw(there.action, "Asked for the wrong day.")

    page = amina.get(amina.page.path)

    assert "Nobody asks this of you any more." in page.words
    assert "Confirm a change" not in amina.get("/me").words
    assert "Continue Update: Tea making" in amina.page.links


def test_where_it_cannot_be_confirmed_today_the_card_says_why(amina, there, clock):
    clock.forward(minutes=1)
    by_objective = resting()
    renew(by_objective["leaves"][:1])
    publish(there.service, by_objective)

    page = amina.get("/me")

    assert "Too few questions about this change are ready today" in page.words
    assert "Confirm now : Tea making" not in page.buttons


def test_a_change_that_is_not_there_is_not_found(amina):
    amina.get("/me")
    amina.press("Confirm now : Tea making")
    path = amina.page.path

    for number in ("0", "2", "99"):
        assert amina.get(f"{path.rpartition('/')[0]}/{number}").status == 404
    assert amina.post("/modules/no-such/update").status == 404
    assert amina.get("/modules/no-such/update").status == 404
    assert amina.get("/modules/tea/update").location == "/me#confirm-tea"


def test_nobody_else_gets_near_it(amina, app, there):
    amina.get("/me")
    amina.press("Confirm now : Tea making")
    path = amina.page.path

    bashir = Visitor(app, there.service).sign_in("bashir@northmoor.example")

    assert bashir.get(path).status == 404
    assert "no change of this questionnaire" in bashir.send("/modules/tea/update").words
    stranger = Visitor(app, there.service)
    assert stranger.get(path).location.startswith("/sign-in")


def test_a_change_stands_among_what_is_owed_by_its_urgency_and_all_is_counted_in_the_menu(
    amina, there, people, clock
):
    today = there.service.today()
    there.service.requests.ask(people.carys, [people.amina], ["referrals"], today)
    assert amina.get("/me").menu[1] == "My record (2)"
    clock.forward(days=1)

    for path in ("/", "/me"):
        page = amina.get(path)
        late, change = "Start : Referrals", "Confirm now : Tea making"
        assert [one for one in page.buttons if one in (late, change)] == [late, change]
        assert page.menu[1] == "My record (2)"
