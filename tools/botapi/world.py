"""Chats, messages, polls and updates as Telegram keeps them, and what users do to them."""

import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Json = dict[str, Any]

TOKEN = "424242:a-token-of-this-emulator-and-of-nobody"  # noqa: S105  (nobody's)
QUERY_LASTS = 15 * 60  # seconds that a tap waits for its answer
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


class Refusal(Exception):
    """What the Bot API will not do, in its own words."""

    def __init__(self, code: int, words: str, **parameters: int) -> None:
        prefix = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: "}.get(code, "")
        super().__init__(prefix + words)
        self.code = code
        self.parameters = parameters


@dataclass
class Chat:
    """A chat as the server keeps it, with all its messages."""

    id: int
    kind: str
    title: str
    messages: dict[int, Json] = field(default_factory=dict)
    is_open: bool = False  # the person has written, so that the bot may
    shut: str = ""  # why the bot may not write: blocked, deactivated, thrown out
    moved_to: int = 0
    topics: dict[int, str] = field(default_factory=dict)  # of a forum, by thread: open or closed
    withheld: set[str] = field(default_factory=set)  # what members may not send: "polls"

    @property
    def shown(self) -> Json:
        """As updates and messages tell it."""
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": self.title}
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.kind, "title": self.title, **forum}


@dataclass
class Limits:
    """How much may be sent: in all in a second, and to a group in a minute."""

    a_second: int = 30
    a_group_minute: int = 20
    at: deque[float] = field(default_factory=deque)
    groups: dict[int, deque[float]] = field(default_factory=dict)
    refused: int = 0

    def must_allow(self, chat_id: int, now: float) -> None:
        """429 where this is one too many; each is counted over a window that slides."""
        windows = [(self.at, 1.0, self.a_second)]
        if chat_id < 0:
            group = self.groups.setdefault(chat_id, deque())
            windows.append((group, 60.0, self.a_group_minute))
        for times, seconds, most in windows:
            while times and times[0] <= now - seconds:
                times.popleft()
            if len(times) >= most:
                self.refused += 1
                wait = max(1, round(times[0] + seconds - now))
                raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for times, _, _ in windows:
            times.append(now)


def utf16(text: str) -> int:
    """How long Telegram takes a text to be."""
    return len(text.encode("utf-16-le")) // 2


def entities_of(text: str) -> list[Json]:
    """The commands and addresses that Telegram marks in what somebody writes."""
    kinds = {"bot_command": r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?", "url": r"https?://\S+"}
    return [
        {"type": kind, "offset": utf16(text[: found.start()]), "length": utf16(found[0])}
        for kind, pattern in kinds.items()
        for found in re.finditer(pattern, text)
    ]


class World:
    """All that the server knows; every change under one lock, and told to whoever waits."""

    def __init__(self, now: Callable[[], float] = time.time, limits: Limits | None = None) -> None:
        self.now = now
        self.limits = limits
        self.changed = threading.Condition(threading.RLock())
        self.bot: Json = {
            "id": int(TOKEN.partition(":")[0]),
            "is_bot": True,
            "first_name": "The Knowledge",
            "username": "KnowledgeTestBot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.chats: dict[int, Chat] = {}
        self.pending: dict[int, Json] = {}  # updates that nobody has confirmed, by their id
        self.raw: dict[int, str] = {}  # those that go out as other text than they would
        self.is_reversed = False  # pending updates are handed out the wrong way round
        self.is_older = False  # a server of before Bot API 9.6, whose polls lack fields
        self.allowed: list[str] = []
        self.webhook: Json = {}
        self.queries: dict[str, Json] = {}
        self.polls: dict[str, tuple[int, int, Json]] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.words: dict[tuple[str, str], str] = {}  # descriptions, by what and language
        self.files: dict[str, bytes] = {}
        self.poller = 0
        self._update_ids = count(1001)
        self._message_ids = count(1)
        self._person_ids = count(5001)
        self._group_ids = count(7001)
        self._others = count(1)

    # ---- the users' side ----------------------------------------------------------------------

    def person(self, name: str = "Amina") -> "Person":
        """Somebody new with a private chat that is not begun yet."""
        with self.changed:
            chat = Chat(next(self._person_ids), "private", name)
            self.chats[chat.id] = chat
        return Person(self, chat)

    def group(self, title: str = "Assessment team") -> "Group":
        """A group with the bot in it."""
        with self.changed:
            chat = Chat(-next(self._group_ids), "group", title, is_open=True)
            self.chats[chat.id] = chat
        return Group(self, chat)

    def wait(self, holds: Callable[[], object], within: float, what: str) -> None:
        """Until it holds; asked again after every change."""
        end = time.monotonic() + within
        with self.changed:
            while not holds():
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{what} did not come within {within:g} seconds")
                self.changed.wait(min(left, 0.25))

    def settle(self, within: float = 20.0) -> None:
        """Until the bot has confirmed every update."""
        self.wait(lambda: not self.pending, within, "the confirmation of every update")

    # ---- updates ------------------------------------------------------------------------------

    def tell(self, kind: str, what: Json) -> int:
        """A new update; its id. The kinds that the bot did not ask for are kept back."""
        with self.changed:
            update_id = next(self._update_ids)
            wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
            if wanted:
                self.pending[update_id] = {"update_id": update_id, kind: what}
                self.changed.notify_all()
            return update_id

    def tell_raw(self, update: Json | str) -> int:
        """An update of whatever shape, or as text that goes out as it is; its number.

        NUMBER stands for that number, in a text or as words.
        """
        with self.changed:
            update_id = next(self._update_ids)
            if isinstance(update, str):
                self.raw[update_id] = update.replace("NUMBER", str(update_id))
                self.pending[update_id] = {"update_id": update_id}
            else:
                made = {"update_id": update_id, **update}
                if made["update_id"] == "NUMBER":
                    made["update_id"] = str(update_id)
                self.pending[update_id] = made
            self.changed.notify_all()
            return update_id

    def written(self, update: Json) -> str:
        """An update as it goes over the wire."""
        raw = self.raw.get(update["update_id"]) if isinstance(update["update_id"], int) else None
        return raw if raw is not None else json.dumps(update)

    def repeat(self, update: Json) -> None:
        """Hand out an update once more, as after a lost confirmation."""
        with self.changed:
            self.pending[update["update_id"]] = update
            self.changed.notify_all()

    def new_message(self, chat: Chat, sender: Json, topic: int = 0, **content: Any) -> Json:
        """A message in a chat, perhaps in a topic of it, with the next number."""
        if topic:
            content |= {"message_thread_id": topic, "is_topic_message": True}
        with self.changed:
            message = {
                "message_id": next(self._message_ids),
                "from": sender,
                "chat": chat.shown,
                "date": int(self.now()),
                **content,
            }
            chat.messages[message["message_id"]] = message
            self.changed.notify_all()
            return message

    def unique(self) -> int:
        """A number for whatever else needs one."""
        return next(self._others)


@dataclass(frozen=True)
class Person:
    """Somebody with Telegram in their hand: one private chat, and groups to speak in."""

    world: World
    chat: Chat

    @property
    def id(self) -> int:
        """Telegram's number for them, and for their private chat."""
        return self.chat.id

    @property
    def shown(self) -> Json:
        """As messages tell who wrote them."""
        return {"id": self.chat.id, "is_bot": False, "first_name": self.chat.title}

    def send(self, chat: Chat | None = None, kind: str = "message", **content: Any) -> int:
        """Any message of theirs; the update's id. Groups tell a private bot only what is for it."""
        where = chat or self.chat
        with self.world.changed:
            where.is_open = True
            message = self.world.new_message(where, self.shown, **content)
            text = str(content.get("text", ""))
            hears_all = self.world.bot["can_read_all_group_messages"] or where.kind == "private"
            if hears_all or (text.startswith("/") and self._is_for_bot(text)):
                return self.world.tell(kind, message)
            return 0

    def _is_for_bot(self, text: str) -> bool:
        named = re.match(r"/\w+@(\w+)", text)
        return named is None or named[1].lower() == self.world.bot["username"].lower()

    def say(self, text: str, chat: Chat | None = None, topic: int = 0) -> int:
        """Write something, perhaps in a topic."""
        content: Json = {"text": text, "topic": topic}
        if marked := entities_of(text):
            content["entities"] = marked
        return self.send(chat, **content)

    def sticker(self) -> int:
        """Send a sticker."""
        sticker = {**self._file(), "type": "regular", "width": 512, "height": 512}
        return self.send(sticker={**sticker, "is_animated": False, "is_video": False})

    def photo(self, caption: str = "") -> int:
        """Send a photo, perhaps with words under it."""
        content: Json = {"photo": [{**self._file(), "width": 90, "height": 90}]}
        if caption:
            content["caption"] = caption
        return self.send(**content)

    def voice(self) -> int:
        """Send a voice message."""
        return self.send(voice={**self._file(), "duration": 3})

    def forward(self, text: str) -> int:
        """Forward somebody's message."""
        origin = {"type": "hidden_user", "date": int(self.world.now()), "sender_user_name": "Kit"}
        return self.send(text=text, forward_origin=origin)

    def edit(self, text: str) -> int:
        """Change what they wrote last."""
        mine = [m for m in self.chat.messages.values() if m["from"]["id"] == self.id]
        edited = {**mine[-1], "text": text, "edit_date": int(self.world.now())}
        self.chat.messages[edited["message_id"]] = edited
        return self.world.tell("edited_message", edited)

    def _file(self) -> Json:
        name = f"file{self.world.unique()}"
        self.world.files[name] = b"of no interest"
        return {"file_id": name, "file_unique_id": name, "file_size": 14}

    def tap(self, words: str, chat: Chat | None = None, *, by: "Person | None" = None) -> int:
        """Tap the newest button with these words; LookupError where there is none."""
        with self.world.changed:
            messages = reversed(list((chat or self.chat).messages.values()))
        for message in messages:
            for button in _buttons(message):
                if button["text"] == words and "callback_data" in button:
                    return (by or self).press(message, button["callback_data"])
        raise LookupError(f"No button {words!r} in:\n{self.transcript}")

    def press(self, message: Json, data: str, *, is_gone: bool = False) -> int:
        """Tap a button of a certain message; `is_gone` where the bot may not reach it any more."""
        with self.world.changed:
            query_id = str(88000 + self.world.unique())
            self.world.queries[query_id] = {"at": self.world.now(), "words": None}
            known = message if not is_gone else {**_bare(message), "date": 0}
            query = {
                "id": query_id,
                "from": self.shown,
                "message": known,
                "chat_instance": f"instance{message['chat']['id']}",
                "data": data,
            }
            return self.world.tell("callback_query", query)

    def vote(self, option: str, chat: Chat | None = None) -> None:
        """Vote in the newest open poll; a vote stands. Who voted is told of polls that name it."""
        with self.world.changed:
            for message in reversed(list((chat or self.chat).messages.values())):
                poll = message.get("poll")
                if poll and not poll["is_closed"]:
                    chosen = _counted(poll, option)
                    chosen["voter_count"] += 1
                    poll["total_voter_count"] += 1
                    if not poll["is_anonymous"]:
                        self._tell_vote(poll, chosen)
                    self.world.changed.notify_all()
                    return
        raise LookupError("There is no open poll.")

    def _tell_vote(self, poll: Json, chosen: Json) -> None:
        told = {"poll_id": poll["id"], "user": self.shown}
        told["option_ids"] = [poll["options"].index(chosen)]
        if not self.world.is_older:
            told["option_persistent_ids"] = [chosen["persistent_id"]]
        self.world.tell("poll_answer", told)

    def block(self) -> int:
        """Shut the bot out."""
        self.chat.shut = "bot was blocked by the user"
        return self._membership("member", "kicked")

    def unblock(self) -> int:
        """Let the bot in again."""
        self.chat.shut = ""
        return self._membership("kicked", "member")

    def delete_account(self) -> None:
        """Be gone; the bot is not told."""
        self.chat.shut = "user is deactivated"

    def _membership(self, before: str, after: str) -> int:
        bot = {"user": self.world.bot}
        until = {"kicked": {"until_date": 0}}
        change = {
            "chat": self.chat.shown,
            "from": self.shown,
            "date": int(self.world.now()),
            "old_chat_member": {**bot, "status": before, **until.get(before, {})},
            "new_chat_member": {**bot, "status": after, **until.get(after, {})},
        }
        return self.world.tell("my_chat_member", change)

    # ---- what they see ------------------------------------------------------------------------

    @property
    def seen(self) -> list[Json]:
        """The bot's messages in the private chat, as they are now."""
        return _of_bot(self.chat)

    @property
    def last(self) -> str:
        """The words of the bot's newest message."""
        return _text(self.seen[-1]) if self.seen else ""

    @property
    def buttons(self) -> list[str]:
        """The words of the buttons under the bot's newest message."""
        return [button["text"] for button in _buttons(self.seen[-1])] if self.seen else []

    @property
    def transcript(self) -> str:
        """The whole private chat as it looks."""
        return transcript(self.chat)

    def hear(self, within: float = 20.0) -> str:
        """Wait until the bot has dealt with everything; the words of its newest message."""
        self.world.settle(within)
        return self.last

    def asks(self, text: str, within: float = 20.0) -> str:
        """Say it, wait, and read the newest message."""
        self.say(text)
        return self.hear(within)

    def taps(self, words: str, within: float = 20.0) -> str:
        """Tap it, wait, and read the newest message."""
        self.tap(words)
        return self.hear(within)


@dataclass(frozen=True)
class Group:
    """A group of which the bot is a member."""

    world: World
    chat: Chat

    @property
    def seen(self) -> list[Json]:
        """The bot's messages here."""
        return _of_bot(self.chat)

    @property
    def transcript(self) -> str:
        """The whole chat as it looks."""
        return transcript(self.chat)

    def become_supergroup(self, by: Person) -> "Group":
        """It gets a new number; the old one refuses messages and names the new."""
        with self.world.changed:
            new = Chat(-1_000_000_000_000 + self.chat.id, "supergroup", self.chat.title)
            new.is_open = True
            self.world.chats[new.id] = new
            self.chat.moved_to = new.id
            told = self.world.new_message(self.chat, by.shown, migrate_to_chat_id=new.id)
            self.world.tell("message", told)
            came = self.world.new_message(new, by.shown, migrate_from_chat_id=self.chat.id)
            self.world.tell("message", came)
        return Group(self.world, new)

    def open_topic(self, by: Person, name: str = "Duty desk") -> int:
        """A topic of its own, which makes the group a forum; the number of its thread."""
        with self.world.changed:
            created = {"name": name, "icon_color": 7322096}
            self.chat.topics[0] = "open"  # General has no number
            first = self.world.new_message(self.chat, by.shown, forum_topic_created=created)
            thread = int(first["message_id"])
            first |= {"message_thread_id": thread, "is_topic_message": True}
            self.chat.topics[thread] = "open"
            first["chat"] = self.chat.shown
            self.world.tell("message", first)
        return thread

    def close_topic(self, topic: int) -> None:
        """Nobody but administrators writes there any more."""
        self.chat.topics[topic] = "closed"

    def delete_topic(self, topic: int) -> None:
        """It is gone, with all that was in it."""
        del self.chat.topics[topic]
        gone = [at for at, m in self.chat.messages.items() if m.get("message_thread_id") == topic]
        for at in gone:
            del self.chat.messages[at]

    def in_topic(self, topic: int = 0) -> list[Json]:
        """The bot's messages in a topic, or in none."""
        return [m for m in self.seen if m.get("message_thread_id", 0) == topic]

    def throw_out(self) -> None:
        """Take the bot out."""
        self.chat.shut = f"bot was kicked from the {self.chat.kind} chat"


def transcript(chat: Chat) -> str:
    """A chat as it looks: who, what, and the buttons underneath."""
    lines = []
    for message in chat.messages.values():
        who = "bot" if message["from"]["is_bot"] else message["from"]["first_name"]
        lines.append(f"{who}: {_text(message)}")
        lines += [f"    [{button['text']}]" for button in _buttons(message)]
    return "\n".join(lines)


def _of_bot(chat: Chat) -> list[Json]:
    return [message for message in chat.messages.values() if message["from"]["is_bot"]]


def _text(message: Json) -> str:
    if "poll" in message:
        return str(message["poll"]["question"])
    if "text" in message or "caption" in message:
        return str(message.get("text", message.get("caption")))
    known = {"message_id", "from", "chat", "date"}
    return f"({', '.join(sorted(set(message) - known))})"


def _buttons(message: Json) -> Iterator[Json]:
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        yield from row


def _bare(message: Json) -> Json:
    return {key: message[key] for key in ("message_id", "chat")}


def _counted(poll: Json, option: str) -> Json:
    options: Sequence[Json] = poll["options"]
    for found in options:
        if found["text"].startswith(option):
            return found
    raise LookupError(f"The poll has no option {option!r}.")
