"""Files of questions: each question read strictly, with every fault told at once."""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from questions.findings import Finding, fault, read_toml, rules_and_sentences
from questions.kinds import KINDS, Question, QuestionBase

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
_OURS = (
    "objective",
    "held",
    "slots_until",
    "undecided_from",
)  # set here or when publishing, never in a file


def read_questions(path: Path, shown: str, seen: dict[str, str]) -> list[Question | Finding]:
    """Every question of a file, and what is wrong with the others."""
    content = read_toml(path, shown)
    if isinstance(content, Finding):
        return [content]
    raws = content.pop("question", [])
    found: list[Question | Finding] = [
        fault(shown, "", "format", f"`{name}` is not a known field: a file holds [[question]] only")
        for name in content
    ]
    if not isinstance(raws, list) or not raws:
        return [*found, fault(shown, "", "format", "holds no [[question]]")]
    for number, raw in enumerate(raws, 1):
        found += read_question(raw, f"question {number}", path.stem, shown, seen)
    return found


def read_question(
    raw: Any, name: str, objective: str, shown: str, seen: dict[str, str]
) -> list[Question | Finding]:
    """One question as written, or what is wrong with it; `seen` has the ids of all others."""
    if not isinstance(raw, dict):
        return [fault(shown, name, "format", "is not a question: write [[question]] above it")]
    name = raw["id"] if isinstance(raw.get("id"), str) else name
    found: list[Question | Finding] = [
        fault(shown, name, "format", f"`{field}` is not a known field: remove it")
        for field in _OURS
        if field in raw
    ]
    try:
        rest = {field: value for field, value in raw.items() if field not in _OURS}
        question = _QUESTION.validate_python({**rest, "objective": objective})
    except ValidationError as error:
        model = KINDS.get(str(raw.get("kind")), QuestionBase)
        said = rules_and_sentences(error, model)
        return [*found, *(fault(shown, name, rule, words) for rule, words in said)]
    if question.id in seen:
        words = f"this id is already used in {seen[question.id]}: ids are unique over all modules"
        found.append(fault(shown, name, "id", f"{words}, and never used again"))
    where = f"{shown}, where it is withdrawn" if question.withdrawn else shown
    seen.setdefault(question.id, where)
    return [*found, question]
