"""What the Connector posts, as the conversation hears it: field by field, and nothing believed."""

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quizbot.chat.commands import COMMANDS
from quizbot.chat.said import Heard

CHANNEL = "teams"
KINDS = frozenset({"message", "messageUpdate", "invoke", "installationUpdate"})
ACTION = "adaptiveCard/action"  # what a button of a card in a group invokes
TAP, FIELDS, VOTE = "tap", "fields", "vote"  # what the data of our buttons hold
MOST_FIELDS = 12
LONGEST_ADDRESS = 350  # characters of a conversation's name: its encrypted form has 500
# How Teams sends what somebody wrote, beside the words themselves.
_SAME_WORDS = ("text/html", "messageReference")
_FORWARDED = "forwardedMessageReference"
_THREAD = ";messageid="
_MENTION = re.compile(r"<at[^>]*>[^<]*</at>", re.IGNORECASE)
_OWN = frozenset(command.name for command in COMMANDS) - {"stop"}  # said alone, that is a pause
_OF_GROUPS = frozenset(command.name for command in COMMANDS if command.groups)


@dataclass(frozen=True)
class Activity:
    """What somebody did in Teams, as far as we need it.

    `by` is who did it and `on` the message whose button was tapped: both are kept in memory for as
    long as it takes, to know a double tap and to count a vote.
    """

    heard: Heard
    conversation: str  # with the thread
    by: str = ""
    on: str = ""
    vote: str = ""
    option: int = -1
    is_gone: bool = False  # the app was taken away here
    is_invoked: bool = False  # what is answered to the request itself is shown there

    @property
    def tapped(self) -> tuple[str, str, str, str] | None:
        """By whom, where, on which message, on what; None where it is no tap."""
        what = self.heard.tap or (f"{self.vote}:{self.option}" if self.vote else "")
        return (self.by, self.conversation, self.on, what) if what else None


def activity_of(raw: Mapping[str, Any], way: str) -> Activity | None:
    """What an activity of a known kind tells; None where there is nothing to hear in it."""
    conversation = _text(_object(raw, "conversation"), "id")
    if not conversation or len(conversation) > LONGEST_ADDRESS:
        return None
    address, _, topic = conversation.partition(_THREAD)
    given: dict[str, Any] = {
        "channel": CHANNEL,
        "address": address,
        # Of a group everybody reads what we say: where nothing is told, it is one.
        "is_private": _object(raw, "conversation").get("conversationType") == "personal",
        "update": _number(conversation, _text(raw, "id")),
        "topic": topic,
        "way": way,
    }
    reads = {
        "message": _message,
        "messageUpdate": _edit,
        "invoke": _invoked,
        "installationUpdate": _installed,
    }
    return reads[raw["type"]](raw, conversation, given)


def _message(raw: Mapping[str, Any], conversation: str, given: dict[str, Any]) -> Activity:
    value = raw.get("value")
    if isinstance(value, dict) and (TAP in value or VOTE in value):
        return _tapped(raw, conversation, given, value)
    kinds = list(_attached(raw))
    other = "forward" if _FORWARDED in kinds else "attachment" if kinds else ""
    words = _words(raw)
    words = _as_command(words, _OWN) if given["is_private"] else _in_group(words)
    heard = Heard(**given, words=words, other=other)
    return Activity(heard, conversation, _text(_object(raw, "from"), "id"))


def _edit(raw: Mapping[str, Any], conversation: str, given: dict[str, Any]) -> Activity | None:
    if not given["is_private"]:
        return None
    # An edit has the number of what was edited, and is news all the same.
    given["update"] = _number(conversation, _text(raw, "id"), _text(raw, "timestamp"))
    return Activity(Heard(**given, words=_words(raw), other="edit"), conversation)


def _invoked(raw: Mapping[str, Any], conversation: str, given: dict[str, Any]) -> Activity | None:
    if raw.get("name") != ACTION:
        return None
    value = _object(_object(_object(raw, "value"), "action"), "data")
    if TAP not in value and VOTE not in value:
        return None
    return _tapped(raw, conversation, given, value, is_invoked=True)


def _installed(raw: Mapping[str, Any], conversation: str, given: dict[str, Any]) -> Activity | None:
    action = raw.get("action")
    if action == "remove":
        return Activity(Heard(**given), conversation, is_gone=True)
    if action == "add":
        words = "/start" if given["is_private"] else "/help"
        return Activity(Heard(**given, words=words), conversation)
    return None  # another version of the app


def _tapped(
    raw: Mapping[str, Any],
    conversation: str,
    given: dict[str, Any],
    value: Mapping[str, Any],
    *,
    is_invoked: bool = False,
) -> Activity:
    vote, option, tap = _text(value, VOTE), -1, ""
    if vote:
        chosen = _text(value, _field(1))
        option = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 3 else -1
    else:
        tap = tap_of(value)
    return Activity(
        Heard(**given, tap=tap, other="" if tap or vote else "card"),
        conversation,
        _text(_object(raw, "from"), "id"),
        _text(raw, "replyToId"),
        vote,
        option,
        is_invoked=is_invoked,
    )


def tap_of(value: Mapping[str, Any]) -> str:
    """What a button carries, with the letters of what was chosen in the fields above it."""
    tap, count = _text(value, TAP), value.get(FIELDS)
    if not tap or not isinstance(count, int) or not 0 < count <= MOST_FIELDS:
        return tap
    given = [_text(value, _field(number)) for number in range(1, count + 1)]
    if count == 1:  # several choices come as one text, in the order in which they were ticked
        return f"{tap}:{''.join(sorted(given[0].split(',')))}"
    return f"{tap}:{''.join(given)}"


def _field(number: int) -> str:
    """What the fields of our cards are called."""
    return f"reply-{number}"


def field_names(count: int) -> list[str]:
    """The same for all fields of a card."""
    return [_field(number) for number in range(1, count + 1)]


def _words(raw: Mapping[str, Any]) -> str:
    """The words themselves: without our name, which is how a group calls us."""
    return html.unescape(_MENTION.sub(" ", _text(raw, "text"))).replace("\xa0", " ").strip()


def _in_group(words: str) -> str:
    """Whoever calls us by name means a command, also without its stroke."""
    first, _, rest = words.partition(" ")
    if first.lower() in _OF_GROUPS:
        return f"/{first.lower()} {rest}".strip()
    return words


def _as_command(words: str, names: frozenset[str]) -> str:
    """Teams' menu of commands writes a name without its stroke."""
    return f"/{words.lower()}" if words.lower() in names else words


def _attached(raw: Mapping[str, Any]) -> Iterator[str]:
    found = raw.get("attachments")
    for one in found if isinstance(found, list) else []:
        kind = _text(one, "contentType") if isinstance(one, dict) else "?"
        if kind not in _SAME_WORDS:
            yield kind or "?"


def _number(*parts: str) -> int | None:
    """A number of ours for an activity, by which it is known when it comes again."""
    if not parts[1]:
        return None
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:7], "big")


def _object(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def _text(raw: Mapping[str, Any], name: str) -> str:
    found = raw.get(name)
    return found if isinstance(found, str) else ""
