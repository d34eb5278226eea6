"""A place's own changes to a national bank, as their files have them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from questions.findings import Finding, fault, read_toml, sentences, warning
from questions.kinds import Id, Question, Words
from questions.local import Local, Replacement, Withdrawal
from questions.module import Source
from questions.question_files import read_question
from questions.touching import DECISIONS

Model = TypeVar("Model", bound=BaseModel)

_MISCONCEPTION: TypeAdapter[dict[str, str]] = TypeAdapter(dict[Id, Words])
_PARTS = {
    "question": list,
    "replace": list,
    "withdraw": list,
    "misconceptions": dict,
    "sources": dict,
}


@dataclass
class _Reading:
    """What has been read of a folder so far."""

    seen: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    added: list[Question] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    withdrawn: list[Withdrawal] = field(default_factory=list)
    misconceptions: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def keep(self, name: str, shown: str) -> bool:
        """Whether a name is met for the first time in this folder; a second time is a fault."""
        if name in self.files:
            words = f"is in {self.files[name]} already: keep one of the two"
            self.findings.append(fault(shown, name, "id", words))
            return False
        self.files[name] = shown
        return True


def read_local(folder: Path, shown: str, seen: dict[str, str]) -> tuple[Local, list[Finding]]:
    """Every change in a folder, and what is wrong with the others; `seen` has the ids of all."""
    reading = _Reading(seen)
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == DECISIONS:
            continue
        file = f"{shown}/{path.name}"
        if path.suffix != ".toml":
            words = "does not belong in a bank: a local one holds a file an objective"
            reading.findings.append(warning(file, "", "file", words))
            continue
        _read_file(reading, path, file)
    local = Local(
        reading.files,
        tuple(reading.added),
        tuple(reading.replaced),
        tuple(reading.withdrawn),
        reading.misconceptions,
        reading.sources,
    )
    return local, reading.findings


def _read_file(reading: _Reading, path: Path, shown: str) -> None:
    content = read_toml(path, shown)
    if isinstance(content, Finding):
        reading.findings.append(content)
        return
    for name, part in content.items():
        if not isinstance(part, _PARTS.get(name, ())):
            words = (
                f"`{name}` does not belong here: a local file holds [[question]], [[replace]],"
                " [[withdraw]], [misconceptions] and [sources.…]"
            )
            reading.findings.append(fault(shown, "", "format", words))
    parts: dict[str, Any] = {n: p for n, p in content.items() if isinstance(p, _PARTS.get(n, ()))}
    _read_added(reading, parts.get("question", []), path.stem, shown)
    _read_replaced(reading, parts.get("replace", []), path.stem, shown)
    _read_withdrawn(reading, parts.get("withdraw", []), shown)
    _read_names(reading, parts, shown)


def _read_added(reading: _Reading, raws: list[Any], objective: str, shown: str) -> None:
    for number, raw in enumerate(raws, 1):
        for item in read_question(raw, f"question {number}", objective, shown, reading.seen):
            if isinstance(item, Finding):
                reading.findings.append(item)
            elif reading.keep(item.id, shown):
                reading.added.append(item)


def _read_replaced(reading: _Reading, raws: list[Any], objective: str, shown: str) -> None:
    for number, raw in enumerate(raws, 1):
        base = ""
        if isinstance(raw, dict):
            raw = dict(raw)
            base = str(raw.pop("base", ""))
        # The id is the national question's, so it has been seen.
        for item in read_question(raw, f"replace {number}", objective, shown, {}):
            if isinstance(item, Finding):
                reading.findings.append(item)
            elif reading.keep(item.id, shown):
                reading.replaced.append(Replacement(item, base))


def _read_withdrawn(reading: _Reading, raws: list[Any], shown: str) -> None:
    for number, raw in enumerate(raws, 1):
        read = _checked(Withdrawal, raw)
        if isinstance(read, Withdrawal):
            if reading.keep(read.id, shown):
                reading.withdrawn.append(read)
        else:
            name = f"withdraw {number}"
            reading.findings += [fault(shown, name, "format", words) for words in read]


def _read_names(reading: _Reading, parts: Mapping[str, Any], shown: str) -> None:
    beliefs = parts.get("misconceptions", {})
    try:
        _MISCONCEPTION.validate_python(beliefs, strict=True)
    except ValidationError as error:
        reading.findings += [fault(shown, "", "format", w) for w in sentences(error, None)]
        beliefs = {}
    for name, says in beliefs.items():
        if reading.keep(f"misconception {name}", shown):
            reading.misconceptions[name] = says
    for name, raw in parts.get("sources", {}).items():
        read = _checked(Source, raw)
        if not isinstance(read, Source):
            told = (f"source {name!r}: {words}" for words in read)
            reading.findings += [fault(shown, "", "format", words) for words in told]
        elif reading.keep(f"source {name}", shown):
            reading.sources[name] = read


def _checked(model: type[Model], raw: Any) -> Model | list[str]:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        return list(sentences(error, model))
