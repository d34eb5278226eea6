"""Messages that are owed, sent to chats side by side and never faster than Telegram permits."""

import asyncio
import threading
from collections.abc import Callable

from aiolimiter import AsyncLimiter
from telegram.error import ChatMigrated

from quizbot.chat import told
from quizbot.chat.telegram.calls import Unsaid, make_bot, once
from quizbot.chat.telegram.showing import NO_PREVIEW, shown
from quizbot.config import Settings
from quizbot.outbox.mail import Fate, Sent
from quizbot.outbox.notices import Note

A_SECOND = 30  # messages that Telegram permits a bot in all
EVERY = 1 / 29.4  # seconds between two of ours: 98 % of that, and never two at once

NewLoop = Callable[[], asyncio.AbstractEventLoop]


class TelegramWire:
    """Sends one message and says what became of it; may be called from many threads at once.

    One after the other with a pause between: a limiter that lets thirty go at once, as the
    library's does, lets sixty go in the first second.
    """

    def __init__(self, settings: Settings, new_loop: NewLoop = asyncio.new_event_loop) -> None:
        self._loop = new_loop()
        self._bot = make_bot(settings)
        self._pace = AsyncLimiter(1, EVERY)
        self._not_before = 0.0  # by the loop's clock, while Telegram asks us to wait
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def __call__(self, note: Note, key: str) -> Sent:  # noqa: ARG002  (Telegram takes no key)
        return asyncio.run_coroutine_threadsafe(self.send(note), self._loop).result()

    async def send(self, note: Note) -> Sent:
        """The same on the loop."""
        text, keyboard = shown(told.noticed(note))
        await self._pace.acquire()
        if self._loop.time() < self._not_before:
            return Sent(Fate.DOWN, "Telegram asks us to wait")
        try:
            await once(
                lambda: self._bot.send_message(
                    int(note.address), text, reply_markup=keyboard, link_preview_options=NO_PREVIEW
                )
            )
        except ChatMigrated:
            return Sent(Fate.FAILED, "the chat is a group now")
        except Unsaid as error:
            return self._fate(error)
        return Sent(Fate.SENT)

    def _fate(self, error: Unsaid) -> Sent:
        if error.is_gone:
            return Sent(Fate.GONE, error.sent.trouble)
        if error.sent.fate is Fate.RETRY:  # asked of all of ours, not of this message
            self._not_before = max(self._not_before, self._loop.time() + error.wait)
            return Sent(Fate.DOWN, error.sent.trouble)
        return error.sent

    def close(self) -> None:
        """Let the connections go."""
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _shut(self) -> None:
        await asyncio.gather(*(request.shutdown() for request in self._bot._request))  # noqa: SLF001
