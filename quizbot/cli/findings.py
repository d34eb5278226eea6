"""Banks and the place as the commands read them, and how they tell what was found."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from questions.bank import SHIPPED, Bank, linted, read_banks
from questions.findings import Finding
from questions.made_here import MadeHere
from questions.module import Module
from questions.place import Place, read_place
from questions.register import Register
from quizbot.cli.common import show
from quizbot.clock import london_day, utc_now
from quizbot.config import read_settings
from quizbot.errors import Refused
from quizbot.words import how_many


def this_place(file: Path | None = None) -> tuple[Place, list[Finding]]:
    """The place of this installation or of another file, and what is wrong with the file."""
    return read_place(file or read_settings().place, london_day(utc_now()))


def checked_banks(folder: Path, place: Place) -> list[Bank]:
    """The banks below a folder with all that is wrong: format, fit and item writing."""
    return [linted(bank) for bank in these_banks(folder, place)]


def these_banks(
    folder: Path,
    place: Place,
    here: Mapping[str, MadeHere] | None = None,
    register: Register | None = None,
) -> list[Bank]:
    """The banks below a folder with this installation's own files, and what was made `here`."""
    today, local = london_day(utc_now()), read_settings().local_banks
    return read_banks(folder, place, today, local, register, here)


def these_modules(folder: Path, place: Place) -> list[Module]:
    """What could be read of the banks below a folder; what has faults is told, and goes on.

    Refused where there is none at all: a slip in a folder's name is not good news.
    """
    banks = these_banks(folder, place)
    modules = [bank.module for bank in banks if bank.module is not None]
    if not modules:
        why = next(finding.words for bank in banks for finding in bank.findings)
        raise Refused(f"{folder} {why}.")
    for bank in banks:
        if bank.has_faults:
            which = "" if folder == SHIPPED else f" {folder}"
            words = f"{bank.id} has faults: `quizbot banks check{which}` tells them."
            click.echo(words, err=True)
    return modules


def tell(findings: Sequence[Finding], *, as_json: bool) -> None:
    """What was found, file by file and question by question."""
    if as_json:
        show(findings, (), as_json=True)
        return
    grouped: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        grouped.setdefault(finding.file, {}).setdefault(finding.question, []).append(finding)
    for file, questions in sorted(grouped.items()):
        click.echo(file)
        for question, found in questions.items():
            if question:
                click.echo(f"  {question}")
            for finding in found:
                click.echo(f"    {finding.level}: {finding.words} [{finding.rule}]")
        click.echo()


def counted(findings: Sequence[Finding]) -> str:
    """How much was found, in words."""
    faults = sum(finding.level == "fault" for finding in findings)
    warnings = len(findings) - faults
    return f"{how_many(faults, 'fault')}, {how_many(warnings, 'warning')}"
