"""`quizbot chat`: the conversation in a terminal; no token and no network are needed."""

import contextlib
import os
import platform
import sys
from collections.abc import Iterator
from typing import TextIO

import click

from quizbot.cli.common import opened
from quizbot.cli.serve import prepare
from quizbot.config import make_secret, read_settings
from quizbot.store.database import open_database
from quizbot.store.migrate import current


@click.command()
def chat() -> None:
    """Take questionnaires here, in the words of the chat bot."""
    from quizbot.chat.conversation import Conversation
    from quizbot.chat.terminal import Terminal

    if is_new():
        click.echo("Making what a first start needs …", err=True)
        with contextlib.redirect_stdout(sys.stderr):
            prepare()
    for stream in (sys.stdin, sys.stdout):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    with opened() as service:
        terminal = Terminal(Conversation(service), f"{os.getuid()}@{platform.node()}")
        for said in terminal.hold(typed(sys.stdin)):
            click.echo(f"\n{said}\n")


def is_new() -> bool:
    """Whether there is no database yet; one that is there is left as it is."""
    make_secret()
    settings = read_settings()
    if settings.database_url.startswith("sqlite:///var/"):
        settings.folder.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database_url)
    try:
        return current(database) is None
    finally:
        database.dispose()


def typed(stdin: TextIO) -> Iterator[str]:
    """What is typed, line by line, until it ends."""
    while True:
        try:
            if stdin.isatty():
                yield input("> ")
            elif line := stdin.readline():
                yield line
            else:
                return
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return
