"""`quizbot banks regrade`: what a decision on a faulty question would do, and deciding it."""

import click

from quizbot.cli.common import opened
from quizbot.editions.editions import Edition
from quizbot.errors import BadReply, NotFound, Refused
from quizbot.evidence.regrades import RegradeDraft
from quizbot.rules.regrading import Ruling
from quizbot.service import Service


@click.command()
@click.argument("module")
@click.argument("question")
@click.option(
    "--decision",
    type=click.Choice([one.value for one in Ruling]),
    required=True,
    help="credit: right for everybody; drop: left out for who had it wrong; key: another answer"
    " is right as well.",
)
@click.option("--answer", default="", metavar="LETTERS", help="With key: a, or ac, or bac.")
@click.option("--edition", default="", metavar="LABEL", help="As asked there; else the current.")
@click.option("--reason", default="", help="Decide it, for this reason. Without, nothing changes.")
def regrade(
    module: str, question: str, decision: str, answer: str, edition: str, reason: str
) -> None:
    """Tell whom a regrade would touch, and with --reason decide it; it is against nobody.

    LETTERS are those of the options in the bank, in their order there.
    """
    with opened() as service:
        asked = _edition(service, module, edition)
        draft = RegradeDraft(asked.id, question, Ruling(decision), answer.strip().lower())
        try:
            told = _decided(service, draft, reason) if reason.strip() else _preview(service, draft)
        except BadReply as error:
            raise Refused(str(error)) from None
    click.echo(told)


def _preview(service: Service, draft: RegradeDraft) -> str:
    lines = [f"{title}: {words}" for title, words in service.regrades.preview(None, draft).lines]
    return "\n".join([*lines, "Nothing was changed. Give a --reason to decide it."])


def _decided(service: Service, draft: RegradeDraft, reason: str) -> str:
    decided = service.regrades.decide(None, draft, reason)
    for _ in service.regrades.work():
        pass  # what was more than a page waits for
    (made,) = [one for one in service.regrades.all() if one.regrade_id == decided]
    return f"Decided. {made.counted}"


def _edition(service: Service, module: str, label: str) -> Edition:
    """The current edition of a module, or the newest with a label."""
    current = service.editions.current(module)
    if not label:
        return current
    for line in service.editions.history():
        if (line.module, line.label) == (module, label):
            return service.editions.by_id(line.edition_id)
    labels = dict.fromkeys(one.label for one in service.editions.history() if one.module == module)
    raise NotFound(f"{module} has no edition {label!r}: there are {', '.join(labels)}.")
