"""`/teams/messages`: what the Connector posts is looked at, heard, answered, and acknowledged.

It waits for fifteen seconds and then posts the same again. So it is acknowledged once it is
answered: what is posted again meanwhile, or afterwards, is known by its number.
"""

import json
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Heard, Said, say
from quizbot.chat.teams.calls import Connector, ConnectorTrouble
from quizbot.chat.teams.hearing import CHANNEL, KINDS, Activity, activity_of
from quizbot.chat.teams.showing import ShownInTeams, tell
from quizbot.chat.teams.tokens import IncomingTokens, TokenOutOfPlace, TokenRefused
from quizbot.errors import Refused
from quizbot.outbox.mail import Fate
from quizbot.outgoing import Unreachable
from quizbot.service import Service

LARGEST = 256 * 1024  # bytes of an activity
DOUBLE = 2.0  # seconds after an answer within which the same tap again is a finger that slipped
SORRY = "That did not work. Nothing was lost: please try again."
WHISPER = "application/vnd.microsoft.activity.message"

Tapped = tuple[str, str, str, str]


@dataclass(frozen=True)
class TeamsReply:
    """What is answered to the request itself."""

    status: int
    body: bytes = b""


@dataclass
class Turns:
    """One thing at a time in a chat; those of different chats side by side."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: dict[str, tuple[threading.Lock, int]] = field(default_factory=dict)

    @contextmanager
    def of(self, chat: str) -> Iterator[None]:
        """Wait for what is in hand in a chat."""
        with self._lock:
            own, count = self._waiting.get(chat, (threading.Lock(), 0))
            self._waiting[chat] = (own, count + 1)
        try:
            with own:
                yield
        finally:
            with self._lock:
                own, count = self._waiting[chat]
                if count == 1:
                    del self._waiting[chat]
                else:
                    self._waiting[chat] = (own, count - 1)


@dataclass
class TeamsDoor:
    """Takes what is posted; who is not the Connector learns nothing."""

    service: Service
    largest: int = LARGEST

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.service)
        self.connector = Connector(self.service.settings)
        self.tokens = IncomingTokens(self.service.settings, self.service.now)
        self._turns = Turns()
        self._last: dict[str, tuple[Tapped | None, float]] = {}  # answered last, and when, by chat
        self._noted_at = 0.0

    def posted(self, body: bytes, authorization: str) -> TeamsReply:
        """Answer one request."""
        if len(body) > self.largest:
            return TeamsReply(413)
        try:
            token = self.tokens.read(authorization)
        except TokenRefused as error:
            return self._refused(401, error)
        except Unreachable as error:
            self.service.connections.note_fault(CHANNEL, str(error))
            tell(f"nothing can be taken from Teams: {error}")
            return TeamsReply(503)
        raw = _object(body)
        if raw.get("type") not in KINDS:
            return TeamsReply(200)  # somebody typed, liked or came; or it is new to us
        try:
            token.must_fit(raw)
        except TokenRefused as error:
            return self._refused(403, error)
        try:
            told = activity_of(raw, token.way)
        except Exception as error:  # noqa: BLE001  (it would be no different when posted again)
            tell(f"an activity could not be read: {_where(error)}")
            return TeamsReply(200)
        return TeamsReply(200) if told is None else self._in_turn(told)

    def _refused(self, status: int, error: TokenRefused) -> TeamsReply:
        """Anybody may post what is no token; what Microsoft signed and meant for others is told."""
        if isinstance(error, TokenOutOfPlace):
            self.service.connections.note_fault(CHANNEL, str(error))
        return TeamsReply(status)

    def _in_turn(self, told: Activity) -> TeamsReply:
        with self._turns.of(told.heard.address):
            try:
                return self._answer(told)
            except Refused as error:  # the database does not answer: let it be posted again
                tell(str(error))
                return TeamsReply(503)
            except Exception as error:  # noqa: BLE001  (nobody above knows what to say)
                tell(f"an activity was not answered: {_where(error)}")
                return TeamsReply(200)

    def _answer(self, told: Activity) -> TeamsReply:
        if told.is_gone:
            self.conversation.blocked(CHANNEL, told.heard.address)
            return TeamsReply(200)
        if self.conversation.is_repeated(told.heard):
            return _acknowledged(told)
        if self._is_double(told):
            self.conversation.done(told.heard)
            return _acknowledged(told)
        said = self._said(told)
        showing = ShownInTeams(self.connector, self.conversation, told)
        try:
            showing.show(said)
        except ConnectorTrouble as error:
            if error.sent.fate in (Fate.DOWN, Fate.RETRY) and not showing.shown:
                self._note_fault(error)
                return TeamsReply(503)  # nothing was shown: posted again, it is
            self._unsaid(error, showing)
        else:
            self._note_use()
        self.conversation.done(told.heard)
        self._last[told.conversation] = (told.tapped, time.monotonic())
        return _acknowledged(told, said.whisper)

    def _said(self, told: Activity) -> Said:
        heard = told.heard
        try:
            if heard.is_private:  # they are back, and this is where they can be reached now
                self.service.links.who(heard.channel, heard.address, heard.way)
            if told.vote:
                return self.conversation.voted(heard, told.vote, told.by, told.option)
            said = self.conversation.hear(heard)
            if not said.parts and not said.whisper and heard.words and not heard.is_private:
                return self.conversation.hear(_asking_for_help(heard))  # called by name
        except Refused as error:
            return say(str(error))
        except Exception as error:  # noqa: BLE001  (the person gets a sentence, the operator this)
            tell(f"an activity was not understood: {_where(error)}")
            return say(SORRY)
        return said

    def _unsaid(self, error: ConnectorTrouble, showing: ShownInTeams) -> None:
        """What could not be shown: to a chat that is shut nothing is, anybody else is told."""
        if error.sent.fate is Fate.GONE:
            self.conversation.blocked(CHANNEL, showing.heard.address)
            return
        self._note_fault(error)
        try:
            showing.admit()
        except ConnectorTrouble as again:
            tell(f"nor could that be told; it is {again.sent.fate}: {again.sent.trouble}")

    def _is_double(self, told: Activity) -> bool:
        if told.vote:
            return False  # to vote twice is to vote once
        now = time.monotonic()
        recent = {chat: last for chat, last in self._last.items() if now - last[1] < DOUBLE}
        self._last = recent
        last, _ = recent.get(told.conversation, (None, 0.0))
        return last is not None and last == told.tapped

    def _note_fault(self, error: ConnectorTrouble) -> None:
        tell(f"an answer is {error.sent.fate}: {error.sent.trouble}")
        self._noted_at = 0.0
        self.service.connections.note_fault(CHANNEL, error.sent.trouble)

    def _note_use(self) -> None:
        if not self._noted_at or time.monotonic() - self._noted_at > 60:
            self._noted_at = time.monotonic()
            self.service.connections.note_use(CHANNEL)


def _asking_for_help(heard: Heard) -> Heard:
    return Heard(
        heard.channel, heard.address, heard.is_private, "/help", topic=heard.topic, way=heard.way
    )


def _acknowledged(told: Activity, words: str = "") -> TeamsReply:
    """With what whoever tapped sees under the card, and nobody else, where Teams can show that."""
    if not told.is_invoked:
        return TeamsReply(200)
    whisper = {"statusCode": 200, "type": WHISPER, "value": words or "Done."}
    return TeamsReply(200, json.dumps(whisper).encode())


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _where(error: Exception) -> str:
    """Where it went wrong, without its words: they may hold what somebody wrote."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__)[-8:])}"
