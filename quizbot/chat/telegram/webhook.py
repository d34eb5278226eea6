"""The webhook: Telegram posts updates here, and posts again what was not acknowledged."""

import asyncio
import hmac
from urllib.parse import urlsplit

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from quizbot.chat.telegram import reading
from quizbot.chat.telegram.answering import Answering
from quizbot.chat.telegram.calls import Unsaid, surely, tell
from quizbot.chat.telegram.hearing import ASKED_FOR
from quizbot.errors import Misconfigured

HEADER = "X-Telegram-Bot-Api-Secret-Token"
AT_ONCE = 40  # updates that Telegram may post at the same time
LARGEST = 1 << 20  # bytes of an update
ANSWERED_WITHIN = 30.0  # seconds after which an update is acknowledged, answered or not


class Posted(RequestHandler):
    """One update, acknowledged once it is answered."""

    def initialize(self, answering: Answering, secret: str) -> None:
        """What tornado gives to each request."""
        self.answering = answering
        self.secret = secret

    async def post(self) -> None:
        """Take it; who does not know the secret learns nothing."""
        given = self.request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            self.set_status(403)
            return
        update = self.answering.read(reading.loads(self.request.body))
        if update.number is None:
            return  # acknowledged: what cannot be read now will not be read later either
        task = self.answering.in_hand.get(update.number) or self.answering.take(update)
        await asyncio.wait({task}, timeout=ANSWERED_WITHIN)
        # While Telegram asks us to wait it keeps the update for us, as it does when we stop.
        if task.cancelled() or (not task.done() and self.answering.pace.left):
            self.set_status(503)


async def listen(
    answering: Answering, address: str, secret: str, where: tuple[str, int], stopping: asyncio.Event
) -> None:
    """Be posted to until we are stopped. The webhook stays set: Telegram keeps what is new."""
    given = {"answering": answering, "secret": secret}
    handlers = [(urlsplit(address).path or "/", Posted, given)]
    application = Application(handlers, log_function=lambda _: None)
    server = HTTPServer(application, max_body_size=LARGEST)
    host, port = where
    try:
        server.listen(port, host)
    except OSError as error:
        raise Misconfigured(f"{host}:{port} cannot be used: {error.strerror}.") from None
    try:
        await surely(
            lambda: answering.bot.set_webhook(
                address, secret_token=secret, allowed_updates=ASKED_FOR, max_connections=AT_ONCE
            ),
            repeats=True,
        )
        tell(f"at work as @{answering.bot.username}; Telegram posts to {address}")
        await stopping.wait()
    except Unsaid as error:
        raise Misconfigured(f"QUIZBOT_TELEGRAM_WEBHOOK: {error.sent.trouble}.") from None
    finally:
        server.stop()
        await answering.finish()
        await server.close_all_connections()
