"""The conversation in a terminal: what is typed, and what is printed."""

import os
import subprocess
import sys

import pytest

from questions.bank import Bank
from quizbot.chat.conversation import Conversation
from quizbot.chat.terminal import Terminal
from quizbot.rules.pick import Mode
from tests import made


@pytest.fixture
def terminal(service) -> Terminal:
    return Terminal(Conversation(service), "1@here", width=80)


def keys_of(terminal, words):
    return next(key for key, button in terminal.keys.items() if button.words == words)


def test_from_the_welcome_to_the_end(terminal):
    first, *middle, last = terminal.hold(["", "help", "what do I have to do?", "quit", "never"])

    assert first.startswith("The Knowledge")
    assert "Type a letter or number" in first
    assert len(middle) == 2
    assert last.startswith("Goodbye")


def test_letters_and_numbers_are_typed_and_a_try_works_at_once(service, terminal, playing):
    assert "Question 1 of 14" in terminal.answer("referrals")
    me, said = service.links.chat("terminal", "1@here"), ""

    for _ in range(14):
        turn = playing.open_turn(me)
        said = terminal.answer(" ".join(playing.letters(turn)))
        if turn.question.input != "one":
            said = terminal.answer(keys_of(terminal, "That’s my answer"))
        assert said.startswith("✓ That is right.")
        said = terminal.answer("1")

    assert said.startswith("Practice finished: Referrals")
    assert service.attempts.of(me) == []


def test_several_letters_never_answer_a_question_of_one(service, terminal, playing):
    terminal.answer("referrals")
    me = service.links.chat("terminal", "1@here")
    while playing.open_turn(me).question.input != "one":
        turn = playing.open_turn(me)
        terminal.answer("".join(playing.letters(turn)))
        terminal.answer(keys_of(terminal, "That’s my answer"))
        terminal.answer("1")
    number = playing.open_turn(me).number

    said = terminal.answer("ab")

    assert "Please tap a letter" in said
    assert playing.open_turn(me).number == number


def test_the_numbers_of_the_review_are_those_of_the_questions(service, terminal, amina):
    terminal.answer(f"/start {service.links.payload(amina)}")
    terminal.answer("referrals")
    terminal.answer(keys_of(terminal, "Start"))
    terminal.answer(keys_of(terminal, "Review"))

    assert "Question 9 of 14" in terminal.answer("9")
    (line,) = service.attempts.of(amina)
    assert line.mode is Mode.ASSURED


def test_the_command_makes_what_it_needs_and_ends_with_its_input(tmp_path):
    away = {name: value for name, value in os.environ.items() if not name.startswith("QUIZBOT_")}

    done = subprocess.run(
        [sys.executable, "-m", "quizbot.cli", "chat"],
        cwd=tmp_path, env=away, input="core groups\na\n☺\n", text=True, encoding="utf-8",
        capture_output=True, timeout=300, check=True,
    )  # fmt: skip

    assert "Question 1 of " in done.stdout
    assert "Core groups, practice" in done.stdout
    assert done.stdout.rstrip().endswith("here or on the web.")
    assert (tmp_path / "var" / "secret-key").exists()
    assert "Traceback" not in done.stderr


def test_a_word_made_of_letters_ticks_nothing(service, terminal):
    one = {"text": "Serve it", "misconception": "forever", "errs": "more", "why": "It is raw."}
    of_four = made.question("x")["option"] + [one]
    several = {
        objective: [{**each, "kind": "several-of", "option": of_four} for each in questions]
        for objective, questions in made.questions().items()
    }
    tea = made.module(several)
    service.editions.publish([Bank(tea.id, tea, ())], made.place())
    terminal.answer("tea making")
    assert {"a", "b", "d"} <= terminal.keys.keys()

    assert "0800 1111" in terminal.answer("bad")
    assert "✓" not in terminal.answer("go on")


def test_voice_and_pictures_are_told_whom_to_ring(chat):
    for other in ("voice", "photo", "sticker"):
        said = chat.send(other)
        for number in ("999", "01632 960120", "0800 1111", "116 123"):
            assert number in said
