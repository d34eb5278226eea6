"""`quizbot banks export` and `import`: questions in the formats of other systems, both ways."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from questions.bank import SHIPPED
from questions.exchange.formats import FORMATS, Found, read
from questions.exchange.losses import Loss, write
from questions.exchange.model import LARGEST, NotRead
from questions.exchange.toml import as_files, to_add
from questions.module import Module
from questions.place import Place
from quizbot.cli.common import as_json, show
from quizbot.cli.findings import number, these_modules, this_place
from quizbot.editions.editions import resolve
from quizbot.errors import Refused

MOST_NAMED = 12  # questions named beside a loss; --json names all


@click.command(name="export")
@click.option(
    "--as", "format_", type=click.Choice(list(FORMATS)), required=True, help="The format to write."
)
@click.argument("module_id", metavar="MODULE")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@as_json
def export(format_: str, module_id: str, file: Path, *, as_json: bool) -> None:
    """Write a module's questions for another system, and tell what its format cannot hold.

    The place's own words stand in it, as people here see them. docs/formats.md has the table of
    what each format carries.
    """
    place, _ = this_place()
    modules = {module.id: module for module in these_modules(SHIPPED, place)}
    if module_id not in modules:
        raise Refused(f"There is no module {module_id!r} here: it is one of {', '.join(modules)}.")
    before, module = modules[module_id], resolve(modules[module_id], place)
    asked = [question for question in module.asked if not question.held]
    written = write(module, FORMATS[format_], asked)
    losses = [*_left_out(module), *_filled(before, place), *written.losses]
    try:
        file.write_bytes(written.data)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from None
    if as_json:
        show(losses, (), as_json=True)
        return
    click.echo(f"{module_id} is written as {FORMATS[format_].title}: {file}")
    _tell(losses)


def _left_out(module: Module) -> Iterable[Loss]:
    for question in module.questions:
        if question.withdrawn:
            yield Loss(question.id, "question", "not written: it is withdrawn")
        elif question.held:
            yield Loss(question.id, "question", f"not written: {question.held}")


def _filled(module: Module, place: Place) -> Iterable[Loss]:
    for question in module.asked:
        if place.slots_in(question.model_dump(mode="json", by_alias=True)):
            yield Loss(question.id, "slots", "this place's words stand where its slots were")


def _tell(losses: Sequence[Loss]) -> None:
    """What is lost, each thing once with the questions that it is lost of."""
    grouped: dict[str, list[str]] = {}
    for loss in losses:
        grouped.setdefault(loss.words, []).append(loss.question)
    for words, questions in grouped.items():
        more = len(questions) - MOST_NAMED
        named = ", ".join(questions[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        click.echo(f"  {words}: {number(len(questions), 'question')} ({named})")
    if not losses:
        click.echo("  Nothing is lost.")


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Where the bank files are written; a file that is there already stays.",
)
@as_json
def import_(file: Path, folder: Path, *, as_json: bool) -> None:
    """Read questions of another system, and write them as bank files for an author to complete.

    Moodle XML, GIFT, Aiken, QTI 2.1 and 3.0 (an item or a package) and CSV, found by what is in
    the file. What is missing stands in the files as comments and as `check`; nothing counts before
    an author has added it.
    """
    found = _read(file)
    said = f"Brought in from {file.name}: add what the comments name, then take `check` away."
    files = as_files(found.drafts, "brought-in", said)
    there = [name for name in files if (folder / name).exists()]
    if there:
        words = (
            f"{folder} has {', '.join(there)} already: name an empty folder, and move them then."
        )
        raise Refused(words)
    try:
        if files:
            folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{folder} cannot be written to: {error.strerror}.") from None
    if as_json:
        _show(found)
    else:
        _report(file, found, [folder / name for name in files])
    if not found.drafts:
        raise Refused("No question came over.")


def _read(file: Path) -> Found:
    if not file.is_file():
        raise Refused(f"{file} is no file: name one.")
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
        return read(data, file.name)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    except NotRead as error:
        raise Refused(f"{file} was not read: {error}.") from None


def _report(file: Path, found: Found, written: Sequence[Path]) -> None:
    left_out = [note for note in found.notes if note.is_left_out]
    came = f"{number(len(found.drafts), 'question')} came over"
    click.echo(f"{file} is {found.kind}: {came}, {len(left_out)} left out.")
    for note in left_out:
        click.echo(f"  left out: {note}")
    for note in found.notes:
        if not note.is_left_out:
            click.echo(f"  told: {note}")
    needed: dict[str, int] = {}
    for draft in found.drafts:
        for name in to_add(draft):
            needed[name] = needed.get(name, 0) + 1
    for name, count in needed.items():
        click.echo(f"  to add: {name} ({number(count, 'question')})")
    for path in written:
        click.echo(f"Written: {path}")
    if written and not (written[0].parent / "module.toml").exists():
        click.echo("They are part of no bank yet: move them to one, or put a module.toml beside.")


def _show(found: Found) -> None:
    lines: list[dict[str, object]] = [
        {"line": draft.line, "file": draft.file, "question": draft.content["id"],
         "state": "came over", "words": "", "to_add": list(to_add(draft))}
        for draft in found.drafts
    ]  # fmt: skip
    lines += [
        {"line": note.line, "file": note.file, "question": note.question,
         "state": "left out" if note.is_left_out else "told", "words": note.words, "to_add": []}
        for note in found.notes
    ]  # fmt: skip
    show(lines, (), as_json=True)
