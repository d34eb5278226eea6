"""What is heard in a chat and what is said there, in no channel's types; plain and frozen."""

from dataclasses import dataclass

LONGEST_TEXT = 4096  # of a message, in UTF-16 units as Telegram counts them
LONGEST_CARRIED = 64  # bytes behind a button
LONGEST_ASK, LONGEST_OPTION, MOST_OPTIONS = 300, 100, 10  # of a poll


@dataclass(frozen=True)
class Heard:
    """One thing that reached us from a chat: words, or a tap, or something else.

    `address` is the chat as its channel names it; who speaks in a group is never kept. `update` is
    the channel's own number for this, where it has one: what comes twice is known by it. `other`
    names what is neither words nor a tap, such as "sticker", "photo", "voice" or "edit". `topic` is
    the part of the chat in which it was said, where the channel divides a chat into such. `way` is
    the machine that takes what is said to this chat, where the channel has several.
    """

    channel: str
    address: str
    is_private: bool = True
    words: str = ""
    tap: str = ""
    other: str = ""
    update: int | None = None
    topic: str = ""
    way: str = ""

    @property
    def place(self) -> str:
        """The chat, or the topic of it: what a team does together is done there."""
        return f"{self.address}#{self.topic}" if self.topic else self.address


@dataclass(frozen=True)
class Button:
    """Under a message: either it carries something that comes back as a tap, or it is a link."""

    words: str
    carries: str = ""
    link: str = ""


@dataclass(frozen=True)
class ChoiceFields:
    """A question as a form, for channels whose messages have fields.

    `options` are letters and their texts, one to be chosen for each of `labels`, or several where
    it `takes_several`. What is chosen comes back as a tap: `carries`, a colon and the letters.
    """

    opening: str
    labels: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    chosen: str
    carries: str
    send: str
    takes_several: bool = False
    beside: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Message:
    """Plain text with rows of buttons; `edits` puts it in place of the message tapped on.

    `fields` say the same as text and rows where a channel can show them.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    edits: bool = False
    fields: ChoiceFields | None = None


@dataclass(frozen=True)
class Poll:
    """An anonymous poll; once it is there, `Conversation.posted` is told.

    A channel that has none of its own hands each vote to `Conversation.voted`.
    """

    ask: str
    options: tuple[str, ...]
    carries: str


@dataclass(frozen=True)
class StopPoll:
    """Close a poll that was posted, and tell `Conversation.counted` its votes by option."""

    message: str
    carries: str


Part = Message | Poll | StopPoll


@dataclass(frozen=True)
class Said:
    """What to say, in this order, and a short word shown on the button that was tapped."""

    parts: tuple[Part, ...] = ()
    whisper: str = ""

    @property
    def text(self) -> str:
        """All that its messages say."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, Message))

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons under its messages."""
        messages = (part for part in self.parts if isinstance(part, Message))
        return tuple(button for message in messages for row in message.rows for button in row)


def say(text: str, *rows: tuple[Button, ...], edits: bool = False) -> Said:
    """One message."""
    return Said((Message(text, rows, edits),))
