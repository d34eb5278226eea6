"""CSV: a question a line, a column for each thing that a bank says of it; nothing is lost."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from questions.cells import as_meant, harmless
from questions.counts import how_many
from questions.exchange.labels import LONG, MANY, ONE, field_from, values
from questions.exchange.model import (
    Content,
    Draft,
    NoSuchKind,
    Note,
    NotRead,
    id_from,
    showable,
    tidied,
)
from questions.exchange.own import content_of
from questions.kinds import LETTERS, Question

_WORDS = ("scenario", "ask", "because")
_LESSON = ("review", "at", "says")
_PLAIN = (*ONE, *MANY, *LONG, "sources", "mixup")
_PART = (
    "text",
    "right",
    "why",
    "misconception",
    "missed",
    "errs",
)  # "right" is a pair's other side
_MOST = 6
_PARTS = {"one-of": "option", "several-of": "option", "in-order": "step", "match": "pair"}
_LEAST = {"option": 3, "step": 3, "pair": 3}
COLUMNS = (
    *("id", "kind", "objective"),
    *_WORDS,
    *(f"{name} {number}" for number in range(1, _MOST + 1) for name in _PART),
    *_PLAIN,
    *(f"lesson {name}" for name in _LESSON),
)

# How others head these columns.
_ALIASES = {
    "question": "ask",
    "question text": "ask",
    "stem": "ask",
    "name": "id",
    "type": "kind",
    "category": "objective",
    "topic": "objective",
    "explanation": "because",
    "feedback": "because",
    "general feedback": "because",
    "correct": "answer",
    "correct answer": "answer",
    "correct answers": "answer",
    "right answer": "answer",
    "key": "answer",
    **{
        f"{word} {mark}".strip(): f"text {number}"
        for number in range(1, _MOST + 1)
        for word in ("answer", "option", "choice", "")
        for mark in (str(number), LETTERS[number - 1])
        if word or not mark.isdigit()
    },
    **{
        f"{word} {mark}": f"why {number}"
        for number in range(1, _MOST + 1)
        for word in ("feedback", "feedback answer", "explanation")
        for mark in (str(number), LETTERS[number - 1])
    },
}


def write(questions: Sequence[Question]) -> bytes:
    """A table of questions."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for question in questions:
        cells = _cells(showable(content_of(question))) | {"objective": question.objective}
        writer.writerow([harmless(cells.get(column, "")) for column in COLUMNS])
    return f"\ufeff{out.getvalue()}".encode()


def _cells(content: Content) -> dict[str, str]:
    cells = {name: str(content.get(name, "")) for name in ("id", "kind", *_WORDS)}
    for number, part in enumerate(content.get(_PARTS[content["kind"]], ()), 1):
        cells[f"text {number}"] = part.get("left", part.get("text", ""))
        is_right = part.get("right", "")
        cells[f"right {number}"] = "yes" if is_right is True else is_right
        for name in ("why", "misconception", "missed", "errs"):
            cells[f"{name} {number}"] = part.get(name, "")
    for field in _PLAIN:
        if field in content:
            cells[field] = "\n".join(values(field, content[field]))
    for name, words in content.get("lesson", {}).items():
        cells[f"lesson {name}"] = words
    return cells


def is_table(text: str) -> bool:
    """Whether a text begins with a row of headings that has a question's in it."""
    return "ask" in _heads(text)


def _heads(text: str) -> list[str]:
    first = text.lstrip("\ufeff").partition("\n")[0]
    found = next(csv.reader([first], delimiter=_delimiter(first)), [])
    return [_named(cell) for cell in found]


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _named(cell: str) -> str:
    name = " ".join(as_meant(cell).split()).lower()
    return _ALIASES.get(name, name)


def read(text: str) -> Iterator[Draft | Note]:
    """What a table holds, line by line."""
    text = text.lstrip("\ufeff")
    heads = _heads(text)
    strange = [head for head in heads if head and head not in (*COLUMNS, "answer")]
    if strange:
        words = f"columns without a place here were left out: {', '.join(strange[:12])}"
        yield Note(1, "", words)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text.partition("\n")[0])
    )
    line = 1
    try:
        for row in reader:
            first, line = line, reader.line_num + 1
            if first == 1 or not any(cell.strip() for cell in row):
                continue
            cells = {
                head: tidied(as_meant(cell)) for head, cell in zip(heads, row, strict=False) if cell
            }
            try:
                yield from _draft(cells, first)
            except NoSuchKind as error:
                name = cells.get("id", "") or cells.get("ask", "")[:60]
                yield Note(first, name, str(error), is_left_out=True)
    except csv.Error as error:
        raise NotRead(
            f"line {line}: is no line of a table ({error}): save it as CSV again"
        ) from None


def _draft(cells: Mapping[str, str], line: int) -> Iterator[Draft | Note]:
    ask, name = cells.get("ask", ""), cells.get("id", "")
    if not ask:
        raise NoSuchKind("has no words to ask: fill the column “ask”")
    doubts: list[str] = []
    kind = cells.get("kind", "").lower() or _guessed(cells)
    if kind not in _PARTS:
        raise NoSuchKind(f"is a “{kind}” question: we have {', '.join(_PARTS)}")
    content: Content = {"id": id_from(name or ask), "kind": kind}
    for field in _PLAIN:
        if field in cells:
            try:
                content[field] = field_from(field, cells[field].split("\n"))
            except ValueError as error:
                words = (
                    f"column “{field}”: “{error}” is not as it is written here, and was left out"
                )
                yield Note(line, name or ask[:60], words)
    content |= {field: cells[field] for field in _WORDS if field in cells}
    lesson = {name: cells[f"lesson {name}"] for name in _LESSON if f"lesson {name}" in cells}
    content |= {"lesson": lesson} if lesson else {}
    part = _PARTS[kind]
    parts = [_part(cells, number, part) for number in range(1, _MOST + 1)]
    content[part] = [one for one in parts if one]
    if part == "option":
        doubts += _answered(content[part], cells)
    if len(content[part]) < 2:
        raise NoSuchKind(f"has {len(content[part]) or 'no'} answer: fill “text 1”, “text 2” …")
    if len(content[part]) < _LEAST[part]:
        doubts.append(
            f"has {how_many(len(content[part]), 'answer')}: write {3 - len(content[part])} more"
        )
    if part == "option" and len(content[part]) > 4:
        doubts.append(f"has {how_many(len(content[part]), 'answer')}, 4 at most are shown")
    yield Draft(content, _objective(cells), line, doubts=tuple(doubts))
    yield from (Note(line, name or ask[:60], doubt) for doubt in doubts)


def _objective(cells: Mapping[str, str]) -> str:
    return id_from(cells["objective"]) if "objective" in cells else ""


def _guessed(cells: Mapping[str, str]) -> str:
    """Without a kind: several answers where more than one is named as right."""
    rights = sum(_is_yes(cells.get(f"right {number}", "")) for number in range(1, _MOST + 1))
    named = len(_letters(cells.get("answer", "")))
    return "several-of" if max(rights, named) > 1 else "one-of"


def _part(cells: Mapping[str, str], number: int, part: str) -> dict[str, Any]:
    given = {name: cells.get(f"{name} {number}", "") for name in _PART}
    if not given["text"]:
        return {}
    made: dict[str, Any] = {"left" if part == "pair" else "text": given["text"]}
    if part == "pair":
        made["right"] = given["right"]
    elif part == "option" and _is_yes(given["right"]):
        made["right"] = True
    names = ("why", "misconception", "missed", "errs") if part == "option" else ("why",)
    return made | {name: given[name] for name in names if given[name]}


def _is_yes(cell: str) -> bool:
    return cell.strip().lower() in ("yes", "y", "true", "1", "x", "right", "correct")


def _letters(answer: str) -> list[int]:
    """`B`, `2` or `A, C` as numbers; nothing where it is anything else."""
    marks = answer.lower().replace(",", " ").replace(";", " ").split()
    if not all(mark in LETTERS or mark.isdecimal() for mark in marks if len(mark) == 1):
        return []
    found = [LETTERS.index(m) + 1 if m in LETTERS else int(m) for m in marks if len(m) == 1]
    return found if len(found) == len(marks) else []


def _answered(options: list[dict[str, Any]], cells: Mapping[str, str]) -> list[str]:
    """Mark what a column of right answers names; told where none is right in the end."""
    answer = cells.get("answer", "").strip()
    numbers = _letters(answer)
    for number, option in enumerate(options, 1):
        if number in numbers or (answer and option["text"].casefold() == answer.casefold()):
            option["right"] = True
    if any("right" in option for option in options):
        return []
    return ["no answer is marked as right: mark it with `right = true`"]
