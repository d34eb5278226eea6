"""One whole dialogue, as the README shows it: made here, and compared with it.

After a change of questions or words: RENEW=yes .venv/bin/python -m pytest -k transcript
"""

import os
from dataclasses import replace
from datetime import date

import pytest

from questions.kinds import Input
from quizbot.chat.conversation import Conversation
from quizbot.chat.terminal import Terminal
from quizbot.rules.pick import Mode
from tests.house import ROOT

README = ROOT / "README.md"
BEGINS, ENDS = "<!-- a dialogue, made by tests/chat/test_transcript.py -->", "<!-- its end -->"
WRONG_AT, FLAGGED_AT = 4, 2


class Written(Terminal):
    """A terminal that keeps what is typed and printed."""

    def type(self, words: str) -> None:
        """Type something, or the key of the button that has these words."""
        keys = {button.words: key for key, button in self.keys.items()}
        line = keys.get(words, words)
        self.lines = [*getattr(self, "lines", []), f"> {line}", self.answer(line)]


def dialogue(service, playing, amina) -> str:
    """From a greeting to the outcome."""
    terminal = Written(Conversation(service), "1@here", width=80)
    for words in ("hello", "what do I have to do?", "Take Referrals", "Start"):
        terminal.type(words)
    for number in range(1, 15):
        turn = playing.open_turn(amina, Mode.ASSURED)
        if number == FLAGGED_AT:
            terminal.type("Flag it")
        terminal.type("".join(playing.letters(turn, right=number != WRONG_AT)))
        if turn.question.input is not Input.ONE:
            terminal.type("That’s my answer")
    for words in ("Submit answers", f"{WRONG_AT} ✗", "thank you"):
        terminal.type(words)
    return "\n\n".join(terminal.lines)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_transcript_in_the_readme_is_what_is_said(service, people, playing):
    service = replace(service, attempts=replace(service.attempts, seed=lambda: 47))
    service.requests.ask(
        people.carys, [people.amina], ["referrals"], date(2026, 12, 1), "New in the team."
    )
    service.links.accept(service.links.payload(people.amina), "terminal", "1@here")

    said = f"\n```text\n{dialogue(service, playing, people.amina)}\n```\n"

    before, _, rest = README.read_text().partition(BEGINS)
    shown, _, after = rest.partition(ENDS)
    if os.environ.get("RENEW"):
        README.write_text(f"{before}{BEGINS}\n{said}\n{ENDS}{after}")
        return
    assert shown.strip() == said.strip(), (
        "the README shows an older dialogue: run"
        " RENEW=yes .venv/bin/python -m pytest -k transcript, and read what changed"
    )
