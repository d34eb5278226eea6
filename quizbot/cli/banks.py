"""`quizbot banks` and `quizbot place`: checking, listing and publishing what is asked."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from questions.bank import SHIPPED, Bank, linted
from questions.findings import Finding, fault, faults, warning
from questions.place import Place
from questions.register import shipped_register
from quizbot.cli.changes import bank_changes
from quizbot.cli.common import as_json, opened, show
from quizbot.cli.exchange import export, import_
from quizbot.cli.findings import (
    checked_banks,
    counted,
    tell,
    these_banks,
    this_place,
)
from quizbot.cli.gate import coverage_, robots
from quizbot.cli.panel import panel
from quizbot.cli.regrade import regrade
from quizbot.cli.sign import sign
from quizbot.clock import london_day, utc_now
from quizbot.config import read_settings
from quizbot.editions.editions import BankPublished, Editions, resolve
from quizbot.editions.ids import used_again
from quizbot.editions.place import needed_by
from quizbot.rules.pick import Mode, why_not
from quizbot.words import how_many


@click.group()
def banks() -> None:
    """Banks of questions: check, list, publish."""


banks.add_command(robots)
banks.add_command(coverage_)
banks.add_command(sign)
banks.add_command(panel)
banks.add_command(bank_changes)
banks.add_command(export)
banks.add_command(import_)
banks.add_command(regrade)


@banks.command()
@click.argument(
    "folder", type=click.Path(path_type=Path), default=SHIPPED, metavar="[FOLDER OF BANKS]"
)
@as_json
def check(folder: Path, *, as_json: bool) -> None:
    """Tell everything that is wrong with the banks; exit 1 if anything must be mended."""
    place, place_findings = this_place()
    found = checked_banks(folder, place)
    findings = [
        *faults(place_findings),
        *shipped_register().findings,
        *(finding for bank in found for finding in (*bank.findings, *plan_findings(bank, place))),
    ]
    tell(findings, as_json=as_json)
    if not as_json:
        asked = sum(len(bank.module.asked) for bank in found if bank.module)
        read = f"{how_many(len(found), 'bank')}, {how_many(asked, 'question')}"
        click.echo(f"{read}: {counted(findings)}.")
    sys.exit(1 if faults(findings) else 0)


@banks.command(name="list")
@as_json
def list_(*, as_json: bool) -> None:
    """The editions that are published."""
    with opened() as service:
        lines = [
            {
                "module": offer.module.id,
                "edition": offer.edition.label,
                "questions": len(offer.module.asked),
                "mode": "practice only" if offer.practice_only else "practice and assured",
                "fingerprint": offer.edition.fingerprint[:12],
            }
            for offer in service.editions.offers()
        ]
    show(lines, ("module", "edition", "questions", "mode", "fingerprint"), as_json=as_json)


@banks.command()
@click.argument("folder", type=click.Path(path_type=Path), default=SHIPPED, metavar="[FOLDER]")
def publish(folder: Path) -> None:
    """Put the banks before people; a bank that has not changed is left alone."""
    is_faultless, published = publish_folder(folder)
    if is_faultless and not published:
        click.echo("Nothing has changed: what is published stays as it is.")
    sys.exit(0 if is_faultless else 1)


def shipped() -> Path:
    """The folder of the banks that come with the service."""
    return SHIPPED


def publish_folder(folder: Path) -> tuple[bool, list[BankPublished]]:
    """Publish what is new and faultless and tell the rest; whether all was, and what is new."""
    place, place_findings = this_place()
    for finding in faults(place_findings):
        click.echo(f"fault: {finding}", err=True)
    with opened(place=place) as service:
        place = service.places.laid_over(place)
        register = service.editions.register()
        found = these_banks(folder, place, service.publishing.made_here(), register)
        service.editions.keep_texts(found)
        # A bank that is served as it stands is not weighed again: every start comes this way.
        changed = service.editions.unpublished(found, place)
        to_do = [linted(bank) for bank in found if bank.has_faults or bank.id in changed]
        wrong = {bank.id: _wrong(bank, place, service.editions) for bank in to_do}
        for bank in found:
            tell_unpublished(bank, wrong.get(bank.id, ()))
        done = service.editions.publish([b for b in to_do if not wrong[b.id]], place)
        published = [one for one in done if one.is_new]  # not what another did meanwhile
    for one in published:
        click.echo(f"{one.module}: edition {one.label} is published.")
    return not any(wrong.values()) and not faults(place_findings), published


def _wrong(bank: Bank, place: Place, editions: Editions) -> list[Finding]:
    """All that keeps a bank from being published; of an id used twice, the first that is told."""
    found = [*faults([*bank.findings, *plan_findings(bank, place)])]
    told = {finding.question for finding in found if finding.rule == "id"}
    return [*found, *(f for f in used_again(editions, bank, place) if f.question not in told)]


def tell_unpublished(bank: Bank, wrong: Sequence[Finding]) -> None:
    """What keeps a bank from people, and what somebody has to decide in it."""
    for finding in wrong:
        click.echo(f"fault: {finding}", err=True)
    for finding in bank.findings:
        if finding.rule == "conflict":
            click.echo(f"to decide: {finding}", err=True)
    if wrong:
        click.echo(
            f"{bank.id} was not published: what was published before goes on being served.",
            err=True,
        )


@click.group()
def place() -> None:
    """The place: local names, numbers and rules."""


@place.command(name="check")
@click.argument("file", type=click.Path(path_type=Path), required=False, metavar="[FILE]")
@as_json
def check_place(file: Path | None, *, as_json: bool) -> None:
    """Tell all that is wrong with a place's file, and what the banks miss in it.

    Without FILE it is this installation's own. Exit 1 if anything must be mended.
    """
    place, findings = this_place(file)
    needing = missing(place, these_banks(SHIPPED, place), file or read_settings().place)
    findings = [*findings, *needing]
    tell(findings, as_json=as_json)
    if not as_json:
        click.echo(f"place: {counted(findings)}.")
    sys.exit(1 if faults(findings) else 0)


def missing(place: Place, found: Iterable[Bank], file: Path) -> Iterator[Finding]:
    """Settings that questions need and the file does not have, each with how many need it."""
    needing = Counter(
        name
        for bank in found
        if bank.module
        for question in bank.module.asked
        for name in needed_by(question, place)
        if name not in place.settings
    )
    for name, count in needing.items():
        words = f"is not here, and {how_many(count, 'question')} cannot be asked without it: add it"
        yield fault(file.name, name, "place", words)


def plan_findings(bank: Bank, place: Place) -> list[Finding]:
    """Whether the module can be taken at all, and in assured mode."""
    if bank.module is None or bank.has_faults:
        return []
    module, today = resolve(bank.module, place), london_day(utc_now())
    shown = f"{bank.id}/module.toml"
    if why := why_not(module, Mode.PRACTICE, today):
        return [fault(shown, "", "plan", f"no attempt can be made from it. {why}")]
    if why := why_not(module, Mode.ASSURED, today):
        return [warning(shown, "", "plan", f"practice only. {why}")]
    return []
