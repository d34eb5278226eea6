"""Calls of the Bot Connector with a known fate: what may have been done is not done again."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

from quizbot.chat.teams.tokens import is_emulated, microsoft
from quizbot.config import Settings
from quizbot.hosts import host_of
from quizbot.outbox.mail import Fate, Sent
from quizbot.outgoing import CutOff, OutsideAnswer, OutsideDoor, Unreachable

SCOPE = "https://api.botframework.com/.default"
OF_MANY = "botframework.com"  # lets an app in that is of no tenant of its own
RENEWED = 300.0  # seconds before its end in which our token is renewed
WITHIN = 5.0  # seconds for a call: whoever posted waits for 15 in all
PAUSES = (0.5, 1.0)  # seconds before a call is made again
LONGEST_WAIT = 4.0  # seconds that is waited while somebody waits for us
# What will never be different for this chat, as the Connector calls it.
GONE = frozenset(
    {
        *("BotNotInConversationRoster", "ConversationBlockedByUser", "ConversationNotFound"),
        *("BotDisabledByAdmin", "ForbiddenOperationException"),
    }
)
NO_ANSWER = "no answer after the message was handed over"
NOT_KNOWN = "Microsoft does not know QUIZBOT_TEAMS_APP, its tenant or its secret"
# What Microsoft means by the numbers with which it lets nobody in.
_NO_TENANT = "Microsoft knows no tenant by QUIZBOT_TEAMS_TENANT"
LET_NOBODY_IN = {
    7000215: "Microsoft does not take QUIZBOT_TEAMS_SECRET: it is to be the Value, not the ID",
    7000222: "the client secret in QUIZBOT_TEAMS_SECRET has run out",
    700016: "Microsoft knows no app by QUIZBOT_TEAMS_APP in the tenant of QUIZBOT_TEAMS_TENANT",
    7000112: "the app of QUIZBOT_TEAMS_APP is switched off in Microsoft's Entra",
    90002: _NO_TENANT,
    900023: _NO_TENANT,
}

T = TypeVar("T")


class ConnectorTrouble(Exception):
    """What was to be shown was not, or may not have been; `sent` says which, and why."""

    def __init__(self, fate: Fate, words: str, wait: float = 0.0) -> None:
        super().__init__(words)
        self.sent = Sent(fate, words)
        self.wait = wait


class NotLetIn(ConnectorTrouble):
    """Microsoft answers, and gives this app no token: what is set is not what it knows."""

    def __init__(self, words: str) -> None:
        super().__init__(Fate.DOWN, words)


@dataclass
class Connector:
    """Sends to chats and changes what was sent, with a token of our own that is kept in memory."""

    settings: Settings
    _token: str = field(default="", repr=False)
    _good_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, way: str, conversation: str, activity: Mapping[str, Any]) -> str:
        """Post into a conversation; the number of the message there, or nothing."""
        answer = self._call("POST", way, f"{_named(conversation)}/activities", activity)
        try:
            found = answer.json()
        except ValueError:
            return ""
        number = found.get("id") if isinstance(found, dict) else None
        return number if isinstance(number, str) else ""

    def update(
        self, way: str, conversation: str, message: str, activity: Mapping[str, Any]
    ) -> None:
        """Put something in place of a message of ours."""
        path = f"{_named(conversation)}/activities/{quote(message, safe='')}"
        self._call("PUT", way, path, {**activity, "id": message})

    def token(self) -> str:
        """Our own token; ConnectorTrouble where Microsoft gives none."""
        with self._lock:
            if not self._token or time.monotonic() > self._good_until:
                self._renew()
            return self._token

    def _call(self, method: str, way: str, path: str, activity: Mapping[str, Any]) -> OutsideAnswer:
        door = OutsideDoor(
            frozenset({host_of(way)}),
            may_be_private=is_emulated(self.settings),
            within=WITHIN,
        )
        body = json.dumps(activity, ensure_ascii=False).encode()
        answer = self._asked(door, method, f"{way}/v3/conversations/{path}", body)
        if answer.status == 401:  # it may have been ended before its time
            with self._lock:
                self._token = ""
            answer = self._asked(door, method, f"{way}/v3/conversations/{path}", body)
        _must_be_done(answer)
        return answer

    def _asked(self, door: OutsideDoor, method: str, url: str, body: bytes) -> OutsideAnswer:
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"}
        try:
            return door.ask(method, url, headers, body)
        except CutOff:
            raise ConnectorTrouble(Fate.UNCERTAIN, NO_ANSWER) from None
        except Unreachable as error:
            raise ConnectorTrouble(Fate.DOWN, _bare(error)) from None

    def _renew(self) -> None:
        settings = self.settings
        fields = {
            "grant_type": "client_credentials",
            "client_id": settings.teams_app,
            "client_secret": settings.teams_secret,
            "scope": SCOPE,
        }
        url = f"{settings.teams_login}/{settings.teams_tenant or OF_MANY}/oauth2/v2.0/token"
        try:
            answer = microsoft(settings).form(url, fields)
        except Unreachable as error:
            raise ConnectorTrouble(Fate.DOWN, _bare(error)) from None
        try:
            found = answer.json()
        except ValueError:
            found = None
        token = found.get("access_token") if isinstance(found, dict) else None
        lasts = found.get("expires_in") if isinstance(found, dict) else None
        if answer.is_right and isinstance(token, str) and token.isascii():
            seconds = float(lasts) if isinstance(lasts, int | float) else 600.0
            self._token, self._good_until = token, time.monotonic() + seconds - RENEWED
        elif answer.status in (400, 401, 403):
            raise NotLetIn(_why(found))
        else:
            words = f"{host_of(url)} gives no token, but status {answer.status}"
            raise ConnectorTrouble(Fate.DOWN, words)


def _why(found: object) -> str:
    """Which setting Microsoft does not know, by its numbers; its words name addresses."""
    numbers = found.get("error_codes") if isinstance(found, dict) else None
    for number in numbers if isinstance(numbers, list) else []:
        if isinstance(number, int) and number in LET_NOBODY_IN:
            return LET_NOBODY_IN[number]
    return NOT_KNOWN


def _named(conversation: str) -> str:
    return quote(conversation, safe="")


def _bare(error: Exception) -> str:
    return str(error).rstrip(".")[:200]


def _must_be_done(answer: OutsideAnswer) -> None:
    """ConnectorTrouble with its fate where it was not."""
    if answer.is_right:
        return
    code = _code(answer)
    words = f"Teams answers with status {answer.status}{f' ({code})' if code else ''}"
    if answer.status in (429, 412):
        wait = answer.headers.get("retry-after", "")
        raise ConnectorTrouble(Fate.RETRY, words, float(wait) if wait.isdecimal() else 1.0)
    if answer.status == 401:
        raise ConnectorTrouble(Fate.DOWN, "Teams does not take our token")
    if answer.status >= 500:
        raise ConnectorTrouble(Fate.UNCERTAIN, words)
    raise ConnectorTrouble(Fate.GONE if code in GONE else Fate.FAILED, words)


def _code(answer: OutsideAnswer) -> str:
    """What the Connector calls the error; never its words, which may tell of somebody."""
    try:
        found = answer.json()
    except ValueError:
        return ""
    error = found.get("error") if isinstance(found, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and code.isalnum() and len(code) < 60 else ""


def surely(call: Callable[[], T], *, repeats: bool = False) -> T:
    """Make a call, and again where it certainly was not made; `repeats` where twice is once."""
    for pause in PAUSES:
        try:
            return call()
        except ConnectorTrouble as error:
            fate = error.sent.fate
            may_repeat = fate in (Fate.RETRY, Fate.DOWN) or (repeats and fate is Fate.UNCERTAIN)
            if not may_repeat or error.wait > LONGEST_WAIT:
                raise
            time.sleep(max(pause, error.wait))
    return call()
