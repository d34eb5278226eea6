"""A small bank that breaks no rule, and ways to break it."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from questions.bank import Bank, linted, read_bank
from questions.place import SHIPPED, Place, read_place
from tests import made

TODAY = date(2026, 11, 21)
OPTIONS = (
    "Ring the front door today, and give them the facts.",
    "Wait for the next review, and see how she is then.",
    "Speak to her mother tonight, and ask for a reason.",
    "Leave it to her teacher, and offer help if asked.",
)
WHYS = (
    "The team can look at this today, and you have the facts that it needs.",
    "A review may be months away. She would go to bed hungry until then.",
    "A talk can help later on. It may also put pressure on the child tonight.",
    "Her teacher did not hear it. You did, so it is yours to pass on.",
)
QUESTION: Mapping[str, Any] = {
    "id": "sample",
    "kind": "one-of",
    "level": "apply",
    "authority": "good-practice",
    "facts": ["R1"],
    "since": "2026.1",
    "review_by": TODAY.replace(year=2027),
    "sensitive": "none",
    "scenario": "You are a school nurse. Priya, aged 8, says that she goes to bed hungry on most"
    " days. Her mother works at night.",
    "ask": "What should you do FIRST?",
    "because": "A child who goes hungry needs help now, and a call today starts it.",
    "sources": [{"id": "guide", "at": "not numbered"}],
}
HEAD: Mapping[str, Any] = {
    "title": "A sample",
    "edition": "2026.1",
    "summary": "What to do when a child says that something is wrong.",
    "minutes": 5,
    "instructions": "Take your time.",
    "questions_per_objective": 1,
    "pass_share": 0.8,
    "objective_minimum": 1,
    "retake_after_hours": 0,
    "objectives": {"act": "Act on what a child says"},
    "misconceptions": {"it-can-wait": "It can wait"},
    "sources": {
        "guide": {"title": "A guide", "edition": "2026", "publisher": "Northmoor"},
        "an-act": {"title": "An Act", "edition": "2004", "publisher": "A house", "kind": "act"},
        "the-guidance": {
            "title": "Its guidance",
            "edition": "2026",
            "publisher": "A department",
            "kind": "guidance",
        },
    },
    "changes": [{"edition": "2026.1", "date": TODAY, "what": "First edition."}],
}


def question(**changes: Any) -> dict[str, Any]:
    """The sample question, changed: `options` and `whys` are texts, the first `right` ones right.

    `errs` are the sides on which the wrong ones err.
    A change to None takes the field away.
    """
    options = changes.pop("options", OPTIONS)
    whys = changes.pop("whys", WHYS)
    right = changes.pop("right", 1)
    beliefs = changes.pop("beliefs", True)
    errs = changes.pop("errs", ("less", "more", "less"))
    made = {**QUESTION, **changes}
    if made["kind"] in ("one-of", "several-of") and "option" not in changes:
        made["option"] = [
            {"text": text, "why": why, "right": True}
            if number < right
            else {"text": text, "why": why, "errs": errs[(number - right) % len(errs)]}
            | ({"misconception": "it-can-wait"} if beliefs else {})
            for number, (text, why) in enumerate(zip(options, whys, strict=False))
        ]
    return {name: value for name, value in made.items() if value is not None}


def in_order(*texts: str, **changes: Any) -> dict[str, Any]:
    """A question with steps to put in order."""
    steps = [{"text": text, "why": WHYS[at % 4]} for at, text in enumerate(texts)]
    mixup = [{"swap": [1, 2], "misconception": "it-can-wait"}]
    given = {"kind": "in-order", "step": steps, "mixup": mixup, **changes}
    return question(ask="In what order do these things happen?", **given)


def match(*pairs: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """A question with pairs to put together."""
    made = [
        {"left": pair[0], "right": pair[1], "why": WHYS[at % 4]} for at, pair in enumerate(pairs)
    ]
    mixup = [{"swap": [1, 2], "misconception": "it-can-wait"}]
    given = {"kind": "match", "pair": made, "mixup": mixup, **changes}
    return question(ask="Who does each of these things?", **given)


def as_toml(table: Mapping[str, Any], path: str = "") -> str:
    """Enough of TOML for a bank: values first, then the tables below them."""
    deeper = {
        name: value
        for name, value in table.items()
        if isinstance(value, Mapping) or (_is_tables(value) and name != "sources")
    }
    lines = [f"{name} = {_value(v)}\n" for name, v in table.items() if name not in deeper]
    for name, value in deeper.items():
        for inner in value if isinstance(value, list) else [value]:
            head = f"[[{path}{name}]]" if isinstance(value, list) else f"[{path}{name}]"
            lines.append(f"\n{head}\n{as_toml(inner, f'{path}{name}.')}")
    return "".join(lines)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _value(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_value(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)


def write_bank(folder: Path, *questions: Mapping[str, Any], **head: Any) -> Path:
    """A bank's two files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "module.toml").write_text(as_toml({**HEAD, **head}), "utf-8")
    (folder / "act.toml").write_text(as_toml({"question": list(questions)}), "utf-8")
    return folder


def the_place() -> Place:
    """The shipped place."""
    return read_place(SHIPPED, TODAY)[0]


def checked(folder: Path, *questions: Mapping[str, Any], **head: Any) -> Bank:
    """A bank of some questions, written, read and linted."""
    return linted(read_bank(write_bank(folder, *questions, **head), the_place(), TODAY))


def easy():
    """The questions of tea, of which the right answer is always the longest."""
    by_objective = made.questions()
    for one in (one for several in by_objective.values() for one in several):
        one.pop("must_know", None)
        one["option"][1]["text"] = "Boil it for as long as it takes, and then a little longer"
    return by_objective
