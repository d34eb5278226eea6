"""Calls of the Bot API with a known fate: what may have been done is never blindly done again."""

import asyncio
import logging
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from quizbot import logs
from quizbot.chat.telegram import reading
from quizbot.config import Settings
from quizbot.outbox.mail import Fate, Sent

# Spans of time come as such, as in the library's next version.
os.environ.setdefault("PTB_TIMEDELTA", "true")
# What it would log holds what people wrote, and tracebacks; what went wrong we say ourselves.
logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
logging.getLogger("httpx").setLevel(logging.WARNING)  # else addresses, and the token in them

LONGEST_WAIT = 60.0  # seconds that is waited where nobody waits for an answer
PAUSES = (0.5, 1.0, 2.0, 4.0)  # before a call is made again, in seconds
LONGEST_PAUSE = 30.0
LONGEST_HOLD = 24 * 3600.0
READ_TIMEOUT = 15.0

NO_CHAT = "chat not found"
ANSWER_UNKNOWN = "no answer after the message was handed over"
ANSWER_UNREADABLE = "Telegram took it, and its answer could not be read"
# A right that a group withholds is not a chat that is gone.
_WITHHELD = re.compile(r"rights|RESTRICTED|_FORBIDDEN")
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

NOT_KNOWN = (
    "Telegram does not know this QUIZBOT_TELEGRAM_TOKEN: copy the token again from @BotFather,"
    " which looks like 123456:ABC-DEF."
)

T = TypeVar("T")


class Bot(ExtBot[int]):
    """The library's bot; what servers of another age send differently is taken as it comes."""

    async def news(self, offset: int | None, open_for: int, kinds: Sequence[str]) -> list[object]:
        """Updates as they came; the library's own method loses all for one that it cannot read."""
        asked = {"offset": offset, "timeout": open_for, "allowed_updates": list(kinds)}
        patience = (READ_TIMEOUT or 0) + open_for
        found = await self._post("getUpdates", asked, read_timeout=patience)
        return found if isinstance(found, list) else []

    async def post_poll(
        self, chat: int, topic: int | None, ask: str, options: Sequence[str]
    ) -> str:
        """Post an anonymous poll; the number of its message."""
        given = {
            "chat_id": chat,
            "message_thread_id": topic,
            "question": ask,
            "options": [{"text": option} for option in options],
            "is_anonymous": True,
        }
        return str(int((await self._post("sendPoll", given))["message_id"]))

    async def close_poll(self, chat: int, message: int) -> tuple[int, ...]:
        """Close a poll; its votes by option."""
        found = await self._post("stopPoll", {"chat_id": chat, "message_id": message})
        return tuple(int(option["voter_count"]) for option in found["options"])


class News(HTTPXRequest):
    """Asks for updates; one that is no JSON, or too deep, spoils no other."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """What Telegram answered."""
        return reading.loads_all(payload)


class Pace:
    """Whether anything may be sent: while Telegram asks us to wait, nothing is, to no chat."""

    def __init__(self) -> None:
        self.not_before = 0.0  # by the loop's clock

    @property
    def left(self) -> float:
        """For how many seconds nothing may be sent."""
        return max(0.0, self.not_before - asyncio.get_running_loop().time())

    def hold(self, seconds: float) -> None:
        """Telegram asks us to wait."""
        now = asyncio.get_running_loop().time()
        if seconds > LONGEST_WAIT and not self.left:
            tell(f"Telegram asks us to wait {seconds:.0f} s; what is owed is sent afterwards")
        # An update is kept for a day: longer than that nobody is waited for.
        self.not_before = max(self.not_before, now + min(max(seconds, 1.0), LONGEST_HOLD))

    async def opened(self) -> None:
        """Wait until something may be sent."""
        while left := self.left:  # noqa: ASYNC110  (it may be asked for longer meanwhile)
            await asyncio.sleep(left)


class Unsaid(Exception):
    """What was to be done was not, or may not have been; `sent` says which, and why.

    `wait` is for how many seconds to leave it; `is_gone` where nothing will ever reach this chat.
    """

    def __init__(self, fate: Fate, words: str, wait: float = 0.0, *, is_gone: bool = False) -> None:
        super().__init__(words)
        self.sent = Sent(fate, words)
        self.wait = wait
        self.is_gone = is_gone


def tell(words: str) -> None:
    """A line in the log."""
    logs.tell(words, part="quizbot bot")


def make_bot(settings: Settings, limiter: AIORateLimiter | None = None) -> Bot:
    """The library's bot, at the address that the settings name."""
    return Bot(
        settings.telegram_token,
        base_url=f"{settings.telegram_api}/bot",
        base_file_url=f"{settings.telegram_api}/file/bot",
        request=_request(HTTPXRequest, settings, 64),
        get_updates_request=_request(News, settings, 2),
        rate_limiter=limiter,
    )


def _request(kind: type[HTTPXRequest], settings: Settings, connections: int) -> HTTPXRequest:
    # Certificates are read for https alone: it takes a while.
    is_https = urlsplit(settings.telegram_api).scheme == "https"
    return kind(
        connection_pool_size=connections,
        read_timeout=READ_TIMEOUT,
        pool_timeout=LONGEST_WAIT,
        httpx_kwargs={"verify": is_https},
    )


async def once(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call; Unsaid with its fate where it fails. ChatMigrated is passed on."""
    try:
        return await call()
    except ChatMigrated:
        raise
    except RetryAfter as error:
        wait = seconds_of(error.retry_after)
        raise Unsaid(Fate.RETRY, f"Telegram asks us to wait {wait:.0f} s", wait) from None
    except (Forbidden, BadRequest) as error:
        is_shut = isinstance(error, Forbidden) and not _WITHHELD.search(error.message)
        is_gone = is_shut or NO_CHAT in error.message.lower()
        raise Unsaid(Fate.FAILED, error.message[:200], is_gone=is_gone) from None
    except InvalidToken:
        raise Unsaid(Fate.DOWN, "Telegram does not know our token") from None
    except TelegramError as error:
        if isinstance(error.__cause__, _NEVER_LEFT):
            raise Unsaid(Fate.DOWN, "Telegram cannot be reached", PAUSES[0]) from None
        raise Unsaid(Fate.UNCERTAIN, ANSWER_UNKNOWN) from None
    except Exception as error:  # noqa: BLE001  (the library's, of an answer that it does not know)
        words = f"{ANSWER_UNREADABLE} ({type(error).__name__})"
        raise Unsaid(Fate.UNCERTAIN, words) from None


async def surely(
    call: Callable[[], Awaitable[T]],
    *,
    repeats: bool = False,
    pace: Pace | None = None,
    most: int = len(PAUSES),
) -> T:
    """Make a call, and again where it certainly was not made; `repeats` where twice is once.

    While Telegram cannot be reached at all it is tried for as long as it takes; with a pace also
    while Telegram asks us to wait, and all that share it wait too.
    """
    tries = 0
    while True:
        if pace is not None:
            await pace.opened()
        try:
            return await once(call)
        except Unsaid as error:
            fate, is_last = error.sent.fate, tries >= most
            if fate is Fate.RETRY and pace is not None:
                pace.hold(error.wait)
                continue
            if fate is Fate.DOWN and error.wait:
                pause = min(error.wait * 2 ** min(tries, 10), LONGEST_PAUSE)
            elif fate is Fate.RETRY and error.wait <= LONGEST_WAIT and not is_last:
                pause = error.wait
            elif fate is Fate.UNCERTAIN and repeats and not is_last:
                pause = PAUSES[tries] if tries < len(PAUSES) else LONGEST_PAUSE
            else:
                raise
        tries += 1
        await asyncio.sleep(pause)


def seconds_of(span: int | timedelta) -> float:
    return span.total_seconds() if isinstance(span, timedelta) else float(span)
