"""`quizbot bot`: one that polls, or any number behind a webhook, until SIGTERM."""

import asyncio
import contextlib
import signal
import threading

from telegram.error import InvalidToken, TelegramError
from telegram.ext import AIORateLimiter

from quizbot.chat.conversation import Conversation
from quizbot.chat.telegram.answering import Answering
from quizbot.chat.telegram.calls import LONGEST_PAUSE, NOT_KNOWN, Bot, Unsaid, make_bot, tell
from quizbot.chat.telegram.polling import LEASE, Polling, pause
from quizbot.chat.telegram.profile import introduce
from quizbot.chat.telegram.webhook import listen
from quizbot.errors import Misconfigured
from quizbot.service import Service
from quizbot.store.lease import Lease

RATE = 30  # messages a second that Telegram permits a bot in all


def run(service: Service, host: str, port: int) -> None:
    """Be the bot until SIGTERM or SIGINT; Misconfigured without a token that Telegram knows."""
    asyncio.run(_until_told(service, (host, port)))


def run_until(service: Service, stop: threading.Event, where: tuple[str, int]) -> None:
    """The same in a thread beside the bots of others, with a loop of its own."""
    asyncio.run(_until_set(service, where, stop))


async def _until_set(service: Service, where: tuple[str, int], stop: threading.Event) -> None:
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait() -> None:
        stop.wait()
        with contextlib.suppress(RuntimeError):  # the bot ended before
            loop.call_soon_threadsafe(stopping.set)

    threading.Thread(target=wait, daemon=True).start()
    await be(service, where, stopping)


async def _until_told(service: Service, where: tuple[str, int]) -> None:
    stopping = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    await be(service, where, stopping)


async def be(service: Service, where: tuple[str, int], stopping: asyncio.Event) -> None:
    """Be the bot until we are stopped; posted to at `where`, if there is a webhook."""
    bot = make_bot(service.settings, AIORateLimiter(overall_max_rate=RATE))
    try:
        if await _is_known(bot, stopping):
            named = service.settings.telegram_bot
            if named and named.lower() != bot.username.lower():
                tell(f"QUIZBOT_TELEGRAM_BOT is {named}, and the token is that of {bot.username}")
            await _work(service, bot, where, stopping)
    finally:
        await bot.shutdown()
    tell("stopped")


async def _work(
    service: Service, bot: Bot, where: tuple[str, int], stopping: asyncio.Event
) -> None:
    answering = Answering(Conversation(service), bot)
    introducing = asyncio.create_task(_introduced(bot))
    try:
        if address := service.settings.telegram_webhook:
            secret = service.signer.hash("telegram webhook", address)
            await listen(answering, address, secret, where, stopping)
        else:
            lease = Lease(service.database, service.now, LEASE)
            await Polling(answering, lease, stopping).forever()
    finally:
        introducing.cancel()
        await asyncio.gather(introducing, return_exceptions=True)


async def _is_known(bot: Bot, stopping: asyncio.Event) -> bool:
    """Learn our name, however long Telegram takes to answer; False where we are stopped."""
    times = 0
    while not stopping.is_set():
        try:
            await bot.initialize()
        except InvalidToken:
            raise Misconfigured(NOT_KNOWN) from None
        except TelegramError:
            if not times:
                tell("Telegram does not answer. Trying again")
            times += 1
            await pause(stopping, min(0.5 * 2 ** min(times, 10), LONGEST_PAUSE))
        else:
            return True
    return False


async def _introduced(bot: Bot) -> None:
    try:
        await introduce(bot)
    except Unsaid as error:
        tell(f"menus and descriptions are as before: {error.sent.trouble}")
