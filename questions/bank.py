"""A bank: the files a module is made from, read strictly, with every fault told at once."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from questions.checks import check_module
from questions.findings import Finding, fault, read_toml, rules_and_sentences, sentences, warning
from questions.kinds import KINDS, Question, QuestionBase
from questions.lint import lint
from questions.module import Module
from questions.place import Place

SHIPPED = Path(__file__).with_name("banks")

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
_OURS = ("objective", "held", "slots_until")  # set here or when publishing, never in a file


@dataclass(frozen=True)
class Bank:
    """One folder of questions as read: the module where it could be read at all, and findings."""

    id: str
    module: Module | None
    findings: tuple[Finding, ...]

    @property
    def has_faults(self) -> bool:
        """Whether anything here stops publishing."""
        return any(finding.level == "fault" for finding in self.findings)


def read_banks(folder: Path, place: Place, today: date) -> list[Bank]:
    """Every bank below a folder, each read as far as it can be; ids are unique over all."""
    if not folder.is_dir():
        return [
            _unreadable(folder.name, fault(folder.name, "", "file", "is not a folder of banks"))
        ]
    folders = sorted(
        path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._"
    )
    if not folders:
        return [_unreadable(folder.name, fault(folder.name, "", "file", "holds no bank"))]
    seen: dict[str, str] = {}
    return [_read_bank(path, place, today, seen) for path in folders]


def read_bank(folder: Path, place: Place, today: date) -> Bank:
    """One bank by itself."""
    return _read_bank(folder, place, today, {})


def linted(bank: Bank) -> Bank:
    """The same bank, with what breaks a rule of item writing."""
    if bank.module is None:
        return bank
    return replace(bank, findings=(*bank.findings, *lint(bank.module)))


def _unreadable(name: str, *findings: Finding) -> Bank:
    return Bank(name, None, findings)


def _read_bank(folder: Path, place: Place, today: date, seen: dict[str, str]) -> Bank:
    head_file = f"{folder.name}/module.toml"
    head = read_toml(folder / "module.toml", head_file)
    if isinstance(head, Finding):
        return _unreadable(folder.name, head)
    findings: list[Finding] = []
    questions: list[Question] = []
    for path in sorted(folder.iterdir()):
        if path.name == "module.toml" or path.name.startswith("."):
            continue
        shown = f"{folder.name}/{path.name}"
        if path.suffix != ".toml":
            words = "does not belong in a bank: a bank holds module.toml and a file an objective"
            findings.append(warning(shown, "", "file", words))
            continue
        found = _read_questions(path, shown, seen)
        questions += [item for item in found if not isinstance(item, Finding)]
        findings += [item for item in found if isinstance(item, Finding)]
    module: Module | None = None
    extra = [name for name in ("id", "questions") if name in head]
    findings += [fault(head_file, "", "format", f"`{name}` is not a known field") for name in extra]
    head = {name: value for name, value in head.items() if name not in extra}
    try:
        module = Module.model_validate({**head, "id": folder.name})
    except ValidationError as error:
        said = (words.replace("`id`", "the folder's name") for words in sentences(error, Module))
        findings += [fault(head_file, "", "format", words) for words in said]
    if module is not None:
        module = module.model_copy(update={"questions": tuple(questions)})
        findings += check_module(module, place, today)
    return Bank(folder.name, module, tuple(findings))


def _read_questions(path: Path, shown: str, seen: dict[str, str]) -> list[Question | Finding]:
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
        found += _read_question(raw, f"question {number}", path.stem, shown, seen)
    return found


def _read_question(
    raw: Any, name: str, objective: str, shown: str, seen: dict[str, str]
) -> list[Question | Finding]:
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
