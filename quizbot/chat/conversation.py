"""The conversation: words and taps in, messages and choices out, on any channel.

It knows no channel and remembers nothing: where a person stands is in the database, and a button
carries all that its tap needs. Each method may be called from any thread and blocks; what one chat
says is given to it in the order in which it was said.

To add a channel, write one adapter beside `terminal.py` and `telegram.py`; nothing here changes.
It has to

1. turn what arrives into a `Heard`, with a short name for the channel and its name for the chat;
2. call `hear`, and show the parts of what it returns in order, `whisper` on the button tapped;
3. after a `Poll` was posted call `posted` with the channel's id for that message; for a `StopPoll`
   close that message's poll, call `counted` with its votes, and show what that returns;
4. call `done` when all of it was shown: the same update is answered by nothing from then on;
5. tell `moved` when a chat got another name, and `blocked` when the person shut us out;
6. where it can show them, make its menu from `COMMANDS`.
"""

# ruff: noqa: ARG002  (being built)
from collections.abc import Sequence
from dataclasses import dataclass

from quizbot.chat.said import Heard, Said, say
from quizbot.service import Service


@dataclass(frozen=True)
class Command:
    """A command with its words for menu and /help, and where it can be used."""

    name: str
    words: str
    takes: str = ""
    private: bool = True
    groups: bool = False


COMMANDS = (
    Command("start", "Begin here"),
    Command("modules", "The questionnaires there are", groups=True),
    Command("take", "Take a questionnaire", takes="name"),
    Command("resume", "Go on where you stopped"),
    Command("me", "What is asked of you, and what you took"),
    Command("team", "Your team: who needs you (managers)"),
    Command("link", "Link this chat to your account, so that it counts"),
    Command("stop", "Unlink this chat; nothing more is sent here"),
    Command("huddle", "One question for a team, in a group", takes="name", groups=True),
    Command("help", "What you can say here", groups=True),
    Command("privacy", "What is kept of you, and what is not", groups=True),
)


@dataclass(frozen=True)
class Conversation:
    """Everything that can be said in a chat; state is in the service's database alone."""

    service: Service

    def hear(self, heard: Heard) -> Said:
        """Answer; always with something to read in a private chat, never with a traceback."""
        return say("Not yet.") if heard.is_private else Said()

    def posted(self, heard: Heard, carries: str, message: str) -> None:
        """A poll was posted as this message of the channel's."""

    def counted(self, heard: Heard, carries: str, votes: Sequence[int] | None) -> Said:
        """A poll was closed with these votes by option; None where it could not be."""
        return Said()

    def is_repeated(self, heard: Heard) -> bool:
        """Whether this update was heard, and its answer shown, before."""
        return False

    def done(self, heard: Heard) -> None:
        """What was heard is answered and shown."""

    def moved(self, channel: str, old: str, new: str) -> None:
        """A chat has another name now, such as a group that became a supergroup."""

    def blocked(self, channel: str, address: str) -> None:
        """The person has shut us out: nothing is sent there any more."""
