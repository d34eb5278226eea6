"""People, chats and channels in Teams, what is on their screens, and what they do there."""

import itertools
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.connector.cards import actions_of, check_message, fields_of, words_of

Json = dict[str, Any]
Post = Callable[[Json], tuple[int, bytes]]


class NoSuch(Exception):
    """What the Connector answers where something is not there: a status and a code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class OnScreen:
    """A message of the app's, as it is now; `was` is what it was before."""

    number: str
    activity: Json
    was: list[Json] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All that can be read on it."""
        return words_of(self.activity)

    @property
    def card(self) -> Json:
        """The card on it."""
        found: Json = self.activity["attachments"][0]["content"]
        return found

    @property
    def buttons(self) -> list[str]:
        """What its buttons say."""
        if not self.activity.get("attachments"):
            return []
        return [action["title"] for action in actions_of(self.card)]


@dataclass
class Room:
    """A conversation: a personal chat, a group chat or a thread of a channel."""

    name: str
    kind: str
    screen: list[OnScreen] = field(default_factory=list)
    shut: str = ""  # why the app may not write here, as the Connector calls it

    @property
    def last(self) -> OnScreen:
        """The newest message."""
        return self.screen[-1]

    @property
    def words(self) -> list[str]:
        """What can be read, message by message."""
        return [one.words for one in self.screen]


@dataclass
class World:
    """Everything that Teams knows."""

    app: str
    tenant: str
    way: str
    rooms: dict[str, Room] = field(default_factory=dict)
    posted: list[Json] = field(default_factory=list)
    whispers: list[str] = field(default_factory=list)
    post: Post | None = None
    _counts: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> int:
        """A number that was not given before."""
        return next(self._counts)

    def room(self, name: str, kind: str) -> Room:
        """The conversation of a name, made where there is none."""
        with self._lock:
            return self.rooms.setdefault(name, Room(name, kind))

    def person(self, name: str = "Dana") -> "Person":
        """Somebody with a chat of their own with the app."""
        number = self.next()
        return Person(self, name, f"29:person-{number}", self.room(f"a:chat-{number}", "personal"))

    def channel(self) -> str:
        """The name of a channel; a thread in it begins with whoever says something."""
        return f"19:channel-{self.next()}@thread.tacv2"

    def take(self, conversation: str, activity: Json) -> str:
        """The app posts a message; its number."""
        room = self._open(conversation)
        check_message(activity)
        number = str(1_760_000_000_000 + self.next())
        room.screen.append(OnScreen(number, activity))
        return number

    def change(self, conversation: str, number: str, activity: Json) -> None:
        """The app puts something in place of a message."""
        room = self._open(conversation)
        check_message({name: value for name, value in activity.items() if name != "id"})
        for one in room.screen:
            if one.number == number:
                one.was.append(one.activity)
                one.activity = activity
                return
        raise NoSuch(404, "ActivityNotFoundInConversation")

    def _open(self, conversation: str) -> Room:
        room = self.rooms.get(conversation)
        if room is None:
            raise NoSuch(404, "ConversationNotFound")
        if room.shut:
            raise NoSuch(403, room.shut)
        return room

    def deliver(self, activity: Json, times: int = 4) -> int:
        """Post an activity to the app, and again while it asks for that; the last status."""
        assert self.post is not None
        self.posted.append(activity)
        status = 0
        for _ in range(times):
            status, body = self.post(activity)
            if status < 500 or times == 1:
                if body and activity["type"] == "invoke":
                    self.whispers.append(_whisper(body))
                break
        return status


def _whisper(body: bytes) -> str:
    told = json.loads(body)
    assert told["statusCode"] == 200
    assert told["type"] == "application/vnd.microsoft.activity.message"
    return str(told["value"])


@dataclass
class Person:
    """Somebody who writes and taps, in their own chat or in a channel."""

    world: World
    name: str
    number: str
    chat: Room

    @property
    def last(self) -> str:
        """What the newest message in their own chat says."""
        return self.chat.last.words

    def says(self, words: str, room: Room | None = None, **given: Any) -> int:
        """Write something; in a group the app is called by its name."""
        room = room or self.chat
        if room.kind != "personal":
            words = f"<at>The Knowledge</at>&nbsp;{words}"
        return self.world.deliver(self.activity("message", room, text=words, **given))

    def asks(self, words: str) -> str:
        """Write something in their own chat; what is answered."""
        before = len(self.chat.screen)
        status = self.says(words)
        assert status == 200, status
        return "\n\n".join(self.chat.words[before:])

    def begins_thread(self, channel: str, words: str) -> Room:
        """Call the app in a new thread of a channel."""
        room = self.world.room(
            f"{channel};messageid={1_750_000_000_000 + self.world.next()}", "channel"
        )
        self.says(words, room)
        return room

    def taps(
        self,
        title: str,
        chosen: Sequence[Sequence[str]] = (),
        room: Room | None = None,
        *,
        is_old: bool = False,
        times: int = 4,
    ) -> int:
        """Choose, field by field, and tap on the newest button of a title; an old Teams falls
        back."""
        return self.world.deliver(self.tap(title, chosen, room, is_old=is_old), times)

    def tap(
        self,
        title: str,
        chosen: Sequence[Sequence[str]] = (),
        room: Room | None = None,
        *,
        is_old: bool = False,
    ) -> Json:
        """The activity of a tap, not posted yet."""
        room = room or self.chat
        message, action = _find(room, title)
        if is_old:
            action = action.get("fallback", action)
        given: Mapping[str, str] = {}
        if action.get("associatedInputs", "auto") == "auto":
            given = _filled(message.card, chosen)
        data = {**action["data"], **given}
        if action["type"] == "Action.Execute":
            invoked = {"type": "Action.Execute", "verb": action["verb"], "data": data}
            value = {"action": invoked, "trigger": "manual"}
            return self.activity(
                "invoke", room, name="adaptiveCard/action", value=value, replyToId=message.number
            )
        return self.activity("message", room, value=data, replyToId=message.number)

    def installs(self, action: str = "add", room: Room | None = None) -> int:
        """Add the app, take it away, or get another version of it."""
        room = room or self.chat
        room.shut = "BotNotInConversationRoster" if action == "remove" else ""
        return self.world.deliver(self.activity("installationUpdate", room, action=action))

    def activity(self, kind: str, room: Room, **given: Any) -> Json:
        """Something that they do, with all that Teams tells of it."""
        conversation: Json = {
            "conversationType": room.kind,
            "id": room.name,
            "tenantId": self.world.tenant,
        }
        if room.kind != "personal":
            conversation["isGroup"] = True
        return {
            "type": kind,
            "id": f"f:{self.world.next()}",
            "timestamp": f"2026-11-21T09:00:00.{self.world.next():07}Z",
            "channelId": "msteams",
            "serviceUrl": f"{self.world.way}/",
            "from": {"id": self.number, "name": self.name, "aadObjectId": "0" * 36},
            "recipient": {"id": f"28:{self.world.app}", "name": "The Knowledge"},
            "conversation": conversation,
            "channelData": {"tenant": {"id": self.world.tenant}},
            "locale": "en-GB",
            **given,
        }


def _find(room: Room, title: str) -> tuple[OnScreen, Json]:
    for message in reversed(room.screen):
        if message.activity.get("attachments"):
            for action in actions_of(message.card):
                if action["title"] == title:
                    return message, action
    raise AssertionError(f"no button {title!r} in {[one.buttons for one in room.screen]}")


def _filled(card: Json, chosen: Sequence[Sequence[str]]) -> Mapping[str, str]:
    """What the fields hold: what was chosen by value, or what stood there."""
    given = {}
    for at, one in enumerate(fields_of(card)):
        values = {choice["value"] for choice in one["choices"]}
        picked = list(chosen[at]) if at < len(chosen) else one.get("value", "").split(",")
        picked = [value for value in picked if value]
        assert set(picked) <= values, (picked, values)
        assert one.get("isMultiSelect") or len(picked) <= 1
        if one.get("isRequired"):
            assert picked, one["errorMessage"]
        if picked:
            given[one["id"]] = ",".join(picked)
    return given
