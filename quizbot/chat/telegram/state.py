"""How the bot is, as Telegram sees it: token, name, webhook, what waits, errors, clocks."""

import asyncio
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import httpx
from telegram import User, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from quizbot.chat.telegram.calls import NOT_KNOWN, make_bot
from quizbot.config import Settings
from quizbot.doctor import Level, Look
from quizbot.words import how_many

MANY = 50  # updates that wait
RECENT = 24 * 3600  # seconds for which an error of the webhook is worth telling
SKEW, TOO_SKEWED = 5, 60  # seconds between Telegram's clock and ours


def look(settings: Settings) -> list[Look]:
    """Everything that Telegram can tell; one line where no bot is wanted."""
    if not settings.telegram_token:
        return [Look("Telegram", Level.OK, "no bot is set up: QUIZBOT_TELEGRAM_TOKEN is not set")]
    try:
        who, hook = asyncio.run(_asked(settings))
    except InvalidToken:
        return [Look("Telegram token", Level.FAULT, "Telegram does not know it", NOT_KNOWN)]
    except TelegramError:
        words = f"{settings.telegram_api} does not answer"
        advice = "Check the network and its firewall: the bot needs to reach that address."
        return [Look("Telegram", Level.FAULT, words, advice)]
    return [*_token(settings, who), *_webhook(settings, hook), *_waiting(hook), *_clock(settings)]


async def _asked(settings: Settings) -> tuple[User, WebhookInfo]:
    bot = make_bot(settings)
    try:
        await bot.initialize()
        return bot.bot, await bot.get_webhook_info()
    finally:
        await bot.shutdown()


def _token(settings: Settings, who: User) -> Iterator[Look]:
    yield Look("Telegram token", Level.OK, f"it is that of @{who.username}")
    named = settings.telegram_bot
    if named.lower() != (who.username or "").lower():
        words = f"QUIZBOT_TELEGRAM_BOT is {named}" if named else "QUIZBOT_TELEGRAM_BOT is not set"
        advice = f"Set it to {who.username}, so that links from the web lead to this bot."
        yield Look("Telegram name", Level.WARNING, words, advice)
    if who.can_read_all_group_messages:
        words = "the bot is given every word that is written in its groups"
        advice = "Switch privacy mode on: @BotFather, /setprivacy, Enable; then add it anew."
        yield Look("Telegram privacy", Level.FAULT, words, advice)
    else:
        yield Look("Telegram privacy", Level.OK, "of groups the bot is given commands alone")


def _webhook(settings: Settings, hook: WebhookInfo) -> Iterator[Look]:
    wanted = settings.telegram_webhook
    start = "Start the bot (`quizbot bot`), which sets this right."
    if hook.url == wanted:
        words = f"Telegram posts to {wanted}" if wanted else "none; the bot asks for news itself"
        yield Look("Telegram webhook", Level.OK, words)
    elif not hook.url:
        words = "QUIZBOT_TELEGRAM_WEBHOOK is set, and Telegram does not post there yet"
        yield Look("Telegram webhook", Level.WARNING, words, start)
    else:
        words = f"Telegram posts to {hook.url}, which is not what is set here"
        advice = f"Stop what is there, if it is another program. {start}"
        yield Look("Telegram webhook", Level.FAULT, words, advice)
    at = hook.last_error_date
    if at is not None and time.time() - at.timestamp() < RECENT:
        words = f"{at:%d %B, %H:%M} UTC: {hook.last_error_message}"
        advice = "See that the proxy passes this address on to `quizbot bot`, and that it runs."
        yield Look("Telegram last error", Level.WARNING, words, advice)
    else:
        yield Look("Telegram last error", Level.OK, "none in the last day")


def _waiting(hook: WebhookInfo) -> Iterator[Look]:
    count = hook.pending_update_count
    words = how_many(count, "update waits", "updates wait")
    if count > MANY:
        advice = "See whether `quizbot bot` runs and what its log says."
        yield Look("Telegram updates", Level.WARNING, words, advice)
    else:
        yield Look("Telegram updates", Level.OK, words)


def _clock(settings: Settings) -> Iterator[Look]:
    """Telegram's clock is in the head of its answers; links that last ten minutes rest on ours."""
    try:
        answer = httpx.head(settings.telegram_api, timeout=10)
        skew = time.time() - parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (httpx.HTTPError, KeyError, ValueError):
        return
    if abs(skew) <= SKEW:
        yield Look("clock", Level.OK, "agrees with Telegram's")
        return
    level = Level.FAULT if abs(skew) > TOO_SKEWED else Level.WARNING
    words = (
        f"{how_many(round(abs(skew)), 'second')} {'ahead of' if skew > 0 else 'behind'} Telegram's"
    )
    advice = "Let this machine's clock be set by a time server (timedatectl set-ntp true)."
    yield Look("clock", level, words, advice)
