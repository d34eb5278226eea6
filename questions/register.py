"""The register of sources and of what changed in them: files that all modules share."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from questions.findings import Finding, fault, read_toml, sentences
from questions.kinds import Id, Strict, Words
from questions.module import Document, Source, SourceKind

SHIPPED = Path(__file__).parent  # the folder with `sources` and `changes` in it
ENTERED = "entered in the browser"  # in place of a change's file
HERE = "here-"  # how the ids of changes begin that were entered: no file's does

Day = date  # where a field is called date
Model = TypeVar("Model", bound=BaseModel)


class SourceState(StrEnum):
    """Whether an edition of a source is the one to go by."""

    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    DRAFT = "draft"


class SourceEdition(Strict):
    """A source as it was put out on a day; where no source tells the day, it has none."""

    label: Words
    date: Day | None = None
    status: SourceState = Field(strict=False)


class RegisterSource(Strict):
    """A document of which there is one edition after another; a file each."""

    id: Id
    title: Words
    publisher: Words
    url: str = ""
    kind: SourceKind = Field(default=SourceKind.OTHER, strict=False)
    editions: tuple[SourceEdition, ...] = Field(alias="edition", strict=False, min_length=1)

    def edition(self, label: str) -> SourceEdition | None:
        """The edition of a label, where there is one."""
        return next((one for one in self.editions if one.label == label), None)

    @property
    def today(self) -> SourceEdition:
        """The edition in force, or else the last."""
        states = (one for one in self.editions if one.status is SourceState.IN_FORCE)
        return next(states, self.editions[-1])

    def as_source(self) -> Source:
        """The same as a module's own source, for a question that cites it here."""
        return Source(
            title=self.title,
            edition=self.today.label,
            publisher=self.publisher,
            url=self.url,
            kind=self.kind,
            document=Document(id=self.id, edition=self.today.label),
        )


class ChangeKind(StrEnum):
    """What a change does to who passed before it."""

    REVERSED = "reversed"  # the old right answer is now wrong
    NEW_DUTY = "new-duty"  # no earlier pass can cover it
    WORDING = "wording"  # the old right answer stands
    FUTURE = "future"  # made, and not in force yet

    @property
    def may_ask(self) -> bool:
        """Whether anybody could have to show it anew."""
        return self in (ChangeKind.REVERSED, ChangeKind.NEW_DUTY)


class Doubt(StrEnum):
    """How sure it is that a change, or its date, is as told."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def is_small(self) -> bool:
        """Whether people may be asked for it without a lead who has read the text."""
        return self in (Doubt.NONE, Doubt.LOW)


class RuleChange(Strict):
    """A dated statement that a source's rule became another: was, now, from when, where.

    It touches questions that name one of `facts`, cite the source at one of `at` or are named in
    `questions`, whose right answer it changed (`wording`: whose words), and those that name one of
    `cites`, which did not.
    """

    id: Id
    source: Id
    before: str = Field(default="", alias="from")
    after: Words = Field(alias="to")
    in_force: date | None = None
    switch: Words | None = None
    at: tuple[Words, ...] = Field(default=(), strict=False)
    facts: tuple[Words, ...] = Field(default=(), strict=False)
    cites: tuple[Words, ...] = Field(default=(), strict=False)
    questions: tuple[Id, ...] = Field(default=(), strict=False)
    was: Words
    now: Words
    matters: Words
    kind: ChangeKind = Field(strict=False)
    roles: tuple[Words, ...] = Field(strict=False, min_length=1)
    doubt: Doubt = Field(strict=False)
    date_doubt: Doubt = Field(strict=False)
    note: str = ""

    @property
    def is_for_all(self) -> bool:
        """Whether it concerns everybody who takes the module."""
        return self.roles == ("all",)

    def starts_on(self, is_on: Callable[[str], bool]) -> date | None:
        """The first day of the new rule in a place with these switches; None: not known yet."""
        if self.kind is ChangeKind.FUTURE or (self.switch and not is_on(self.switch)):
            return None
        return self.in_force or date.min


class LocalChange(Strict):
    """A change that a lead entered: of a source of the register, or of one that a bank has."""

    change: RuleChange
    source_title: Words


@dataclass(frozen=True)
class Register:
    """The sources and the changes that could be read, and what is wrong with the others."""

    sources: Mapping[str, RegisterSource] = field(default_factory=dict)
    changes: Mapping[str, RuleChange] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)  # of each change
    titles: Mapping[str, str] = field(default_factory=dict)  # of sources that banks alone have

    def title_of(self, source_id: str) -> str:
        """What a source of a change is called."""
        known = self.sources.get(source_id)
        return known.title if known else self.titles.get(source_id, source_id)

    def with_local(self, entered: Iterable[LocalChange]) -> "Register":
        """The same register and what leads entered beside it."""
        local = {one.change.id: one for one in entered if one.change.id not in self.changes}
        return replace(
            self,
            changes={**self.changes, **{name: one.change for name, one in local.items()}},
            files={**self.files, **dict.fromkeys(local, ENTERED)},
            titles={one.change.source: one.source_title for one in local.values()},
        )


@cache
def shipped_register() -> Register:
    """The register that comes with the banks."""
    return read_register(SHIPPED)


def read_register(folder: Path) -> Register:
    """What is in the folders `sources` and `changes` of a folder; nothing where there are none."""
    findings: list[Finding] = []
    sources: dict[str, RegisterSource] = {}
    for path, shown in _files(folder / "sources"):
        content = read_toml(path, shown)
        if isinstance(content, Finding):
            findings.append(content)
            continue
        if "id" in content:
            findings.append(fault(shown, "", "format", "`id` is the file's name: take it away"))
        source = _read(RegisterSource, {**content, "id": path.stem}, shown, "", findings)
        if source is not None:
            sources[source.id] = source
            findings += (fault(shown, "", "edition", words) for words in _editions(source))
    changes: dict[str, RuleChange] = {}
    files: dict[str, str] = {}
    for path, shown in _files(folder / "changes"):
        for change in _changes_in(path, shown, findings):
            if change.id in changes:
                words = f"this id is already used in {files[change.id]}: give it another"
                findings.append(fault(shown, change.id, "id", words))
                continue
            changes[change.id], files[change.id] = change, shown
            for words in _misfits(change, sources):
                findings.append(fault(shown, change.id, "change", words))
    for id_, words in _doubled(changes):
        findings.append(fault(files[id_], id_, "change", words))
    return Register(sources, changes, tuple(findings), files)


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    if folder.is_dir():
        for path in sorted(folder.glob("*.toml")):
            yield path, f"{folder.name}/{path.name}"


def _read(
    model: type[Model], raw: Any, shown: str, name: str, findings: list[Finding]
) -> Model | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        findings += [fault(shown, name, "format", words) for words in sentences(error, model)]
        return None


def _changes_in(path: Path, shown: str, findings: list[Finding]) -> Iterator[RuleChange]:
    content = read_toml(path, shown)
    if isinstance(content, Finding):
        findings.append(content)
        return
    raws = content.pop("change", [])
    for name in content:
        words = f"`{name}` is not a known field: a file holds [[change]] only"
        findings.append(fault(shown, "", "format", words))
    if not isinstance(raws, list) or not raws:
        findings.append(fault(shown, "", "format", "holds no [[change]]"))
        return
    for number, raw in enumerate(raws, 1):
        given = raw.get("id") if isinstance(raw, dict) else None
        name = given if isinstance(given, str) else f"change {number}"
        change = _read(RuleChange, raw, shown, name, findings)
        if change is not None:
            yield change


def _editions(source: RegisterSource) -> Iterator[str]:
    labels = [one.label for one in source.editions]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        yield f"two editions are called {label!r}: one label, one edition"
    days = [one.date for one in source.editions if one.date]
    if sorted(days) != days:
        yield "the editions do not stand in the order of their dates: the oldest first"
    if sum(one.status is SourceState.IN_FORCE for one in source.editions) > 1:
        yield "two editions are in force: the older one is superseded"


def _misfits(change: RuleChange, sources: Mapping[str, RegisterSource]) -> Iterator[str]:
    """What does not hold together in one change."""
    source = sources.get(change.source)
    if source is None:
        yield f"source {change.source!r} is not in the register: add sources/{change.source}.toml"
        return
    for label in filter(None, (change.before, change.after)):
        if source.edition(label) is None:
            known = ", ".join(one.label for one in source.editions)
            yield f"{change.source} has no edition {label!r}: it has {known}"
    old, new = source.edition(change.before), source.edition(change.after)
    if old and new and source.editions.index(old) >= source.editions.index(new):
        yield f"goes from {old.label} to {new.label}, which is no later: swap them"
    if new and new.date and change.in_force and change.in_force < new.date:
        yield f"is in force on {change.in_force}, before {new.label} was published on {new.date}"
    is_future = change.kind is ChangeKind.FUTURE
    if is_future and (change.in_force or change.switch):
        yield "is `future` and has a first day or a switch: take that away, or say what it does"
    if not is_future and not (change.in_force or change.switch):
        yield "needs `in_force`, a day, or a `switch` of the place; or is its `kind` future?"
    if not (change.at or change.facts or change.cites or change.questions):
        yield "names neither a place (`at`) nor facts (`facts`, `cites`): nobody's pass rests on it"
    if change.id.startswith(HERE):
        yield f"its id begins with {HERE!r}, as of those that are entered in the browser: rename it"
    if both := sorted({*change.facts} & {*change.cites}):
        yield f"names {', '.join(both)} in `facts` and in `cites`: a fact changed, or it did not"


def _doubled(changes: Mapping[str, RuleChange]) -> Iterator[tuple[str, str]]:
    """Two changes that change the same answer on the same day."""
    met: defaultdict[tuple[str, date | None, str], list[str]] = defaultdict(list)
    for change in changes.values():
        if change.kind.may_ask:
            for place in (*change.facts, *(f"{change.source} {at}" for at in change.at)):
                met[place, change.in_force, change.switch or ""].append(change.id)
    for (place, _, _), ids in met.items():
        for later in ids[1:]:
            yield later, f"changes {place} on the same day as {ids[0]}: make one change of the two"
