"""What a button carries: a letter for what to do, and short words for what to do it with."""

import base64
from uuid import UUID

from quizbot.chat.said import LONGEST_CARRIED, Button

ANSWER, CHOOSE, ASK, ASK_AGAIN, FLAG = "a", "t", "n", "q", "f"
REVIEW, SUBMIT, OUTCOME, TELL = "r", "z", "o", "e"
MODULE, START, BEGIN, COMMAND = "m", "s", "b", "c"
CONFIRM = "k"
LATER = "l"
CLOSE_VOTE, VOTE_AGAIN, HUDDLE, SNOOZE, UNLINK = "h", "v", "g", "d", "u"


def button(words: str, what: str, *parts: UUID | int | str) -> Button:
    """A button under a message."""
    packed = ":".join((what, *(_packed(part) for part in parts)))
    # Cut off rather than refused: a module of so long a name is found by its beginning.
    return Button(words, packed.encode()[:LONGEST_CARRIED].decode(errors="ignore"))


def read(carried: str) -> tuple[str, list[str]]:
    """What to do, and with what; nothing is believed of it yet."""
    what, *parts = carried.split(":")
    return what, parts


def an_id(part: str) -> UUID:
    """An id out of a button; ValueError where it is none."""
    return UUID(bytes=base64.urlsafe_b64decode(f"{part}=="))


def _packed(part: UUID | int | str) -> str:
    if isinstance(part, UUID):
        return base64.urlsafe_b64encode(part.bytes).decode().rstrip("=")
    return str(part)
