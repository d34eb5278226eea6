"""Taking a questionnaire in a chat, as it is spoken."""

from dataclasses import replace
from datetime import date

import pytest

from questions.bank import SHIPPED, read_bank
from questions.kinds.base import Withdrawn
from quizbot.rules.pick import Mode
from quizbot.store.tables import answer, attempt
from tests.chat.speaking import Chat, buttons
from tests.stored import rows


def take(chat, playing, who, wrong=()):
    """A whole try or practice; what is said to the last answer."""
    said = ""
    for number in range(1, 15):
        turn = playing.open_turn(who)
        said = playing.reply(chat, turn, right=number not in wrong)
        if number < 14:
            chat.tap("Continue")
    return said


@pytest.fixture
def me(service, chat):
    return service.links.chat(chat.channel, chat.address)


def test_anyone_practises_at_once_and_leaves_nothing(service, chat, playing, me):
    said = chat.say("/take referrals")
    assert "Nothing counts, and nothing is kept" in said
    assert "Question 1 of 14 · " in said
    assert "practice" in said

    said = take(chat, playing, me)
    assert said.startswith("✓ That is right.")
    said = chat.tap("See the outcome")

    assert said.startswith("Practice finished: ")
    assert "100%. You had 14 of 14 right" in said
    assert rows(service, attempt) == rows(service, answer) == []
    assert "deleted when it ends" in chat.tap("See the outcome")


def test_a_wrong_answer_is_told_with_the_right_one_and_why(chat, playing, me):
    chat.say("/take referrals")
    turn = playing.open_turn(me)

    said = playing.reply(chat, turn, right=False)

    assert said.startswith("✗ That is not right.")
    assert f"Because: {turn.question.because}" in said
    assert "Your answer: " in chat.screen[-2].text
    assert buttons(chat.screen[-2]) == []


def test_nothing_of_the_key_is_told_before_it_is_due(service, chat, amina_chat, playing, me, amina):
    chat.say("/take referrals")
    amina_chat.say("referrals")
    amina_chat.tap("Start")

    for spoken, who, mode in ((chat, me, Mode.PRACTICE), (amina_chat, amina, Mode.ASSURED)):
        turn = playing.open_turn(who, mode)
        told = " ".join([spoken.last.text, *(b.carries for b in buttons(spoken.last))])
        assert turn.question.because not in told
        for line in turn.question.lines("", turn.order):
            assert line.why not in told
        # Where several are right, or all go in an order, every choice looks like every other.
        assert {b.words for b in buttons(spoken.last)} >= {c.letter.upper() for c in turn.choices}


def test_in_practice_the_first_answer_stands(service, chat, playing, me):
    chat.say("/take referrals")
    turn = playing.open_turn(me)
    while turn.question.menus or turn.question.input != "one":
        playing.reply(chat, turn)
        chat.tap("Continue")
        turn = playing.open_turn(me)
    a, b = chat.find("A"), chat.find("B")
    first = chat.tap_on(a)

    assert chat.tap_carrying(a.carries) == first
    said = chat.tap_carrying(b.carries)

    assert said.startswith("In practice your first answer stands.")
    assert chat.whisper == "In practice your first answer stands."
    assert len(rows(service, answer)) == turn.number


def begin(chat):
    chat.say("referrals")
    return chat.tap("Start")


def test_assured_counts_and_the_outcome_is_the_pages(service, amina_chat, playing, amina):
    said = amina_chat.say("/take referrals")
    assert "To pass, you may have at most" in said
    said = amina_chat.tap("Start")
    for _ in range(14):
        turn = playing.open_turn(amina, Mode.ASSURED)
        said = playing.reply(amina_chat, turn)
    assert "Every question has an answer." in said

    said = amina_chat.tap("Submit answers")

    assert said.startswith("Passed: ")
    assert "Your certificate is on your record" in said
    (line,) = service.attempts.of(amina)
    assert (line.mode, line.passed, line.share) == (Mode.ASSURED, True, 1.0)
    said = amina_chat.tap("Every question, one by one")
    assert said.startswith("Question 1 of 14")
    assert "Because: " in said
    assert amina_chat.tap("Question 2 ▶").startswith("Question 2 of 14")
    assert amina_chat.tap("◀ Question 1").startswith("Question 1 of 14")


def test_a_fail_shows_what_was_missed_and_feedback_too(service, amina_chat, playing, amina):
    begin(amina_chat)
    for _ in range(14):
        playing.reply(amina_chat, playing.open_turn(amina, Mode.ASSURED), right=False)

    said = amina_chat.tap("Submit answers")

    assert said.startswith("Not passed this time: ")
    assert "Essential points to put right first:" in said
    assert amina_chat.tap("3 ✗").startswith("Question 3 of 14")
    assert "That is not right." in amina_chat.last.text


def test_an_answer_is_changed_flagged_and_reviewed(service, amina_chat, playing, amina):
    begin(amina_chat)
    turn = playing.open_turn(amina, Mode.ASSURED)
    playing.reply(amina_chat, turn, right=False)
    assert "Question 2 of 14" in amina_chat.last.text
    amina_chat.tap("Flag it")
    assert "Take the flag away" in {b.words for b in buttons(amina_chat.last)}

    amina_chat.tap("Change my answer")
    (at,) = [m for m in amina_chat.screen if m.text.startswith("Question 1 of 14")]
    assert buttons(at)
    first = Chat(service, amina_chat.address, screen=[at])
    if not turn.question.menus and turn.question.input == "several":
        first.tap("✓ " + playing.letters(turn, right=False)[0].upper())
    playing.reply(first, turn)

    said = amina_chat.tap("Review")
    assert "13 questions have no answer yet" in said
    assert "2. " in said
    assert "(flagged, unanswered)" in said
    (line,) = service.attempts.of(amina)
    kept = service.attempts.turn(amina, line.attempt_id, 1)
    assert sorted(kept.shown_reply) == sorted(playing.letters(turn))


def test_unanswered_questions_count_as_wrong_when_submitted(service, amina_chat):
    begin(amina_chat)
    amina_chat.tap("Review")
    said = amina_chat.tap("Submit answers")

    assert said.startswith("Not passed this time")
    assert "0 of 14 right" in said


def test_what_is_begun_on_the_web_is_gone_on_with_in_chat(service, amina, amina_chat, playing):
    attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)
    turn = service.attempts.turn(amina, attempt_id, 1)
    service.attempts.answer(amina, attempt_id, 1, tuple(playing.letters(turn)))

    said = amina_chat.say("/resume")

    assert said.startswith("Question 2 of 14")
    assert "Continue (1 of 14 answered)" in {
        b.words for b in buttons(amina_chat.last)
    } or amina_chat.say("referrals")
    assert "Continue (1 of 14 answered)" in {b.words for b in buttons(amina_chat.last)}


def test_several_open_ones_are_told_apart(amina_chat):
    begin(amina_chat)
    amina_chat.say("referrals")
    amina_chat.tap("Start practice")

    said = amina_chat.say("/resume")

    assert said.startswith("You have begun several.")
    assert len(buttons(amina_chat.last)) == 2


def test_a_restart_forgets_nothing_that_is_on_a_button(service, chat, playing, me):
    """Each tap is heard by a conversation made anew; partial choices are in the buttons."""
    chat.say("/take referrals")
    take(chat, playing, me)

    assert chat.tap("See the outcome").startswith("Practice finished")


def test_a_double_tap_a_finished_attempt_and_an_old_button_are_harmless(
    service, amina_chat, playing, amina
):
    begin(amina_chat)
    old = amina_chat.buttons
    for _ in range(14):
        playing.reply(amina_chat, playing.open_turn(amina, Mode.ASSURED))
    submit = amina_chat.find("Submit answers")
    amina_chat.tap_on(submit)
    before = rows(service, answer), rows(service, attempt)

    assert amina_chat.tap_on(submit).startswith("Passed: ")
    for button in old:
        if not button.carries.startswith(("c", "m", "s")):
            said = amina_chat.tap_carrying(button.carries)
            assert "handed in" in said or said.startswith("Passed")
    assert (rows(service, answer), rows(service, attempt)) == before


def publish_without(service, question_id):
    """Publish referrals once more with one of its questions withdrawn."""
    bank = read_bank(SHIPPED / "referrals", service.place, date(2026, 11, 21))
    gone = Withdrawn(edition="2026.2", why="The guidance has changed.")
    questions = tuple(
        question.model_copy(update={"withdrawn": gone}) if question.id == question_id else question
        for question in bank.module.questions
    )
    module = bank.module.model_copy(update={"questions": questions})
    (done,) = service.editions.publish([replace(bank, module=module, findings=())], service.place)
    assert done.is_new


def test_a_question_withdrawn_meanwhile_stays_in_the_attempt_that_asks_it(
    service, amina_chat, playing, amina
):
    """An attempt is made from one edition and ends on it; the next is made from the new one."""
    begin(amina_chat)
    turn = playing.open_turn(amina, Mode.ASSURED)

    publish_without(service, turn.question.id)

    assert "Question 2 of 14" in playing.reply(amina_chat, turn)
    for _ in range(13):
        playing.reply(amina_chat, playing.open_turn(amina, Mode.ASSURED))
    assert amina_chat.tap("Submit answers").startswith("Passed: ")
    assert turn.question.ask in amina_chat.tap("Every question, one by one")
    offered = service.editions.current("referrals").module.asked
    assert turn.question.id not in {question.id for question in offered}


def test_another_persons_button_is_told_as_nothing_of_mine(service, amina_chat, bashir):
    begin(amina_chat)
    other = Chat(service, "3")
    other.say(f"/start {service.links.payload(bashir)}")
    stranger = Chat(service, "4")

    for button in [b for b in amina_chat.buttons if b.carries[:2] in ("a:", "r:", "f:", "t:")]:
        assert "not among your questionnaires" in other.tap_carrying(button.carries)
        assert "belongs to somebody else" in stranger.tap_carrying(button.carries)
    assert rows(service, answer) == []


@pytest.mark.parametrize(
    "carries",
    ["", "a", "a:", "a:x:1:a", "zz", ":::::", "a:AAAAAAAAAAAAAAAAAAAAAA:1:a", "n:ä:1", "s:x:y",
     "a:AAAAAAAAAAAAAAAAAAAAAA:99999999999999999999:a", "c", "c:nothing", "m:", "m:tea", "h:x:1",
     "e:AAAAAAAAAAAAAAAAAAAAAA:0", "t:AAAAAAAAAAAAAAAAAAAAAA:1", "b:", "\x00", "d", "u"],
)  # fmt: skip
def test_made_up_buttons_get_a_sentence(chat, carries):
    assert chat.tap_carrying(carries or "?")


def test_forged_letters_are_refused_kindly(service, chat, playing, me):
    chat.say("/take referrals")
    carried = next(b.carries for b in chat.buttons if b.carries[:2] in ("a:", "t:"))
    _, packed, *_ = carried.split(":")

    for what in ("a", "t"):
        for letters in ("", "z", "aa", "abcdefgh", "☺"):
            said = chat.tap_carrying(f"{what}:{packed}:1:{letters}")
            assert said
    assert len(rows(service, answer)) <= 1


def test_beginning_another_without_an_account_is_asked_first(service, chat, me):
    chat.say("/take referrals")
    said = chat.say("/take referrals")
    assert "Question 1 of 14" in said


def test_after_two_fails_within_a_day_a_chat_says_until_when_the_next_waits(
    service, amina_chat, amina
):
    waits = "so the next attempt that counts waits until 05:00 on 22 November 2026."
    said = amina_chat.say("/take referrals")
    assert "Two attempts within a day that are not passed mean" in said
    for _ in range(2):
        attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)
        service.attempts.submit(amina, attempt_id)

    said = amina_chat.say("/take referrals")

    assert waits in said
    words = [button.words for button in buttons(amina_chat.screen[-1])]
    assert words == ["Start practice"]
