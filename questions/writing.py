"""A module as bank files: what did not change stays as it was written, comments and all."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from questions.exchange.model import Content, Draft
from questions.exchange.own import content_of
from questions.exchange.toml import question_text
from questions.findings import Finding
from questions.kinds import Decision, Question
from questions.module import Module
from questions.question_files import read_question
from questions.touching import DECISIONS, read_decisions

HEAD_FILE = "module.toml"
BETWEEN = "\n\n\n"  # two questions, where nobody wrote anything
_START = re.compile(r"^\[\[question\]\]", re.MULTILINE)


@dataclass(frozen=True)
class _Block:
    """One question of a file as it stands there: what is above it, and its own lines."""

    above: str
    own: str
    question: Question | None


@dataclass
class _Known:
    """What folders have of a bank already: blocks by id, heads of files, decisions, module.toml."""

    blocks: dict[str, _Block] = field(default_factory=dict)
    tops: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    decided: dict[str, list[Decision]] = field(default_factory=dict)
    decisions: str = ""
    head: str = ""


def bank_files(module: Module, folders: Iterable[Path]) -> dict[str, str]:
    """The files of a module by their names; `folders` may have it already, the first one wins.

    `module` is as its files have it (`made_here.unfitted`): slots are slots.
    """
    known = _known(module.id, folders)
    files: dict[str, list[str]] = {}
    apart: dict[str, list[Decision]] = {}
    for question in module.questions:
        above, own = _written(question, known, apart)
        files.setdefault(question.objective, []).append(above + own)
    found = {
        f"{name}.toml": known.tops.get(name, "")
        + "".join(blocks).lstrip("\n")
        + known.ends.get(name, "\n")
        for name, blocks in files.items()
    }
    found[HEAD_FILE] = _head(module, known.head)
    if decisions := _decisions(apart, known):
        found[DECISIONS] = decisions
    return found


def _written(
    question: Question, known: _Known, apart: dict[str, list[Decision]]
) -> tuple[str, str]:
    """A question's lines; those decisions that stand in a file of their own are gathered."""
    block = known.blocks.get(question.id)
    told = tuple(known.decided.get(question.id, ()))
    own = question.decisions
    if told and question.decisions[-len(told) :] == told:
        apart[question.id] = list(told)
        own = question.decisions[: -len(told)]
    plain = question.model_copy(update={"decisions": own})
    if block is not None and block.question == plain:
        return block.above, block.own
    text = question_text(Draft(content_of(plain), question.objective))
    return (block.above if block else BETWEEN), text


def _known(module_id: str, folders: Iterable[Path]) -> _Known:
    """What is there of a bank; of a name that two folders have, the first one's."""
    known = _Known()
    for folder in (one / module_id for one in folders):
        if not (folder / HEAD_FILE).is_file():
            continue
        known.head = known.head or _text(folder / HEAD_FILE)
        if not known.decisions and (folder / DECISIONS).is_file():
            known.decisions = _text(folder / DECISIONS)
            decided, _ = read_decisions(folder / DECISIONS, DECISIONS)
            for one in decided:
                known.decided.setdefault(one.question, []).append(one.decision)
        for path in sorted(folder.glob("*.toml")):
            if path.name not in (HEAD_FILE, DECISIONS):
                top, blocks, end = _blocks(_text(path), path.stem)
                known.tops.setdefault(path.stem, top)
                known.ends.setdefault(path.stem, end)
                known.blocks = {**blocks, **known.blocks}
    return known


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return ""


def _blocks(text: str, objective: str) -> tuple[str, dict[str, _Block], str]:
    """A file's head, its questions by id, and its end; nothing where it cannot be taken apart."""
    nothing: tuple[str, dict[str, _Block], str] = ("", {}, "\n")
    starts = [match.start() for match in _START.finditer(text)]
    if not starts:
        return nothing
    ends = [*starts[1:], len(text)]
    found: dict[str, _Block] = {}
    top, above = _apart(text[: starts[0]])
    above = f"{BETWEEN}{above}"
    try:
        count = len(tomllib.loads(text).get("question", ()))
        for start, end in zip(starts, ends, strict=True):
            own = _own_lines(text[start:end])
            (raw,) = tomllib.loads(own)["question"]
            read = read_question(raw, "question", objective, "", {})
            question = next((one for one in read if not isinstance(one, Finding)), None)
            found[str(raw.get("id"))] = _Block(above, own, question)
            above = text[start + len(own) : end]
    except (ValueError, KeyError, TypeError):
        return nothing
    return (top, found, above) if count == len(found) else nothing


def _own_lines(text: str) -> str:
    """A question's lines without the notes that follow it: they are about the next one."""
    lines = text.split("\n")
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return "\n".join(lines)


def _apart(before: str) -> tuple[str, str]:
    """What stands above the first question: what is about the file, and what about the question."""
    head, _, above = before.rpartition("\n\n")
    if not head:
        return before, ""
    return f"{head}\n\n", above


def _decisions(apart: Mapping[str, Sequence[Decision]], known: _Known) -> str:
    """The file of decisions: as it is, or with those that still stand."""
    if not apart:
        return ""
    if {id_: list(some) for id_, some in apart.items()} == known.decided:
        return known.decisions
    groups: dict[Decision, list[str]] = {}
    for id_, some in apart.items():
        for decision in some:
            groups.setdefault(decision, []).append(id_)
    entries = [
        {"change": one.change, "verdict": one.verdict.value, "why": one.why, "questions": ids}
        for one, ids in groups.items()
    ]
    return tomlkit.dumps({"decision": entries})


# module.toml


def _head(module: Module, known: str) -> str:
    """The module's own file: the one that is there, with what changed in it."""
    wanted = _plain(module)
    text = _changed_head(module, wanted, known) if known else ""
    return text or _new_head(wanted)


def _plain(module: Module) -> Content:
    plain: Content = module.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude={"id", "questions"}
    )
    return plain


def _changed_head(module: Module, wanted: Content, known: str) -> str:
    """The file with other values where they differ; nothing where that does not come out right."""
    try:
        document = tomlkit.parse(known)
        before = _plain(Module.model_validate({**tomllib.loads(known), "id": module.id}))
        _change(document, before, wanted)
        text = tomlkit.dumps(document)
        after = _plain(Module.model_validate({**tomllib.loads(text), "id": module.id}))
    except (ValidationError, ValueError, KeyError, TypeError):
        return ""
    return text if _ordered(after) == _ordered(wanted) else ""


def _change(table: Any, before: Content, wanted: Content) -> None:
    for name in before.keys() - wanted.keys():
        table.pop(name, None)
    for name, value in wanted.items():
        if before.get(name) == value and name in before:
            continue
        if isinstance(value, dict) and isinstance(table.get(name), dict):
            _change(table[name], before[name], value)
        elif name == "changes" and value[: len(before[name])] == before[name]:
            for one in value[len(before[name]) :]:
                table[name].append(_with_days(one))
        else:
            table[name] = _with_days({name: value})[name]


def _ordered(content: Any) -> Any:
    """Content that is the same only where names stand in the same order."""
    if isinstance(content, dict):
        return [(name, _ordered(value)) for name, value in content.items()]
    return [_ordered(one) for one in content] if isinstance(content, list) else content


def _new_head(wanted: Content) -> str:
    content = _with_days(wanted)
    document = tomlkit.document()
    for name, value in sorted(content.items(), key=lambda one: isinstance(one[1], dict | list)):
        if isinstance(value, str) and "\n" in value and '"""' not in value and "\\" not in value:
            document[name] = tomlkit.string(f"\n{value}", multiline=True)
        else:
            document[name] = value
    text = tomlkit.dumps(document)
    return text.replace('"""\n\n', '"""\n\n', 1)


def _with_days(content: Content) -> Content:
    """The same with days as TOML has them."""
    return {name: _day(name, value) for name, value in content.items()}


def _day(name: str, value: Any) -> Any:
    if name == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, dict):
        return _with_days(value)
    return [_day("", one) for one in value] if isinstance(value, list) else value


def write_bank(module: Module, folder: Path, folders: Iterable[Path]) -> Iterator[Path]:
    """Write a module's files below a folder, each that is not as it should be."""
    there = folder / module.id
    files = bank_files(module, (folder, *folders))
    there.mkdir(parents=True, exist_ok=True)
    for name, text in sorted(files.items()):
        path = there / name
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
        yield path
