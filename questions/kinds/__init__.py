"""The kinds of question: what each asks for, and how each marks a reply."""

from typing import Annotated

from pydantic import Field

from questions.kinds.base import (
    LETTERS,
    Authority,
    BadReply,
    Choice,
    Citation,
    Decision,
    Errs,
    Id,
    Input,
    Lesson,
    Line,
    Mark,
    QuestionBase,
    Strict,
    Verdict,
    Withdrawn,
    Words,
)
from questions.kinds.menus import InOrder, Match, MenuQuestion, Mixup, Pair, Step
from questions.kinds.options import OneOf, Option, OptionQuestion, SeveralOf

__all__ = [
    "KINDS",
    "LETTERS",
    "Authority",
    "BadReply",
    "Choice",
    "Citation",
    "Decision",
    "Errs",
    "Id",
    "InOrder",
    "Input",
    "Lesson",
    "Line",
    "Mark",
    "Match",
    "MenuQuestion",
    "Mixup",
    "OneOf",
    "Option",
    "OptionQuestion",
    "Pair",
    "Question",
    "QuestionBase",
    "SeveralOf",
    "Step",
    "Strict",
    "Verdict",
    "Withdrawn",
    "Words",
]

Question = Annotated[OneOf | SeveralOf | InOrder | Match, Field(discriminator="kind")]
KINDS: dict[str, type[QuestionBase]] = {
    "one-of": OneOf,
    "several-of": SeveralOf,
    "in-order": InOrder,
    "match": Match,
}
