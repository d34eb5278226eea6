"""Drafts as a bank's own files; what an author has to add stands there as comments."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from questions.exchange.model import Content, Draft, tidied

_BESIDE = ("level", "authority", "since", "review_by", "sensitive")
_NEEDED = (*_BESIDE, "because", "sources")
_HINTS = {
    "level": '"apply"           # recall, understand or apply',
    "authority": '"statutory"     # statutory, statutory-guidance, local or good-practice',
    "since": '"2026.1"           # the edition that it comes with',
    "review_by": "2027-06-30     # when it is looked at again",
    "sensitive": '"none"         # none, mild or strong',
    "because": '"…"              # why the right answer is right, in words for a colleague',
    "sources": '[{ id = "…", at = "…" }]   # what it rests on, and where in it',
}
_TAKEN = ("module", "decisions")  # files of a bank that hold no questions
_TABLES = ("withdrawn", "decision", "option", "step", "pair", "mixup")
_ORDER = (
    *("id", "kind", "level", "authority", "must_know", "facts", "since", "review_by", "sensitive"),
    *("needs", "scenario", "ask", "because", "sources", "lesson", "check", "not_with", "twin"),
    *("quiet", "allow"),
)


def to_add(draft: Draft) -> tuple[str, ...]:
    """What a question still needs before it can be one of ours, field by field."""
    content = draft.content
    needed = [name for name in _NEEDED if name not in content]
    for part in ("option", "step", "pair"):
        for one in content.get(part, ()):
            if "why" not in one:
                needed.append("why")
            if part == "option" and not one.get("right"):
                needed += [name for name in ("misconception", "errs") if name not in one]
    return tuple(dict.fromkeys(needed))


def as_files(drafts: Iterable[Draft], otherwise: str, told: str) -> dict[str, str]:
    """A text an objective, by its file's name; `told` says where it all came from."""
    blocks: dict[str, list[str]] = {}
    for draft in drafts:
        name = draft.objective or otherwise
        name = f"{name}-questions" if name in _TAKEN else name
        blocks.setdefault(name, []).append(question_text(draft))
    return {
        f"{name}.toml": "\n\n\n".join([f"# {_one_line(told)}", *found]) + "\n"
        for name, found in blocks.items()
    }


def question_text(draft: Draft) -> str:
    """One question as a bank file has it, with what it lacks as comments."""
    return "\n".join(_question(draft))


def _question(draft: Draft) -> Iterator[str]:
    content = draft.content
    yield from (f"# To look at: {_one_line(doubt)}" for doubt in draft.doubts)
    yield "[[question]]"
    check = content.get("check") or _check(draft)
    given = {**content, **({"check": check} if check else {})}
    for name in _ORDER:
        if name in given:
            yield f"{name} = {_value(given[name], is_day=name == 'review_by')}"
        elif name in _NEEDED:
            yield f"# {name} = {_HINTS[name]}"
    for name in _TABLES:
        for table in (
            [given[name]] if name == "withdrawn" and name in given else given.get(name, ())
        ):
            head = "[question.withdrawn]" if name == "withdrawn" else f"[[question.{name}]]"
            yield f"\n{head}"
            yield from (f"{key} = {_value(value)}" for key, value in table.items())
            yield from _missing(name, table)


def _missing(name: str, table: Content) -> Iterator[str]:
    """What an option, a step or a pair still needs."""
    if name in ("option", "step", "pair") and "why" not in table:
        yield '# why = "…"               # what to say to somebody who chose this'
    if name == "option" and not table.get("right"):
        if "misconception" not in table:
            yield '# misconception = "…"     # the belief of module.toml that it stands for'
        if "errs" not in table:
            yield '# errs = "less"           # less, more or fact: on which side it errs'


def _check(draft: Draft) -> str:
    """Until somebody has looked at it, a question that came with gaps does not count."""
    missing, doubts = to_add(draft), draft.doubts
    if not missing and not doubts:
        return ""
    add = [f"add {', '.join(missing)}"] if missing else []
    return "Brought in from elsewhere: " + "; ".join([*add, *map(_one_line, doubts)]) + "."


def _one_line(words: str) -> str:
    return re.sub(r"\s+", " ", tidied(words))


def _value(value: Any, *, is_day: bool = False) -> str:
    if is_day and re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return str(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {_value(said)}" for name, said in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
