"""The command line: `quizbot --help` at every level; a refusal is one sentence and exit 1."""

import contextlib
import gc
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import click

from quizbot.errors import BadFile, Refused

# Each command's module is imported when it is called: starting stays quick.
COMMANDS = {
    "serve": "quizbot.cli.serve",
    "work": "quizbot.cli.serve",
    "bot": "quizbot.cli.bot",
    "chat": "quizbot.cli.chat",
    "demo": "quizbot.cli.demo",
    "connections": "quizbot.cli.connections",
    "doctor": "quizbot.cli.doctor",
    "banks": "quizbot.cli.banks",
    "place": "quizbot.cli.banks",
    "people": "quizbot.cli.people",
    "units": "quizbot.cli.people",
    "scim": "quizbot.cli.scim",
    "passport": "quizbot.cli.passport",
    "requirements": "quizbot.cli.requirements",
    "standing": "quizbot.cli.requirements",
    "changes": "quizbot.cli.changes",
    "report": "quizbot.cli.report",
    "db": "quizbot.cli.database",
    "partnerships": "quizbot.cli.partnerships",
    "audit": "quizbot.cli.audit",
    "person": "quizbot.cli.person",
    "retention": "quizbot.cli.person",
}


class Lazy(click.Group):
    """A group that imports a command only when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        with loading():
            command: click.Command = getattr(import_module(where), cmd_name)
        return command


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Modules are kept: looking through them for what may go takes a fifth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="the-knowledge", prog_name="quizbot")
@click.option(
    "--partnership", metavar="NAME",
    help="Which one is meant, where QUIZBOT_PARTNERSHIPS names several.",
)  # fmt: skip
def quizbot(partnership: str | None) -> None:
    """The Knowledge: questionnaires on safeguarding procedure, and what they show."""
    if partnership is not None:
        os.environ["QUIZBOT_PARTNERSHIP"] = partnership


def main(args: list[str] | None = None) -> None:
    """Run a command; what the service refuses is told in its own words on stderr."""
    try:
        quizbot.main(args, prog_name="quizbot", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("Stopped.")
    except BadFile as error:
        for line in error.faults:
            click.echo(line, err=True)
        _fail(str(error))
    except Refused as error:
        _fail(str(error))


def _fail(words: str) -> Any:
    click.echo(words, err=True)
    sys.exit(1)
