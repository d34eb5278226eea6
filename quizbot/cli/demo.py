"""`quizbot demo`: a fictional partnership on a throw-away database."""

import os
import secrets
import tempfile

import click

from quizbot.cli.serve import apart, must_be_free, run
from quizbot.clock import utc_now
from quizbot.config import are_several, read_settings
from quizbot.demo.fill import fill
from quizbot.editions.place import place_of
from quizbot.errors import Misconfigured
from quizbot.hosts import EVERYWHERE, in_url
from quizbot.service import open_service
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(host: str, port: int) -> None:
    """Show the service with a fictional partnership; everything is thrown away at the end."""
    from quizbot.cli.listening import Listening

    if are_several():  # what is made up must never come into anybody's database
        raise Misconfigured(
            "A demonstration is no partnership of QUIZBOT_PARTNERSHIPS: start it where that is not"
            " set."
        )
    place_of(read_settings().place, utc_now)
    number = must_be_free(host, port)
    # A demonstration at every address of this machine tells one that can be opened on it.
    shown = f"http://{in_url('127.0.0.1' if number in EVERYWHERE else host)}:{port}"
    with tempfile.TemporaryDirectory(prefix="knowledge-demo-") as folder:
        os.environ.update(
            QUIZBOT_DATABASE_URL=f"sqlite:///{folder}/demo.db",
            QUIZBOT_SECRET_KEY=secrets.token_urlsafe(48),
            QUIZBOT_MAIL_URL=f"file:{folder}/mail",
            QUIZBOT_PUBLIC_URL=shown,
            QUIZBOT_ANY_HOST="yes",
            QUIZBOT_DEMO="yes",
        )
        click.echo("Making up a partnership of 200 people with two years of history …")
        apart(prepare)
        click.echo(f"The demonstration: {shown} (Ctrl-C ends it and throws it away)")
        run(Listening(number, port))


def prepare() -> None:
    """Tables and people of the demonstration."""
    settings = read_settings()
    database = open_database(settings.database_url)
    upgrade(database)
    database.dispose()
    service = open_service(settings)
    fill(service)
    service.close()
