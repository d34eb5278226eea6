"""`quizbot requirements` and `quizbot standing`: rules with their preview; where people stand."""

from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from questions.findings import Finding, read_toml, sentences
from quizbot.cli.common import as_json, opened, show
from quizbot.errors import BadFile
from quizbot.standing.duties import ModuleDuty
from quizbot.standing.requirements import Draft, Preview
from quizbot.words import how_many


@click.group()
def requirements() -> None:
    """Rules: who must take what, by when, and how often again.

    quizbot/standing/requirements.toml is an example to copy; `preview --help` explains the fields
    of a file.
    """


@requirements.command()
@click.argument("file", type=click.Path(path_type=Path))
def preview(file: Path) -> None:
    """Tell what the rules in a file would do; changes nothing.

    The file is TOML, with a [[requirement]] for each rule; quizbot/standing/requirements.toml is an
    example to copy. Needed: unit, modules, in_force_from (a day) and reason, which people are told.

    \b
    unit           this unit and all below it: "Northmoor/Council"
    modules        questionnaires: ["referrals", "section-47"]
    in_force_from  the rule's first day: 2026-12-01
    in_force_to    its last day; no end unless given
    reason         why, in a few words
    job            only those in this job; everyone unless given
    within_months, within_days
                   by when, counted from the start; on the first day unless given
    every_months   asked again after so many months; once unless given
    window_days    days before the end in which renewing loses nothing
    grace_days     days for who is here already when the rule is saved
    refresher      "full", or "shrinking": what somebody showed in their last two
                   attempts has half its questions; "full" unless given
    """
    with opened() as service:
        for draft in read_drafts(file):
            tell(service.rules.preview(draft))


@requirements.command()
@click.argument("file", type=click.Path(path_type=Path))
def apply(file: Path) -> None:
    """Tell what the rules in a file do, and make them; what is there already is left alone.

    `preview --help` explains the file.
    """
    with opened() as service:
        drafts = read_drafts(file)
        previews = [service.rules.preview(draft) for draft in drafts]
        for draft, seen in zip(drafts, previews, strict=True):
            tell(seen)
            made = service.rules.save(draft, draft.fingerprint)
            click.echo(f"  Saved: {len(made)} of {len(draft.modules)}; the rest was there.\n")


@click.group()
def standing() -> None:
    """Where people stand."""


@standing.command()
def rebuild() -> None:
    """Make the cache of dates anew from the facts."""
    with opened() as service:
        click.echo(f"{how_many(service.standings.renew_cache(everything=True), 'line')} written.")


@standing.command(name="show")
@click.argument("email")
@as_json
def show_(email: str, *, as_json: bool) -> None:
    """One person's standing, module by module, with its reasons."""
    with opened() as service:
        lines = [line(duty) for duty in service.duties.mine(service.people.whose(email))]
    show(lines, ("module", "standing", "due", "valid_until", "why"), as_json=as_json)


def line(duty: ModuleDuty) -> dict[str, str]:
    """A module's line."""
    return {
        "module": duty.module,
        "standing": duty.state.words,
        "due": str(duty.due_on or ""),
        "valid_until": str(duty.valid_until or ""),
        "why": "; ".join(f"{ask.by}: {ask.why}".rstrip(": ") for ask in duty.asks),
    }


def tell(seen: Preview) -> None:
    """A preview in the terminal."""
    click.echo(seen.words)
    for words in seen.lines:
        click.echo(f"  {words}")


class _File(BaseModel):
    """A file of rules."""

    model_config = ConfigDict(extra="forbid", strict=True)

    requirement: list[dict[str, Any]]


def read_drafts(path: Path) -> list[Draft]:
    """The rules in a file; BadFile with a line for each fault."""
    content = read_toml(path, path.name)
    if isinstance(content, Finding):
        raise BadFile(f"{path.name} {content.words}.")
    try:
        raws = _File.model_validate(content).requirement
    except ValidationError as error:
        raise BadFile(f"{path.name} holds no rules.", tuple(sentences(error, _File))) from None
    adapter = TypeAdapter(Draft)
    drafts, faults = [], []
    for number, raw in enumerate(raws, 1):
        unknown = set(raw) - set(Draft.__dataclass_fields__)
        faults += [f"rule {number}: `{name}` is not a known field" for name in sorted(unknown)]
        try:
            drafts.append(adapter.validate_python(raw))
        except ValidationError as error:
            faults += [f"rule {number}: {words}" for words in sentences(error, None)]
    if faults:
        raise BadFile(
            f"Nothing was done: {how_many(len(faults), 'fault')} in {path.name}.", tuple(faults)
        )
    return drafts
