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
from quizbot.cli.common import as_json, opened, show
from quizbot.cli.findings import these_modules, this_place
from quizbot.config import read_settings
from quizbot.drafting.bringing import BroughtIn
from quizbot.editions.editions import resolve
from quizbot.errors import BadReply, Refused
from quizbot.words import how_many

MOST_NAMED = 12  # questions named beside a loss; --json names all


@click.command(name="export")
@click.option("--as", "format_", type=click.Choice(list(FORMATS)), help="Write for another system.")
@click.argument("where", nargs=-1, required=True, metavar="FOLDER | --as … MODULE FILE")
@as_json
def export(format_: str | None, where: tuple[str, ...], *, as_json: bool) -> None:
    """Write what is asked as bank files; or with --as, one module for another system.

    Bank files hold the current editions, with what was changed here; what did not change stays as
    it was written, comments and all, and slots stay slots. For another system the place's own
    words stand in their place, and it is told what the format cannot hold: docs/formats.md has the
    table.
    """
    if format_ is None:
        if len(where) != 1:
            raise click.UsageError("Name one folder; or --as, a module and a file.")
        _export_banks(Path(where[0]), as_json=as_json)
        return
    if len(where) != 2:
        raise click.UsageError("With --as, name a module and a file.")
    _export_module(format_, where[0], Path(where[1]), as_json=as_json)


def _export_banks(folder: Path, *, as_json: bool) -> None:
    known = [one for one in (read_settings().local_banks, SHIPPED) if one is not None]
    with opened() as service:
        try:
            done = service.bringing.write_folder(folder, known)
        except OSError as error:
            raise Refused(f"{folder} cannot be written to: {error.strerror}.") from None
    lines = [{"module": module, "edition": label} for module, label in done]
    show(lines, ("module", "edition"), as_json=as_json)
    if not as_json:
        click.echo(f"Written: {how_many(len(done), 'bank')} below {folder}")


def _export_module(format_: str, module_id: str, file: Path, *, as_json: bool) -> None:
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
        click.echo(f"  {words}: {how_many(len(questions), 'question')} ({named})")
    if not losses:
        click.echo("  Nothing is lost.")


@click.command(name="import")
@click.argument("path", type=click.Path(path_type=Path), metavar="FOLDER | FILE")
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write a file's questions as bank files there; a file that is there already stays.",
)
@click.option("--module", "module_id", metavar="MODULE", help="Make drafts of this module.")
@click.option("--objective", metavar="OBJECTIVE", help="For what the file says nothing of.")
@as_json
def import_(
    path: Path,
    folder: Path | None,
    module_id: str | None,
    objective: str | None,
    *,
    as_json: bool,
) -> None:
    """Bring in banks from a folder as drafts, or questions of another system from a file.

    Of a folder of banks, whatever is otherwise than what is asked here becomes a draft: somebody
    reads it and a lead publishes it, at /admin/drafts. A file is Moodle XML, GIFT, Aiken, QTI 2.1
    and 3.0 (an item or a package) or CSV, found by what is in it; it becomes drafts of a --module,
    or bank files in a folder (--into) in which comments and `check` say what an author has to add.
    Nothing counts before that is done.
    """
    if path.is_dir():
        _import_banks(path, as_json=as_json)
    elif folder is not None:
        _import_files(path, folder, as_json=as_json)
    elif module_id and objective:
        _import_drafts(path, module_id, objective, as_json=as_json)
    else:
        raise click.UsageError("Of a file, say --into FOLDER, or --module and --objective.")


def _import_banks(folder: Path, *, as_json: bool) -> None:
    with opened() as service:
        reports = service.bringing.bring_folder(folder)
    _tell_brought(reports, as_json=as_json)


def _import_drafts(file: Path, module_id: str, objective: str, *, as_json: bool) -> None:
    data = _bytes_of(file)
    with opened() as service:
        try:
            report = service.bringing.bring_file(None, data, file.name, module_id, objective)
        except BadReply as refusal:
            raise Refused(f"{refusal}.") from None
    _tell_brought([report], as_json=as_json)


def _tell_brought(reports: Sequence[BroughtIn], *, as_json: bool) -> None:
    """What came of it, bank by bank."""
    if as_json:
        show(
            [
                {"from": one.kind, "same": one.same,
                 "drafts": [{"draft": str(line.draft_id), "question": line.question_id,
                             "act": line.act.value, "to_add": list(line.to_add)}
                            for line in one.lines],
                 "left_out": [str(note) for note in one.left_out],
                 "told": [str(note) for note in one.told]}
                for one in reports
            ], (), as_json=True,
        )  # fmt: skip
        return
    for one in reports:
        as_they_are = f", {one.same} are as they are here" if one.same else ""
        click.echo(f"{one.kind}: {how_many(len(one.lines), 'draft')}{as_they_are}.")
        for note in one.left_out:
            click.echo(f"  left out: {note}")
        for note in one.told:
            click.echo(f"  told: {note}")
        for name, count in one.needed:
            click.echo(f"  to add: {name} ({how_many(count, 'question')})")


def _import_files(file: Path, folder: Path, *, as_json: bool) -> None:
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


def _bytes_of(file: Path) -> bytes:
    if not file.is_file():
        raise Refused(f"{file} is no file: name one.")
    try:
        with file.open("rb") as source:
            return source.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None


def _read(file: Path) -> Found:
    data = _bytes_of(file)
    try:
        return read(data, file.name)
    except NotRead as error:
        raise Refused(f"{file} was not read: {error}.") from None


def _report(file: Path, found: Found, written: Sequence[Path]) -> None:
    left_out = [note for note in found.notes if note.is_left_out]
    came = f"{how_many(len(found.drafts), 'question')} came over"
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
        click.echo(f"  to add: {name} ({how_many(count, 'question')})")
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
