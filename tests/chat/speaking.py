"""Somebody in a chat, as tests see it: what they say and tap, and the messages on their screen."""

from dataclasses import dataclass, field

from quizbot.chat.conversation import Conversation
from quizbot.chat.said import LONGEST_CARRIED, LONGEST_TEXT, Button, Heard, Message, Poll, StopPoll
from quizbot.chat.split import length
from quizbot.service import Service


@dataclass
class Chat:
    """One chat on a channel of the tests' own; every message is held against the limits."""

    service: Service
    address: str = "1"
    channel: str = "here"
    is_private: bool = True
    screen: list[Message] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)
    votes: tuple[int, ...] | None = None
    whisper: str = ""

    @property
    def conversation(self) -> Conversation:
        return Conversation(self.service)

    @property
    def last(self) -> Message:
        return self.screen[-1]

    def say(self, words: str) -> str:
        """Say something; what is answered."""
        return self._hear(words=words)

    def send(self, other: str) -> str:
        """Send what is no words."""
        return self._hear(other=other)

    def tap(self, words: str) -> str:
        """Tap on the newest button with these words, or on the letter of an option."""
        return self.tap_on(self.find(words))

    def tap_on(self, button: Button) -> str:
        """Tap on a button wherever it is on the screen."""
        at = max(n for n, m in enumerate(self.screen) if any(button in row for row in m.rows))
        return self._hear(tap=button.carries, at=at)

    def tap_carrying(self, carries: str) -> str:
        """Tap on a button of another time or another person's."""
        return self._hear(tap=carries)

    def find(self, words: str) -> Button:
        """The newest button with these words, or for the option with this text."""
        for message in reversed(self.screen):
            for button in buttons(message):
                if button.words == words:
                    return button
            for line in message.text.splitlines():
                letter, _, text = line.partition("  ")
                if text == words and len(letter) == 1:
                    found = [b for b in buttons(message) if b.words.split()[-1] == letter]
                    if found:
                        return found[0]
        raise AssertionError(f"no button {words!r} in {[b.words for b in self.buttons]}")

    @property
    def buttons(self) -> list[Button]:
        return [button for message in self.screen for button in buttons(message)]

    def _hear(self, words: str = "", tap: str = "", other: str = "", at: int | None = None) -> str:
        heard = Heard(self.channel, self.address, self.is_private, words, tap, other)
        said = self.conversation.hear(heard)
        self.whisper = said.whisper
        fresh = self._show(heard, said.parts, at)
        self.conversation.done(heard)
        assert fresh or not self.is_private, "silence"
        return "\n\n".join(fresh)

    def _show(self, heard: Heard, parts, at: int | None) -> list[str]:
        fresh, edited = [], []
        for part in parts:
            if isinstance(part, Message):
                check(part)
                if part.edits:
                    edited.append(part.text)
                    if at is not None:
                        self.screen[at] = part
                else:
                    self.screen.append(part)
                    fresh.append(part.text)
            elif isinstance(part, Poll):
                self.polls.append(part)
                self.conversation.posted(heard, part.carries, str(len(self.polls)))
            elif isinstance(part, StopPoll):
                after = self.conversation.counted(heard, part.carries, self.votes)
                fresh += self._show(heard, after.parts, None)
        return fresh or edited


def buttons(message: Message) -> list[Button]:
    return [button for row in message.rows for button in row]


def check(message: Message) -> None:
    """What every channel can show."""
    assert message.text.strip()
    assert length(message.text) <= LONGEST_TEXT
    for button in buttons(message):
        assert len(button.carries.encode()) <= LONGEST_CARRIED
        assert bool(button.carries) != bool(button.link)
        assert button.words
