"""Modules, banks and places made up for tests: small, faultless, and changed where a test says."""

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from questions.bank import Bank
from questions.module import Module
from questions.panel import Kind, Readers, Result, as_toml, print_of
from questions.place import Place, Setting

TODAY = date(2026, 11, 21)
Content = dict[str, Any]

HEAD: Content = {
    "title": "Tea making",
    "edition": "2026.1",
    "summary": "How tea is made in this office.",
    "minutes": 5,
    "instructions": "Look it up if you like.\n\nThere is no time limit.",
    "questions_per_objective": 2,
    "pass_share": 0.75,
    "objective_minimum": 1,
    "retake_after_hours": 0,
    "objectives": {"water": "Know how hot the water is", "leaves": "Know how long leaves stay"},
    "must_knows": {"boil": {"objective": "water", "says": "Water for tea boils"}},
    "misconceptions": {"lukewarm": "Lukewarm water will do", "forever": "Leaves stay in for ever"},
    "sources": {"pot": {"title": "The office pot", "edition": "second", "publisher": "The office"}},
    "changes": [{"edition": "2026.1", "date": TODAY, "what": "First edition."}],
}


def question(id_: str, **changes: Any) -> Content:
    """A one-of question, right at `b`, with whatever is changed; None takes a field away."""
    made: Content = {
        "id": id_,
        "kind": "one-of",
        "level": "apply",
        "authority": "local",
        "facts": ["T1"],
        "since": "2026.1",
        "review_by": date(2027, 6, 30),
        "sensitive": "none",
        "ask": f"What do you do about {id_}?",
        "because": f"Because of {id_}.",
        "sources": [{"id": "pot", "at": "not numbered"}],
        "option": [
            {
                "text": "Leave it",
                "misconception": "lukewarm",
                "errs": "less",
                "why": "It gets cold.",
            },
            {"text": "Boil it", "right": True, "why": "It gets hot."},
            {
                "text": "Forget it",
                "misconception": "forever",
                "errs": "more",
                "why": "It gets bitter.",
            },
        ],
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def questions() -> dict[str, list[Content]]:
    """Enough for two whole attempts, by objective: the file each would be in."""
    return {
        "water": [
            *(question(f"water-boil-{n}", must_know="boil") for n in (1, 2)),
            *(question(f"water-{n}") for n in (1, 2)),
        ],
        "leaves": [question(f"leaves-{n}") for n in (1, 2, 3, 4)],
    }


def module(by_objective: Mapping[str, list[Content]] | None = None, **changes: Any) -> Module:
    """A module as if read from files."""
    asked = [
        {**deepcopy(one), "objective": objective}
        for objective, several in (by_objective or questions()).items()
        for one in several
    ]
    return Module.model_validate({"id": "tea", **deepcopy(HEAD), **changes, "questions": asked})


def bank(**changes: Any) -> Bank:
    """The same as a bank without a fault."""
    made = module(**changes)
    return Bank(made.id, made, ())


def write_bank(
    folder: Path,
    by_objective: Mapping[str, list[Content]] | None = None,
    **changes: Any,
) -> Path:
    """A folder of banks with one bank `tea` in it; the folder."""
    bank = folder / "tea"
    bank.mkdir(parents=True, exist_ok=True)
    head = {name: value for name, value in {**HEAD, **changes}.items() if value is not None}
    (bank / "module.toml").write_text(toml(head), encoding="utf-8")
    for objective, several in (by_objective or questions()).items():
        text = toml({"question": several})
        (bank / f"{objective}.toml").write_text(text, encoding="utf-8")
    return folder


def toml(content: Content) -> str:
    """Content as TOML, all of it in one line a field: read by a machine, not by a person."""
    return "".join(f"{name} = {_value(value)}\n" for name, value in content.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value)


def _key(name: str) -> str:
    return json.dumps(name)


def readings(module: Module, folder: Path, of_ten: Mapping[Kind, int]) -> Path:
    """Ten readings a question by each kind of reader, so many of them right; the folder."""
    kept = [
        Readers(
            kind=kind,
            rule="Whatever is kindest" if kind is Kind.RULE else "",
            who="language models",
            edition=module.edition,
            read_on=TODAY,
            sheets=("first", "second"),
            results=tuple(
                Result(question=q.id, print=print_of(q, kind), read=10, right=right)
                for q in module.asked
            ),
        )
        for kind, right in of_ten.items()
    ]
    folder.mkdir(exist_ok=True)
    (folder / f"{module.id}.toml").write_text(as_toml(kept), encoding="utf-8")
    return folder


def place(**settings: Any) -> Place:
    """A place with these settings; a value may come with the day until which it stands."""
    made = {}
    for name, given in settings.items():
        value, review_by = given if isinstance(given, tuple) else (given, date(2030, 1, 1))
        kind = "switch" if isinstance(value, bool) else "text"
        made[name] = Setting(
            type=kind,  # type: ignore[arg-type]
            value=value,
            owner="tea.lady@northmoor.example",
            review_by=review_by,
        )
    return Place(made)
