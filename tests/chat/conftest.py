"""Chats, spoken as people speak in them."""

from dataclasses import dataclass, replace

import pytest

from quizbot.access import Who
from quizbot.rules.pick import Mode
from quizbot.service import Service
from tests.chat.speaking import Chat


@pytest.fixture
def service(service, clock) -> Service:
    """The same questions each time."""
    attempts = replace(service.attempts, seed=lambda: next(clock.seeds))
    huddles = replace(service.huddles, seed=lambda: next(clock.seeds))
    return replace(service, attempts=attempts, huddles=huddles)


@pytest.fixture
def chat(service) -> Chat:
    """A private chat that is linked to nobody."""
    return Chat(service)


@pytest.fixture
def amina_chat(service, amina) -> Chat:
    """Amina's, linked."""
    made = Chat(service, "2")
    made.say(f"/start {service.links.payload(amina)}")
    return made


@pytest.fixture
def group(service) -> Chat:
    """A team's group."""
    return Chat(service, "-100", is_private=False)


@dataclass(frozen=True)
class Playing:
    """What is right, looked up where learners cannot."""

    service: Service

    def open_turn(self, who: Who, mode: Mode = Mode.PRACTICE):
        (line,) = [x for x in self.service.attempts.of(who) if x.is_open and x.mode is mode]
        number = self.service.attempts.where(who, line.attempt_id)
        assert number is not None
        return self.service.attempts.turn(who, line.attempt_id, number)

    def letters(self, turn, *, right: bool = True) -> list[str]:
        shown = list(turn.question.shown(turn.question.key, turn.order))
        if right:
            return shown
        if turn.question.menus:
            return shown[::-1]
        # Where each option is right, one alone is too few.
        return [next((c.letter for c in turn.choices if c.letter not in shown), shown[0])]

    def reply(self, chat: Chat, turn, *, right: bool = True) -> str:
        """Tap an answer; what is said to it."""
        from questions.kinds import Input

        said = ""
        for letter in self.letters(turn, right=right):
            said = chat.tap(letter.upper())
        if turn.question.input is not Input.ONE:
            said = chat.tap("That’s my answer")
        return said


@pytest.fixture
def playing(service) -> Playing:
    return Playing(service)
