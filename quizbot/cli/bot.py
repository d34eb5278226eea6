"""`quizbot bot`: the questionnaires on Telegram, and the package of the app in Teams."""

import threading
from functools import partial
from pathlib import Path

import click

from quizbot import logs
from quizbot.cli.common import opened
from quizbot.clock import utc_now
from quizbot.config import Settings, read_settings, read_several
from quizbot.editions.place import place_of
from quizbot.errors import Misconfigured
from quizbot.partnerships import Keepers, Partnerships
from quizbot.work import stop_by_signal

NOT_SET = (
    "QUIZBOT_TELEGRAM_TOKEN is not set: ask @BotFather on Telegram for one (/newbot), or try the"
    " bot without one by `quizbot chat`."
)
POSTED_TO = (
    "QUIZBOT_TELEGRAM_WEBHOOK is set, so this partnership's bot is left out here: run one for it"
    " alone (`quizbot --partnership NAME bot`), or take the setting away"
)


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8443, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def bot(context: click.Context, host: str, port: int) -> None:
    """The questionnaires on Telegram, until it is stopped.

    It asks Telegram for news, and needs no address of its own. Where QUIZBOT_TELEGRAM_WEBHOOK is
    set it listens at HOST and PORT instead, for a proxy to pass on what Telegram posts there.
    """
    if context.invoked_subcommand is not None:
        return
    if several := read_several():
        _run_each(several, host, port)
        return
    if not read_settings().telegram_token:  # told before what would be missing next
        raise Misconfigured(NOT_SET)
    from quizbot.chat.telegram import run

    with opened(to_sign=True) as service:
        logs.begin("quizbot bot", as_json=service.settings.log == "json")
        run(service, host, port)


def _run_each(process: Settings, host: str, port: int) -> None:
    """The bot of each partnership that has one, side by side."""
    from quizbot.chat.telegram import run_until

    logs.begin("quizbot bot", as_json=process.log == "json")
    stop = threading.Event()
    stop_by_signal(stop)
    found = Partnerships.of(process)
    for name, settings in found.served.items():
        if settings.telegram_token and settings.telegram_webhook:
            with logs.of_partnership(name):
                logs.tell(POSTED_TO, level="warning")
    Keepers(found, partial(run_until, where=(host, port)), _asks_for_news).until(stop)


def _asks_for_news(settings: Settings) -> bool:
    return bool(settings.telegram_token) and not settings.telegram_webhook


@bot.command("teams-manifest")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def teams_manifest(file: Path) -> None:
    """Write the package of the app in Teams into FILE, for an administrator to upload.

    It is made from QUIZBOT_TEAMS_APP, QUIZBOT_PUBLIC_URL and the place's name, and holds no secret.
    """
    from quizbot.chat.teams.manifest import package

    settings = read_settings()
    name = place_of(settings.place, utc_now).text("partnership_name")
    made = package(settings, name)
    try:
        file.write_bytes(made)
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(
        f"{file}: upload it in the Teams admin centre, under Teams apps, Manage apps;"
        " docs/connect/teams.md tells the rest."
    )
