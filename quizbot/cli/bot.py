"""`quizbot bot`: the questionnaires on Telegram."""

import click

from quizbot import logs
from quizbot.cli.common import opened
from quizbot.config import read_settings
from quizbot.errors import Misconfigured

NOT_SET = (
    "QUIZBOT_TELEGRAM_TOKEN is not set: ask @BotFather on Telegram for one (/newbot), or try the"
    " bot without one by `quizbot chat`."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8443, show_default=True, type=click.IntRange(1, 65535))
def bot(host: str, port: int) -> None:
    """The questionnaires on Telegram, until it is stopped.

    It asks Telegram for news, and needs no address of its own. Where QUIZBOT_TELEGRAM_WEBHOOK is
    set it listens at HOST and PORT instead, for a proxy to pass on what Telegram posts there.
    """
    if not read_settings().telegram_token:  # told before what would be missing next
        raise Misconfigured(NOT_SET)
    from quizbot.chat.telegram import run

    with opened(to_sign=True) as service:
        logs.begin("quizbot bot", as_json=service.settings.log == "json")
        run(service, host, port)
