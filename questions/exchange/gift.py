"""GIFT, the text format of Moodle: written with its escapes, and read with all of its kinds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from questions.exchange.labels import SHORT
from questions.exchange.model import Answer, Item, NoSuchKind, Note, paragraphs
from questions.exchange.moodle import LONGEST_TAG, category_of, fraction
from questions.exchange.plain import Texts, plain

FIELDS = SHORT

_ESCAPED = re.compile(r"[\\~=#{}:]")
_WEIGHT = re.compile(r"%(-?\d+(?:\.\d*)?)%")
_FORMAT = re.compile(r"\[(html|plain|moodle|markdown)\]", re.IGNORECASE)
_ORDER = re.compile(r">[\w \t]*\n")
_LABEL = re.compile(r"\[(id|tag):((?:\\\]|[^\]])+)\]")
_LAST = re.compile(r"(?<!#)####(?!#)")


def write(items: Sequence[Item]) -> bytes:
    """A file of questions, with an empty line between."""
    blocks: list[str] = []
    category: tuple[str, ...] = ()
    for item in items:
        if item.category != category:
            category = item.category
            path = "/".join(part.replace("/", "//") for part in category)
            blocks.append(f"$CATEGORY: $course$/top/{path}\n")
        blocks.append("\n".join(_question(item)) + "\n")
    return "\n".join(blocks).encode()


def _question(item: Item) -> Iterator[str]:
    tags = [label for label in item.labels if _fits(label)]
    marks = [f"[id:{_bracket(item.name)}]", *(f"[tag:{_bracket(tag)}]" for tag in tags)]
    yield f"// {' '.join(marks)}"
    text = f"::{_escape(item.name)}::[plain]{_escape(paragraphs(item.scenario, item.ask))}"
    if item.kind == "in-order":
        # Moodle reads these lines as they stand, without escapes, and knows no feedback here.
        yield f"{text} {{>{len(item.steps)} ALL VERTICAL ALL_OR_NOTHING"
        yield from (re.sub(r"\s+", " ", _unbraced(step)) for step in item.steps)
    else:
        yield f"{text} {{"
        for left, right in item.pairs:
            yield f"={_answer(left.replace('->', '→'))} -> {_answer(right)}"
        for option in item.options:
            yield f"{_sign(item.kind, option)}#{_answer(option.why)}"
        yield f"####{_answer(item.feedback)}"
    yield "}"


def _sign(kind: str, option: Answer) -> str:
    if kind == "several-of":
        return f"~%{fraction(option.share)}%{_answer(option.text)}"
    if option.share == 1:
        return f"={_answer(option.text)}"
    # A wrong answer that begins with a per cent sign would be read as its weight.
    return f"~{'%0%' if option.text.startswith('%') else ''}{_answer(option.text)}"


def _fits(label: str) -> bool:
    return len(label) <= LONGEST_TAG and not re.search(r"[<>`]", label)


def _bracket(words: str) -> str:
    return words.replace("]", "\\]")


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda at: f"\\{at[0]}", text).replace("\n", "\\n")


def _answer(text: str) -> str:
    return ("[plain]" if text.startswith("[") else "") + _escape(text)


def _unbraced(text: str) -> str:
    return text.replace("{", "(").replace("}", ")")


@dataclass
class _Block:
    """The lines of one question, and what the comments above it say."""

    line: int
    text: str
    comments: str


def read(text: str) -> Iterator[Item | Note]:
    """What a file holds, question by question."""
    category: tuple[str, ...] = ()
    for block in _blocks(text):
        if found := re.match(r"\$CATEGORY:(.*)", block.text):
            category = category_of(found[1].strip())
            block.text = block.text[found.end() :].strip()
            if not block.text:
                continue
        name, _ = _named(block.text)
        try:
            yield _item(block, category)
        except NoSuchKind as error:
            yield Note(block.line, _unescape(name), str(error), is_left_out=True)


def _blocks(text: str) -> Iterator[_Block]:
    """Questions end at an empty line; comments above belong to the next."""
    lines: list[str] = []
    comments: list[str] = []
    first = 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip().startswith("//"):
            comments.append(line.strip())
        elif line.strip():
            first = first or number
            lines.append(line)
        elif lines:
            yield _Block(first, "\n".join(lines).strip(), " ".join(comments))
            lines, comments, first = [], [], 0


def _named(text: str) -> tuple[str, str]:
    """The name before the question, and the rest."""
    found = re.match(r"::((?:\\.|[^\\])*?)::", text, re.DOTALL)
    return (found[1].strip(), text[found.end() :].strip()) if found else ("", text)


def _item(block: _Block, category: tuple[str, ...]) -> Item:
    name, text = _named(block.text)
    start, end = _find(text, "{"), _find(text, "}")
    if start < 0 and end < 0:
        raise NoSuchKind("is a description, with nothing to answer: put it into a scenario")
    if start < 0 or end < start:
        raise NoSuchKind("has one brace without the other: write \\{ or \\} where it is a letter")
    inner = text[start + 1 : end].strip()
    around = text[:start].rstrip(), text[end + 1 :].strip()
    question = f"{around[0]} _____ {around[1]}" if around[1] else around[0]
    texts = Texts()
    format_, question = _formatted(question, "moodle")
    scenario, _, ask = _plain(question, format_, texts).rpartition("\n\n")
    marks = _LABEL.findall(block.comments)
    labels = tuple(words.replace("\\]", "]") for what, words in marks if what == "tag")
    ids = [words.replace("\\]", "]") for what, words in marks if what == "id"]
    item = Item(
        name=ids[0] if ids else _unescape(name),
        kind="one-of",
        ask=ask,
        scenario=scenario,
        category=category,
        labels=labels,
        line=block.line,
    )
    return _answered(item, inner, _Answers(format_, texts))


@dataclass
class _Answers:
    """How the answers of a question are read: in its format, and what went of them."""

    format: str
    texts: Texts

    def of(self, raw: str) -> str:
        """One text of an answer."""
        format_, text = _formatted(raw.strip(), self.format)
        return _plain(text, format_, self.texts)


def _answered(item: Item, inner: str, answers: _Answers) -> Item:
    """The item with what stands between its braces."""
    changes: dict[str, Any] = {}
    if found := _ORDER.match(f"{inner}\n"):
        rest = inner[found.end() :]
        steps = tuple(answers.of(line) for line in rest.split("\n") if line.strip())
        changes = {"kind": "in-order", "steps": steps}
    else:
        *before, last = _LAST.split(inner) if _LAST.search(inner) else (inner, "")
        inner = "####".join(before).strip() if before else inner
        feedback = answers.of(last) if before else ""
        changes = {"feedback": feedback, **_chosen(inner, answers)}
    notes = (*answers.texts.notes, *changes.pop("notes", ()))
    return replace(item, **changes, notes=notes, doubts=answers.texts.doubts)


def _chosen(inner: str, answers: _Answers) -> dict[str, Any]:
    """Options or pairs, by what kind of question it is."""
    if not inner:
        raise NoSuchKind("is an essay question: we have one answer, several, in order and pairs")
    if inner.startswith("#"):
        raise NoSuchKind("is a numerical question: give answers to choose from")
    parts = _split(inner, "~=")
    if _find(inner, "~") >= 0:
        options = tuple(_option(part, answers) for part in parts)
        single = any(part.startswith("=") for part in parts)
        more: tuple[str, ...] = ()
        if not single:
            more = ("its answers gave marks in parts: here all that is right, and no more, is",)
        return {"kind": "one-of" if single else "several-of", "options": options, "notes": more}
    if parts and parts[0].startswith("=") and "->" in inner:
        return _paired(parts, answers)
    word, *said = _split_at(inner, "#")
    if word.strip().upper() in ("T", "TRUE", "F", "FALSE"):
        # The first text is for those who are wrong, the second for those who are right.
        is_true = word.strip().upper()[0] == "T"
        wrong, right = (answers.of(text) for text in [*said, "", ""][:2])
        true = Answer("True", float(is_true), right if is_true else wrong)
        false = Answer("False", float(not is_true), wrong if is_true else right)
        return {"options": (true, false)}
    raise NoSuchKind("is a short-answer question: give answers to choose from")


def _option(part: str, answers: _Answers) -> Answer:
    text, why = ([*_split_at(part[1:].strip(), "#"), ""])[:2]
    weight = _WEIGHT.match(text)
    share = 1.0 if part.startswith("=") else 0.0
    if weight:
        text = text[weight.end() :]
        share = float(weight[1]) / 100
        if not -1 <= share <= 1:
            raise NoSuchKind(f"weight {weight[0]} is no share from -100 to 100")
    return Answer(answers.of(text), share, answers.of(why))


def _paired(parts: list[str], answers: _Answers) -> dict[str, Any]:
    pairs, notes = [], []
    for part in parts:
        left, arrow, right = part[1:].partition("->")
        if not arrow:
            raise NoSuchKind(f"“{part[1:].strip()}” has no -> : each pair needs one")
        if left.strip():
            pairs.append((answers.of(left), answers.of(right)))
        else:
            notes.append(f"“{answers.of(right)}” belonged to nothing and was left out")
    return {"kind": "match", "pairs": tuple(pairs), "notes": tuple(notes)}


def _find(text: str, letter: str) -> int:
    """Where a letter stands that is not escaped."""
    found = re.match(rf"(?:\\.|[^\\{letter}])*({letter})", text, re.DOTALL)
    return found.start(1) if found else -1


def _split(text: str, signs: str) -> list[str]:
    """The parts that each begin with one of some signs."""
    found = re.findall(rf"[{signs}](?:\\.|[^\\{signs}])*", text, re.DOTALL)
    return [part.strip() for part in found]


def _split_at(text: str, sign: str) -> list[str]:
    """The text before the first sign that is not escaped, and each text after one."""
    parts = [""]
    for piece in re.findall(r"\\.|[^\\]|\\$", text, re.DOTALL):
        if piece == sign and len(parts) < 3:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _formatted(text: str, otherwise: str) -> tuple[str, str]:
    """The format that a text says it is in, and the text without that."""
    found = _FORMAT.match(text)
    return (found[1].lower(), text[found.end() :]) if found else (otherwise, text)


def _plain(text: str, format_: str, texts: Texts) -> str:
    words = _unescape(text).strip()
    if format_ == "html" or (format_ == "moodle" and re.search(r"</?[a-z]+[^<>]*>|&#?\w+;", words)):
        return texts.keep(plain(words if format_ == "html" else words.replace("\n", "<br>")))
    return words


def _unescape(text: str) -> str:
    """Escapes undone, each exactly once; a line end that is not written as \\n is a blank."""
    text = " ".join(line.strip(" \t") for line in text.split("\n"))
    return re.sub(
        r"\\([\\~=#{}:n])", lambda at: "\n" if at[1] == "n" else at[1], text, flags=re.DOTALL
    )
