"""Moodle XML: multiple choice, matching and ordering, written and read."""

import re
from collections.abc import Iterator, Sequence

from questions.exchange.labels import SHORT
from questions.exchange.marked import Element, escaped
from questions.exchange.model import Answer, Item, NoSuchKind, Note, paragraphs
from questions.exchange.plain import Texts, plain

FIELDS = SHORT
LONGEST_TAG = 50  # letters; Moodle cuts off what is longer

_KINDS = {"one-of": "multichoice", "several-of": "multichoice", "match": "matching"}
_OTHERS = {
    "calculated": "a calculated",
    "calculatedmulti": "a calculated",
    "calculatedsimple": "a calculated",
    "cloze": "a fill-the-gaps (cloze)",
    "ddimageortext": "a drag-on-an-image",
    "ddmarker": "a drag-on-an-image",
    "ddwtos": "a drag-into-text",
    "description": "a description, not a",
    "essay": "an essay",
    "gapselect": "a choose-the-missing-words",
    "multianswer": "a fill-the-gaps (cloze)",
    "numerical": "a numerical",
    "randomsamatch": "a random matching",
    "shortanswer": "a short-answer",
}


def write(items: Sequence[Item]) -> bytes:
    """A file for Moodle's question bank."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    category: tuple[str, ...] = ()
    for item in items:
        if item.category != category:
            category = item.category
            path = "/".join(part.replace("/", "//") for part in category)
            lines += ['<question type="category">', "  <category>"]
            lines += [f"    <text>$course$/top/{escaped(path)}</text>", "  </category>"]
            lines.append("</question>")
        lines += _question(item)
    return "\n".join([*lines, "</quiz>", ""]).encode()


def _question(item: Item) -> Iterator[str]:
    kind = "ordering" if item.kind == "in-order" else _KINDS[item.kind]
    yield f'<question type="{kind}">'
    yield f"  <name><text>{escaped(item.name)}</text></name>"
    yield from _text("questiontext", paragraphs(item.scenario, item.ask))
    yield from _text("generalfeedback", item.feedback)
    yield "  <defaultgrade>1</defaultgrade>"
    yield "  <penalty>0</penalty>"
    yield "  <hidden>0</hidden>"
    yield f"  <idnumber>{escaped(item.name)}</idnumber>"
    match item.kind:
        case "match":
            yield "  <shuffleanswers>true</shuffleanswers>"
            yield from _combined()
            for left, right in item.pairs:
                yield '  <subquestion format="plain_text">'
                yield f"    <text>{escaped(left)}</text>"
                yield f"    <answer><text>{escaped(right)}</text></answer>"
                yield "  </subquestion>"
        case "in-order":
            yield "  <layouttype>VERTICAL</layouttype>"
            yield "  <selecttype>ALL</selecttype>"
            yield f"  <selectcount>{len(item.steps)}</selectcount>"
            yield "  <gradingtype>ALL_OR_NOTHING</gradingtype>"
            yield "  <showgrading>SHOW</showgrading>"
            yield "  <numberingstyle>none</numberingstyle>"
            yield from _combined()
            for number, step in enumerate(item.steps, 1):
                yield f'  <answer fraction="{number}.0000000" format="plain_text">'
                yield f"    <text>{escaped(step)}</text>"
                yield "  </answer>"
        case _:
            yield f"  <single>{'true' if item.kind == 'one-of' else 'false'}</single>"
            yield f"  <shuffleanswers>{_shuffles(item)}</shuffleanswers>"
            yield "  <answernumbering>abc</answernumbering>"
            yield from _combined()
            for option in item.options:
                yield f'  <answer fraction="{fraction(option.share)}" format="plain_text">'
                yield f"    <text>{escaped(option.text)}</text>"
                yield '    <feedback format="plain_text">'
                yield f"      <text>{escaped(option.why)}</text>"
                yield "    </feedback>"
                yield "  </answer>"
    tags = [label for label in item.labels if len(label) <= LONGEST_TAG]
    yield "  <tags>"
    yield from (f"    <tag><text>{escaped(tag)}</text></tag>" for tag in tags)
    yield "  </tags>"
    yield "</question>"


def _text(name: str, words: str) -> Iterator[str]:
    yield f'  <{name} format="plain_text">'
    yield f"    <text>{escaped(words)}</text>"
    yield f"  </{name}>"


def _combined() -> Iterator[str]:
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        yield f'  <{name} format="plain_text"><text></text></{name}>'


def _shuffles(item: Item) -> str:
    """Numbers keep their order, as they do here."""
    return "false" if all(option.text[:1].isdigit() for option in item.options) else "true"


def fraction(share: float) -> str:
    """A share in per cent as Moodle compares it: five decimals, and none that are not needed."""
    return f"{100 * share:.5f}".rstrip("0").rstrip(".")


def read(root: Element) -> Iterator[Item | Note]:
    """What a file holds, question by question."""
    category: tuple[str, ...] = ()
    for question in root.all("question"):
        kind = question.attributes.get("type", "")
        if kind == "category":
            category = category_of(question.text("category", "text"))
            continue
        name = plain(question.text("name", "text")).text
        try:
            yield _item(question, kind, name, category)
        except NoSuchKind as error:
            yield Note(question.line, name, str(error), is_left_out=True)


def category_of(path: str) -> tuple[str, ...]:
    """The parts of a category's path; a slash in a name is written twice."""
    parts = [part.replace("//", "/").strip() for part in re.split(r"(?<!/)/(?!/)", path)]
    return tuple(
        part for part in parts if part and part != "top" and not re.match(r"\$\w+\$", part)
    )


def _words(element: Element | None, texts: Texts) -> str:
    """The words in an element's `text` as plain text, by its format."""
    if element is None:
        return ""
    words = element.text("text")
    texts.missing += [
        f"a file ({file.attributes.get('name', 'without a name')})" for file in element.all("file")
    ]
    match element.attributes.get("format", "html"):
        case "plain_text":
            return words
        case "markdown":
            if re.search(r"[*_`#\[]", words):
                texts.gone.append("what Markdown's marks mean")
            return words
        case _:
            return texts.keep(plain(words))


def _item(question: Element, kind: str, name: str, category: tuple[str, ...]) -> Item:
    if kind not in ("multichoice", "truefalse", "matching", "ordering"):
        what = _OTHERS.get(kind, f"a “{kind}”")
        raise NoSuchKind(f"is {what} question: we have one answer, several, in order and pairs")
    texts, notes = Texts(), list[str]()
    scenario, _, ask = _words(question.first("questiontext"), texts).rpartition("\n\n")
    feedback = _words(question.first("generalfeedback"), texts)
    options: tuple[Answer, ...] = ()
    ours = "one-of"
    if kind in ("multichoice", "truefalse"):
        options = tuple(
            Answer(_words(answer, texts), _share(answer), _words(answer.first("feedback"), texts))
            for answer in question.all("answer")
        )
        single = question.text("single").lower()
        if kind == "multichoice" and single in ("false", "0"):
            ours = "several-of"
            notes.append("its answers gave marks in parts: here all that is right, and no more, is")
        elif kind == "multichoice" and not single:
            ours = "one-of" if any(option.share >= 1 for option in options) else "several-of"
    steps = tuple(_words(a, texts) for a in question.all("answer")) if kind == "ordering" else ()
    pairs = tuple(_pairs(question, texts, notes)) if kind == "matching" else ()
    if any(question.text(f"{name}feedback", "text") for name in _OVERALL):
        notes.append(
            "what it said to all who were right, or wrong, was left out: say it in because"
        )
    if any(True for _ in question.all("hint")):
        notes.append("its hints were left out")
    return Item(
        name=question.text("idnumber") or name,
        kind={"ordering": "in-order", "matching": "match"}.get(kind, ours),
        ask=ask,
        scenario=scenario,
        category=category,
        options=options,
        steps=steps,
        pairs=pairs,
        feedback=feedback,
        labels=tuple(tag.text("text") for tag in question.all("tags", "tag")),
        line=question.line,
        notes=(*texts.notes, *notes),
        doubts=texts.doubts,
    )


_OVERALL = ("correct", "partiallycorrect", "incorrect")


def _pairs(question: Element, texts: Texts, notes: list[str]) -> Iterator[tuple[str, str]]:
    for sub in question.all("subquestion"):
        left, right = _words(sub, texts), sub.text("answer", "text")
        if not left:
            notes.append(f"“{right}” belonged to nothing and was left out: here all have a pair")
        else:
            yield left, right


def _share(answer: Element) -> float:
    given = answer.attributes.get("fraction", "0").strip()
    try:
        share = float(given) / 100
    except ValueError:
        share = float("nan")
    if not -1 <= share <= 1:
        raise NoSuchKind(f"line {answer.line}: fraction “{given}” is no share from -100 to 100")
    return share
