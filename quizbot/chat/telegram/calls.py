"""Calls of the Bot API with a known fate: what may have been done is never blindly done again."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
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

from quizbot.config import Settings
from quizbot.outbox.mail import Fate, Sent

# Spans of time come as such, as in the library's next version.
os.environ.setdefault("PTB_TIMEDELTA", "true")
# What it would log holds what people wrote, and tracebacks; what went wrong we say ourselves.
logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
logging.getLogger("httpx").setLevel(logging.WARNING)  # else addresses, and the token in them

LONGEST_WAIT = 60.0  # seconds that a chat waits because Telegram asks for it
PAUSES = (0.5, 1.0, 2.0, 4.0)  # before a call is made again, in seconds
LONGEST_PAUSE = 30.0
READ_TIMEOUT = 15.0

NO_CHAT = "chat not found"
ANSWER_UNKNOWN = "no answer after the message was handed over"
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

NOT_KNOWN = (
    "Telegram does not know this QUIZBOT_TELEGRAM_TOKEN: copy the token again from @BotFather,"
    " which looks like 123456:ABC-DEF."
)

Bot = ExtBot[int]
T = TypeVar("T")


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
    print(f"quizbot bot: {words}", flush=True)


def make_bot(settings: Settings, limiter: AIORateLimiter | None = None) -> Bot:
    """The library's bot, at the address that the settings name."""
    return ExtBot(
        settings.telegram_token,
        base_url=f"{settings.telegram_api}/bot",
        base_file_url=f"{settings.telegram_api}/file/bot",
        request=_request(settings, 64),
        get_updates_request=_request(settings, 2),
        rate_limiter=limiter,
    )


def _request(settings: Settings, connections: int) -> HTTPXRequest:
    # Certificates are read for https alone: it takes a while.
    is_https = urlsplit(settings.telegram_api).scheme == "https"
    return HTTPXRequest(
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
        wait = _seconds(error.retry_after)
        raise Unsaid(Fate.RETRY, f"Telegram asks us to wait {wait:.0f} s", wait) from None
    except (Forbidden, BadRequest) as error:
        is_gone = isinstance(error, Forbidden) or NO_CHAT in error.message.lower()
        raise Unsaid(Fate.FAILED, error.message[:200], is_gone=is_gone) from None
    except InvalidToken:
        raise Unsaid(Fate.DOWN, "Telegram does not know our token") from None
    except TelegramError as error:
        if isinstance(error.__cause__, _NEVER_LEFT):
            raise Unsaid(Fate.DOWN, "Telegram cannot be reached", PAUSES[0]) from None
        raise Unsaid(Fate.UNCERTAIN, ANSWER_UNKNOWN) from None


async def surely(call: Callable[[], Awaitable[T]], *, repeats: bool = False) -> T:
    """Make a call, and again where it certainly was not made; `repeats` where twice is once.

    While Telegram cannot be reached at all it is tried for as long as it takes.
    """
    tries = 0
    while True:
        try:
            return await once(call)
        except Unsaid as error:
            fate, is_last = error.sent.fate, tries >= len(PAUSES)
            if fate is Fate.DOWN and error.wait:
                pause = min(error.wait * 2 ** min(tries, 10), LONGEST_PAUSE)
            elif fate is Fate.RETRY and error.wait <= LONGEST_WAIT and not is_last:
                pause = error.wait
            elif fate is Fate.UNCERTAIN and repeats and not is_last:
                pause = PAUSES[tries]
            else:
                raise
        tries += 1
        await asyncio.sleep(pause)


def _seconds(span: int | timedelta) -> float:
    return span.total_seconds() if isinstance(span, timedelta) else float(span)
