"""A module in a format of others, and what that format cannot hold of it.

What is lost is not listed by hand: each question is read back from what was written, and whatever
is not as it was is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from questions.exchange.formats import Format, read
from questions.exchange.model import Content, Draft, NotRead
from questions.exchange.own import content_of
from questions.kinds import Question
from questions.module import Module

WHOLE = "question"
MARKS = "marks"
FIELDS = {
    WHOLE: "the question itself, which is not in the file",
    MARKS: "that only a wholly right answer is right: part of the marks is given there",
    "id": "its id",
    "kind": "its kind",
    "objective": "its objective",
    "scenario": "the scenario as a part by itself",
    "ask": "the words that are asked",
    "because": "the reason",
    "sources": "what it rests on",
    "lesson": "what a review taught",
    "level": "its level",
    "authority": "what stands behind its key",
    "must_know": "the must-know that it is a variant of",
    "facts": "the facts that it asks for",
    "since": "since which edition it is asked",
    "review_by": "by when it is looked at again",
    "sensitive": "how sensitive it is",
    "needs": "the switches that it needs",
    "check": "what is still to be confirmed",
    "not_with": "what it is not asked together with",
    "twin": "its twin",
    "quiet": "that it is quiet",
    "allow": "the rules that are waived for it",
    "withdrawn": "that it is withdrawn",
    "decision": "what was decided of it when rules changed",
    "option.text": "the words of an option",
    "option.right": "which options are right",
    "option.why": "what is said of each option",
    "option.misconception": "the misconceptions of its options",
    "option.missed": "the misconceptions of leaving an option out",
    "option.errs": "on which side its wrong options err",
    "step.text": "the words of a step",
    "step.why": "what is said of each step",
    "pair.left": "the words of a pair",
    "pair.right": "the words that belong to them",
    "pair.why": "what is said of each pair",
    "mixup": "its mix-ups",
}


@dataclass(frozen=True)
class Loss:
    """One thing of one question that a format does not hold, or not as it was."""

    question: str
    field: str
    words: str


@dataclass(frozen=True)
class Written:
    """A file, and what is not in it."""

    data: bytes
    losses: tuple[Loss, ...]


def write(module: Module, format_: Format, questions: Sequence[Question] | None = None) -> Written:
    """The questions of a module that are asked, in a format; what it cannot hold beside it."""
    asked = module.asked if questions is None else questions
    losses = [loss for question in asked for loss in lost(question, module, format_)]
    gone = {loss.question for loss in losses if loss.field == WHOLE}
    held = [question for question in asked if question.id not in gone]
    return Written(format_.write(held, module), tuple(losses))


def lost(question: Question, module: Module, format_: Format) -> Iterator[Loss]:
    """What is not as it was when one question is written and read again."""
    draft = _read_back(question, module, format_)
    if draft is None:
        yield Loss(question.id, WHOLE, f"not carried: {FIELDS[WHOLE]}")
        return
    if question.kind in format_.marked_in_parts:
        yield Loss(question.id, MARKS, f"not carried: {FIELDS[MARKS]}")
    before = content_of(question) | {"objective": question.objective}
    after = draft.content | {"objective": draft.objective}
    yield from (Loss(question.id, name, words) for name, words in differences(before, after))


def _read_back(question: Question, module: Module, format_: Format) -> Draft | None:
    if question.kind not in format_.kinds:
        return None
    try:
        drafts = read(format_.write([question], module)).drafts
    except NotRead:
        return None
    return drafts[0] if len(drafts) == 1 else None


def differences(before: Content, after: Content) -> Iterator[tuple[str, str]]:
    """Every field that is not there or not the same, in words."""
    had, has = _fields(before), _fields(after)
    for name, value in had.items():
        words = FIELDS.get(name, name)
        if name not in has:
            yield name, f"not carried: {words}"
        elif has[name] != value:
            yield name, f"comes back otherwise: {words}"
    for name in has.keys() - had.keys():
        yield name, f"comes back though it was not there: {FIELDS.get(name, name)}"


def _fields(content: Content) -> dict[str, Any]:
    """The fields by name; those of options, steps and pairs each as a row of all of them."""
    found: dict[str, Any] = {}
    for name, value in content.items():
        if name not in ("option", "step", "pair"):
            found[name] = value
            continue
        keys = dict.fromkeys(key for one in value for key in one)
        found |= {f"{name}.{key}": [one.get(key) for one in value] for key in keys}
    return found
