"""Shows in Teams what is said in answer to one thing heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from quizbot import logs
from quizbot.chat import polls
from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Message, Part, Poll, Said, StopPoll, say
from quizbot.chat.teams import cards
from quizbot.chat.teams.calls import Connector, ConnectorTrouble, surely
from quizbot.chat.teams.hearing import Activity
from quizbot.outbox.mail import Fate

UNSURE = "My last message may not have reached you. “Resume” shows where you are."
UNSURE_HERE = (
    "My last message may not have reached this channel. “Huddle” and the name of the questionnaire"
    " shows where you are."
)


@dataclass
class ShownInTeams:
    """All parts in order; what takes the place of the message tapped on is put there."""

    connector: Connector
    conversation: Conversation
    told: Activity
    shown: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.heard = self.told.heard
        self.tapped = self.told.on

    def show(self, said: Said) -> None:
        """Show it; a word for the button alone is said where there is nothing else to see."""
        parts = said.parts
        if not parts and said.whisper and not self.told.is_invoked:
            parts = say(said.whisper).parts
        self._parts(parts)

    def admit(self) -> None:
        """Say that something may not have come: nobody is left waiting for nothing."""
        words = UNSURE if self.heard.is_private else UNSURE_HERE
        self._send(Message(words), repeats=True)

    def _parts(self, parts: Sequence[Part]) -> None:
        for part in parts:
            if isinstance(part, Poll):
                self._post(part)
            elif isinstance(part, StopPoll):
                self._close(part)
            elif part.edits and self.tapped:
                self._edit(part, self.tapped)
                self.tapped = ""  # what follows must not take its place
            else:
                self._say(part)
            self.shown += 1

    def _say(self, part: Message) -> None:
        try:
            self._send(part)
        except ConnectorTrouble as error:
            if error.sent.fate is not Fate.UNCERTAIN:
                raise
            tell(f"an answer is {error.sent.fate}: {error.sent.trouble}")
            self.admit()  # it may have arrived, and is not said again

    def _send(self, part: Message, *, repeats: bool = False) -> None:
        made = cards.activity(shown(part), is_group=not self.heard.is_private)
        surely(
            lambda: self.connector.send(self.heard.way, self.told.conversation, made),
            repeats=repeats,
        )

    def _edit(self, part: Message, message: str) -> None:
        made = cards.activity(shown(part), is_group=not self.heard.is_private)
        try:
            self._put(message, made)
        except ConnectorTrouble as error:
            if error.sent.fate is not Fate.FAILED:
                raise
            self._say(part)  # the message is gone, or too old: say it anew

    def _put(self, message: str, made: cards.Json) -> None:
        surely(
            lambda: self.connector.update(self.heard.way, self.told.conversation, message, made),
            repeats=True,
        )

    def _post(self, part: Poll) -> None:
        """Post a poll, once: where it may not have come, the group votes by hand."""
        made = cards.poll(part)
        try:
            message = surely(
                lambda: self.connector.send(self.heard.way, self.told.conversation, made)
            )
        except ConnectorTrouble as error:
            if error.sent.fate not in (Fate.FAILED, Fate.UNCERTAIN):
                raise
            tell(f"a poll is {error.sent.fate}: {error.sent.trouble}")
            self._parts(polls.by_hand(part, is_sure=False).parts)
            return
        self.conversation.posted(self.heard, part.carries, message)

    def _close(self, part: StopPoll) -> None:
        """Nobody can vote any more, and what was voted is told."""
        votes = self.conversation.votes(self.heard, part.carries)
        counted = self.conversation.counted(self.heard, part.carries, votes)
        closed = cards.activity(Message("This vote is closed.", edits=True), is_group=True)
        try:
            self._put(part.message, closed)
        except ConnectorTrouble as error:
            tell(f"a poll is {error.sent.fate}: {error.sent.trouble}")
        self._parts(counted.parts)


def shown(part: Message) -> Message:
    """A message whose links Teams opens: one that leads nowhere for it is told in the words."""
    text, rows = part.text, []
    for row in part.rows:
        for button in row:
            if button.link and not _is_web(button.link):
                text += f"\n\n{button.words}: {button.link}"
        if kept := tuple(one for one in row if not one.link or _is_web(one.link)):
            rows.append(kept)
    return Message(text, tuple(rows), part.edits, part.fields)


def _is_web(link: str) -> bool:
    return urlsplit(link).scheme == "https"


def tell(words: str) -> None:
    """A line in the log; people's words never come into it."""
    logs.tell(words)
