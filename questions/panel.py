"""Readers: papers without keys, what they answered, and what of it still speaks of a question.

A paper is drawn by a seed, so that it can be drawn again to mark what was answered. Results are
kept a question and a kind of reader, with a print of all that this kind was shown: who reads
options alone is not made wrong by a new story, and a question that has changed is not yet read.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from random import Random

from pydantic import Field, ValidationError

from questions.findings import Finding, read_toml, sentences
from questions.kinds import LETTERS, Id, MenuQuestion, OptionQuestion, Question, Strict, Words

SHIPPED = Path(__file__).with_name("panel")


class Kind(StrEnum):
    """Who reads a paper."""

    OPTIONS = "options"
    RULE = "rule"
    INFORMED = "informed"
    EXPERT = "expert"


TOLD: Mapping[Kind, str] = {
    Kind.OPTIONS: "You see options alone: neither story nor question. Choose what sounds right.",
    Kind.RULE: "Follow this rule to the letter, whatever you think yourself:",
    Kind.INFORMED: "Answer with the fact sheets beside you.",
    Kind.EXPERT: "Answer by what you know. Look nothing up.",
}


class PanelError(ValueError):
    """A paper or its answers that cannot be used; its text tells what to do."""


@dataclass(frozen=True)
class Item:
    """One question of a paper, with its choices in the order in which the reader sees them."""

    number: int
    module: str
    question: Question
    order: str


@dataclass(frozen=True)
class Paper:
    """What one reader is given; who draws it again from the same head has the same paper."""

    kind: Kind
    seed: int
    modules: tuple[str, ...]
    rule: str
    items: tuple[Item, ...]

    @property
    def text(self) -> str:
        """All of it, as the reader sees it; the first line says how to draw it again."""
        return f"{self.head}\n\n{self._body}"

    @property
    def head(self) -> str:
        """The line that answers have to begin with."""
        mark = hashlib.sha256(self._body.encode()).hexdigest()[:8]
        return f"paper: {self.kind}, seed {self.seed}, print {mark}, {' '.join(self.modules)}"

    @property
    def _body(self) -> str:
        rule = f"\n{self.rule}" if self.rule else ""
        how = (
            "Answer every number on a line of its own, under the first line of this paper: `1: b`."
            " Where several are asked for: `2: a,c`. Where a second one could be defended as well:"
            " `3: b (also c)`. Where you cannot answer: `4: -`. Say in a line `reader: ` who you"
            " are."
        )
        told = (_asked(item, self.kind) for item in self.items)
        return "\n\n".join([f"{TOLD[self.kind]}{rule}", how, *told]) + "\n"


def _asked(item: Item, kind: Kind) -> str:
    question = item.question
    lines = [f"{item.number}."]
    if kind is not Kind.OPTIONS:
        lines += [" ".join(question.scenario.split())] * bool(question.scenario)
        lines += [question.ask]
    if isinstance(question, MenuQuestion):
        put = ", then ".join(question.menus)
        lines.append(f"(Give a letter each, for: {put})")
    elif question.kind == "several-of":
        lines.append("(One or more are right.)")
    lines += [f"  {choice.letter}  {choice.text}" for choice in question.choices(item.order)]
    return "\n".join(lines)


def draw(modules: Mapping[str, Sequence[Question]], kind: Kind, seed: int, rule: str = "") -> Paper:
    """A paper of all questions of some modules, in an order that the seed gives."""
    if (kind is Kind.RULE) != bool(rule.strip()):
        raise PanelError("A rule goes with readers bound to one, and they need it: --rule TEXT.")
    rng = Random(f"{kind} {seed}")
    found = sorted(
        ((name, q) for name, questions in modules.items() for q in questions if _may_read(q, kind)),
        key=lambda one: one[1].id,
    )
    if not found:
        raise PanelError("There is no question here for such a paper.")
    rng.shuffle(found)
    items = tuple(
        Item(number, name, question, _order(question, rng))
        for number, (name, question) in enumerate(found, 1)
    )
    return Paper(kind, seed, tuple(modules), " ".join(rule.split()), items)


def _may_read(question: Question, kind: Kind) -> bool:
    """With options alone, steps and pairs have no question to take away."""
    return kind is not Kind.OPTIONS or isinstance(question, OptionQuestion)


def _order(question: Question, rng: Random) -> str:
    letters = list(question.letters)
    while not question.keeps_order:
        rng.shuffle(letters)
        if question.may_show("".join(letters)):
            break
    return "".join(letters)


_HEAD = re.compile(r"paper: (\w+), seed (\d+), print ([0-9a-f]{8}), ([a-z0-9 -]+)")
_ANSWER = re.compile(
    r"(\d+)\s*[:.)]\s*(-|[a-h](?:\s*,\s*[a-h])*)\s*(?:\(\s*also\s+([a-h](?:\s*,\s*[a-h])*)\s*\))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Head:
    """What the first line of answers says of their paper."""

    kind: Kind
    seed: int
    mark: str
    modules: tuple[str, ...]


def head_of(answers: str) -> Head:
    """Which paper was answered."""
    found = next(filter(None, map(_HEAD.fullmatch, map(str.strip, answers.splitlines()))), None)
    if found is None or found[1] not in [*Kind]:
        raise PanelError(
            "The answers do not say which paper they are of: copy the paper's first line"
            ' ("paper: …") to their top.'
        )
    return Head(Kind(found[1]), int(found[2]), found[3], tuple(found[4].split()))


@dataclass(frozen=True)
class Answer:
    """What a reader made of one question."""

    item: Item
    is_right: bool
    has_second: bool


@dataclass(frozen=True)
class Sheet:
    """A paper as answered, and who did."""

    paper: Paper
    who: str
    mark: str  # of the answers, so that the same sheet is not counted twice
    answers: tuple[Answer, ...]


def read_sheet(text: str, paper: Paper) -> Sheet:
    """The answers to a paper, each judged; PanelError tells what is wrong, line by line."""
    if head_of(text).mark != paper.head.split(", ")[2].removeprefix("print "):
        raise PanelError(
            "These answers are of a paper that is not the one that is drawn now: its questions or"
            " its rule have changed since. Draw another paper and have it read."
        )
    who, given, wrong = "", {}, []
    known = {item.number: item for item in paper.items}
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line.lower().startswith("reader:"):
            who = line.partition(":")[2].strip()
        elif line and not line.startswith(("#", "paper:")):
            try:
                answer = _answer(line, known)
                if answer.item.number in given:
                    raise PanelError(f"{answer.item.number} is answered twice")
                given[answer.item.number] = answer
            except PanelError as error:
                wrong.append(f"line {number}: {error}")
    if missing := [str(n) for n in known if n not in given]:
        wrong.append(f"no answer to {', '.join(missing)}: where there is none, write `1: -`")
    if not who:
        wrong.append("no line `reader: …` says who or what the reader is")
    if wrong:
        raise PanelError("\n".join(wrong))
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Sheet(paper, who, mark, tuple(given[number] for number in known))


def _answer(line: str, known: Mapping[int, Item]) -> Answer:
    found = _ANSWER.fullmatch(line)
    if found is None:
        raise PanelError(f"{line!r} is no answer: write `1: b`, `1: a,c` or `1: b (also c)`")
    item = known.get(int(found[1]))
    if item is None:
        raise PanelError(f"there is no question {found[1]}")
    has_second = bool(found[3])
    if found[2] == "-":
        return Answer(item, is_right=False, has_second=has_second)
    shown = [letter.strip().lower() for letter in found[2].split(",")]
    if any(LETTERS.index(letter) >= len(item.order) for letter in shown):
        raise PanelError(f"question {item.number} has no choice {max(shown)!r}")
    letters = [item.order[LETTERS.index(letter)] for letter in shown]
    if not isinstance(item.question, MenuQuestion):
        letters = sorted(set(letters))
    return Answer(item, "".join(letters) == item.question.key, has_second)


# Results


class Result(Strict):
    """How often one question was read by one kind of reader, and how often right."""

    question: Id
    print: str
    read: int = Field(ge=1)
    right: int = Field(ge=0)
    also: int = Field(default=0, ge=0)  # how many named a second answer that could be defended


class Readers(Strict):
    """Readers of one kind, under one rule, of one edition: who they were, and what they found."""

    kind: Kind = Field(strict=False)
    rule: str = ""
    who: Words
    edition: Words
    read_on: date
    sheets: tuple[Words, ...] = Field(strict=False)
    results: tuple[Result, ...] = Field(strict=False)


class _File(Strict):
    readers: tuple[Readers, ...] = Field(strict=False)


def print_of(question: Question, kind: Kind) -> str:
    """Changes with anything that such a reader sees, and with the key."""
    seen: list[object] = [question.kind, sorted(map(question.text_of, question.letters))]
    seen.append([question.text_of(letter) for letter in question.key])
    if kind is not Kind.OPTIONS:
        seen += [question.scenario.split(), question.ask.split(), question.menus]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:12]


def load(folder: Path, module: str) -> tuple[Readers, ...]:
    """What is kept about a module's readers; nothing where nobody has read it."""
    path = folder / f"{module}.toml"
    if not path.is_file():
        return ()
    content = read_toml(path, path.name)
    if isinstance(content, Finding):
        raise PanelError(str(content))
    try:
        return _File.model_validate(content).readers
    except ValidationError as error:
        raise PanelError(f"{path.name}: {'; '.join(sentences(error, _File))}") from error


def add(
    kept: Sequence[Readers], sheet: Sheet, module: str, edition: str, today: date
) -> tuple[Readers, ...]:
    """The same with one more sheet; what was found of an older state of a question goes."""
    kind, rule = sheet.paper.kind, sheet.paper.rule
    if any(sheet.mark in readers.sheets for readers in kept):
        raise PanelError("These answers are counted already.")
    mine = {
        answer.item.question.id: Result(
            question=answer.item.question.id,
            print=print_of(answer.item.question, kind),
            read=1,
            right=int(answer.is_right),
            also=int(answer.has_second),
        )
        for answer in sheet.answers
        if answer.item.module == module
    }
    same = Readers(
        kind=kind,
        rule=rule,
        who=sheet.who,
        edition=edition,
        read_on=today,
        sheets=(sheet.mark,),
        results=tuple(mine.values()),
    )
    left = []
    for readers in kept:
        if (readers.kind, readers.rule) == (kind, rule):
            results = tuple(
                result
                for result in readers.results
                if result.question not in mine or result.print == mine[result.question].print
            )
            readers = readers.model_copy(update={"results": results})
            if readers.who == sheet.who and readers.edition == edition:
                same = _together(readers, same)
                continue
        left.append(readers)
    return (*(readers for readers in left if readers.results), same)


def _together(one: Readers, other: Readers) -> Readers:
    found = {result.question: result for result in one.results}
    for result in other.results:
        before = found.get(result.question)
        if before is not None:
            counts = {n: getattr(before, n) + getattr(result, n) for n in ("read", "right", "also")}
            result = result.model_copy(update=counts)
        found[result.question] = result
    results = tuple(found[name] for name in sorted(found))
    sheets = (*one.sheets, *other.sheets)
    return other.model_copy(update={"results": results, "sheets": sheets})


def as_toml(readers: Iterable[Readers]) -> str:
    """The file of a module's results, a line a question."""
    parts = ["# Written by `quizbot banks panel score`: who read these questions, and how.\n"]
    for one in readers:
        head = {
            "kind": one.kind.value,
            "rule": one.rule,
            "who": one.who,
            "edition": one.edition,
        }
        lines = [f"{name} = {json.dumps(said, ensure_ascii=False)}" for name, said in head.items()]
        lines += [f"read_on = {one.read_on}", f"sheets = {json.dumps(one.sheets)}", "results = ["]
        for found in sorted(one.results, key=lambda result: result.question):
            lines.append(
                f'    {{ question = "{found.question}", print = "{found.print}",'
                f" read = {found.read}, right = {found.right}, also = {found.also} }},"
            )
        parts.append("\n[[readers]]\n" + "\n".join([*lines, "]"]) + "\n")
    return "".join(parts)


# What the results say


@dataclass(frozen=True)
class Count:
    """Readings of a question: how many, how many right, how many with a second answer."""

    read: int = 0
    right: int = 0
    also: int = 0

    def plus(self, result: Result) -> "Count":
        """With one more result."""
        return Count(self.read + result.read, self.right + result.right, self.also + result.also)


@dataclass(frozen=True)
class Group:
    """All readers of one kind, under one rule, over the questions that stand as they read them."""

    kind: Kind
    rule: str
    who: tuple[str, ...]
    sheets: int
    counts: Mapping[str, Count] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """How many readings there are."""
        return sum(count.read for count in self.counts.values())

    @property
    def share(self) -> float:
        """How many of them are right; each question weighs the same."""
        counts = self.counts.values()
        return sum(count.right / count.read for count in counts) / len(counts)

    @property
    def second(self) -> float:
        """In how many of them a second answer was named."""
        return sum(count.also for count in self.counts.values()) / self.read

    def of(self, question: str, towards: float = 2.0) -> float:
        """A question's share: its readers', drawn towards the module's by two readers more.

        So that three of three are not taken for certain, and who was not asked is as the rest.
        """
        count = self.counts.get(question, Count())
        return (count.right + towards * self.share) / (count.read + towards)


def groups_of(readers: Sequence[Readers], questions: Iterable[Question]) -> tuple[Group, ...]:
    """What was found by each kind of reader, of the questions as they stand."""
    asked = tuple(questions)
    found: dict[tuple[Kind, str], Group] = {}
    for one in readers:
        prints = {question.id: print_of(question, one.kind) for question in asked}
        at = (one.kind, one.rule)
        group = found.get(at, Group(one.kind, one.rule, (), 0))
        counts = dict(group.counts)
        for result in one.results:
            if prints.get(result.question) == result.print:
                counts[result.question] = counts.get(result.question, Count()).plus(result)
        found[at] = replace(
            group,
            who=tuple(dict.fromkeys((*group.who, one.who))),
            sheets=group.sheets + len(one.sheets),
            counts=counts,
        )
    kinds = list(Kind)
    measured = (group for group in found.values() if group.counts)
    return tuple(sorted(measured, key=lambda group: (kinds.index(group.kind), group.rule)))
