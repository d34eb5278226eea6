"""Questions of every kind with everything that a bank can say of one, and modules of them."""

from typing import Any

from pydantic import TypeAdapter

from questions.kinds import Question
from questions.module import Module
from tests.gate.samples import HEAD

QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
BESIDE: dict[str, Any] = {
    "level": "apply",
    "authority": "good-practice",
    "must_know": "ring-first",
    "facts": ["R1", "R2"],
    "since": "2026.1",
    "review_by": "2027-06-30",
    "sensitive": "mild",
    "needs": ["is.duty_in_force"],
    "scenario": "You are a school nurse. Priya, aged 8, is hungry.",
    "ask": "What should you do FIRST?",
    "because": "A call today starts help.",
    "sources": [{"id": "guide", "at": "2.1"}, {"id": "an-act", "at": "s.17(1)"}],
    "lesson": {"review": "Child Q, 2021", "at": "4.2", "says": "Somebody has to ring."},
    "check": "Confirm who answers.",
    "not_with": ["other-question"],
    "twin": "her-twin",
    "quiet": True,
    "allow": {"W09": "The story turns on it."},
    "withdrawn": None,
    "decision": [{"change": "k1-new-rule", "verdict": "stands", "why": "It says the same."}],
}
MIXUP = [{"swap": [1, 2], "misconception": "it-can-wait", "errs": "less"}]
OPTIONS: list[dict[str, Any]] = [
    {"text": "Ring the front door.", "why": "They can look today.", "right": True},
    {"text": "Wait for a review.", "why": "It is months away.", "misconception": "it-can-wait",
     "errs": "less"},
    {"text": "Ask a neighbour.", "why": "They need not know.", "misconception": "it-can-wait",
     "errs": "more"},
]  # fmt: skip
PARTS: dict[str, dict[str, Any]] = {
    "one-of": {"option": OPTIONS},
    "several-of": {
        "option": [
            *(
                {**OPTIONS[0], "missed": "it-can-wait", "text": text}
                for text in ("Ring.", "Write.")
            ),
            *OPTIONS[1:],
        ]
    },
    "in-order": {
        "step": [
            {"text": text, "why": f"{text} That is why."} for text in ("Ask.", "Ring.", "Write.")
        ],
        "mixup": MIXUP,
    },
    "match": {
        "pair": [
            {"left": left, "right": right, "why": f"{left} does it."}
            for left, right in (("Police", "Protect"), ("Health", "Examine"), ("School", "Teach"))
        ],
        "mixup": MIXUP,
    },
}


def question(kind: str = "one-of", **changes: Any) -> Question:
    """A question of a kind with every field filled; a change to None takes a field away."""
    made = {"id": f"sample-{kind}", "kind": kind, **BESIDE, **PARTS[kind], **changes}
    given = {name: value for name, value in made.items() if value is not None}
    return QUESTION.validate_python({**given, "objective": "act"})


def module(*questions: Question) -> Module:
    """A module of some questions."""
    made = Module.model_validate({**HEAD, "id": "sample"})
    return made.model_copy(update={"questions": questions})


def the_four() -> Module:
    """A module with a question of each kind."""
    return module(*(question(kind) for kind in PARTS))
