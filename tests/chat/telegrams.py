"""The real adapter in this process, on the emulator: started, stopped, and spoken to."""

import asyncio
import contextlib
import threading

from questions.kinds import Input
from quizbot.chat.asking import DONE
from quizbot.chat.telegram.bot import be
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from tests.conftest import settings_for
from tools.botapi import BotApi
from tools.running import free_port
from tools.waiting import until


def telegram_service(url, folder, clock, api, **given):
    """A service whose bot speaks with the emulator."""
    own = {"telegram_token": api.token, "telegram_api": api.url}
    return open_service(settings_for(url, folder, **{**own, **given}), clock)


class Hurried(asyncio.SelectorEventLoop):
    """A loop whose clock can be put forward, so that long pauses are over at once."""

    ahead = 0.0

    def time(self):
        return super().time() + self.ahead

    def forward(self, seconds):
        """From any other thread; between two steps, so that who told of a pause has begun it."""
        asyncio.run_coroutine_threadsafe(self._forward(seconds), self).result(60)

    async def _forward(self, seconds):
        self.ahead += seconds


class AtWork(threading.Thread):
    """The bot in a thread of its own; what ended it is raised where it is stopped."""

    def __init__(self, service, port=0):
        super().__init__(daemon=True)
        self.service = service
        self.port = port or free_port()
        self.loop = Hurried()
        self.stopping = asyncio.Event()
        self.trouble = None

    def run(self):
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            try:
                runner.run(be(self.service, ("127.0.0.1", self.port), self.stopping))
            except BaseException as error:  # noqa: BLE001  (it is raised in stop)
                self.trouble = error

    def stop(self):
        """As SIGTERM does; waits until all is put away."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.stopping.set)
        self.join(60)
        assert not self.is_alive()
        if self.trouble is not None:
            raise self.trouble


@contextlib.contextmanager
def at_work(service, port=0):
    """The bot while it is entered."""
    bot = AtWork(service, port)
    bot.start()
    try:
        yield bot
    finally:
        bot.stop()


def is_polling(api: BotApi) -> bool:
    """Whether the bot has asked for news."""
    return api.world.poller > 0


def until_polling(api: BotApi) -> None:
    """Wait for the bot's first question for news."""
    until(lambda: is_polling(api), 60, "the bot")


class Taking:
    """Somebody who takes what they began, in Telegram; right answers are looked up."""

    def __init__(self, service, person, who):
        self.service = service
        self.person = person
        self.who = who

    def turn(self, mode=Mode.ASSURED):
        """The next question, as the service has it."""
        (line,) = [
            line
            for line in self.service.attempts.of(self.who)
            if line.is_open and line.mode is mode
        ]
        number = self.service.attempts.where(self.who, line.attempt_id)
        return self.service.attempts.turn(self.who, line.attempt_id, number)

    def reply(self, turn, within=20.0):
        """Answer the question that is on the screen, waiting after each tap."""
        for letter in turn.question.shown(turn.question.key, turn.order):
            self.person.taps(letter.upper(), within)
        if turn.question.input is not Input.ONE:
            self.person.taps(DONE, within)
