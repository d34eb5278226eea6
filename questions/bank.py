"""A bank: the files a module is made from, read strictly, with every fault told at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path

from pydantic import ValidationError

from questions.checks import check_module
from questions.findings import Finding, fault, read_toml, sentences, warning
from questions.kinds import Question
from questions.lint import lint, shares
from questions.local import merge
from questions.local_files import read_local
from questions.made_here import MadeHere, with_made_here
from questions.module import Module
from questions.place import Place
from questions.question_files import read_questions
from questions.register import Register, shipped_register
from questions.touching import DECISIONS, fitted, read_decisions, with_decisions

SHIPPED = Path(__file__).with_name("banks")


@dataclass(frozen=True)
class Bank:
    """One folder of questions as read: the module where it could be read at all, and findings."""

    id: str
    module: Module | None
    findings: tuple[Finding, ...]
    local_files: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True  # every question of it could be read
    national: Module | None = None  # as it was before the place changed it, where that was read
    is_changed_here: bool = False

    @property
    def has_faults(self) -> bool:
        """Whether anything here stops publishing."""
        return any(finding.level == "fault" for finding in self.findings)


def read_banks(
    folder: Path,
    place: Place,
    today: date,
    local: Path | None = None,
    register: Register | None = None,
    here: Mapping[str, MadeHere] | None = None,
) -> list[Bank]:
    """Every bank below a folder with the place's own changes; ids are unique over all.

    These are in the folder `local`, and `here` as they were made in the browser. What changed in
    sources is told by the shipped register, unless another is given.
    """
    register = register or shipped_register()
    if not folder.is_dir():
        return [
            _unreadable(folder.name, fault(folder.name, "", "file", "is not a folder of banks"))
        ]
    if (folder / "module.toml").is_file():
        alone = _with_here(_read_bank(folder, folder.name, {}), here or {})
        return [_fitted(alone, place, today, register)]
    folders = _folders(folder)
    if not folders:
        return [_unreadable(folder.name, fault(folder.name, "", "file", "holds no bank"))]
    if local is not None and not local.is_dir():
        # The national banks by themselves would take back all that the place has changed.
        words = "is not a folder: put the local banks there, or take QUIZBOT_LOCAL_BANKS away"
        return [_unreadable(local.name, fault(str(local), "", "file", words))]
    seen: dict[str, str] = {}
    banks = {path.name: _read_bank(path, path.name, seen) for path in folders}
    for path in _folders(local) if local is not None else ():
        shown = f"{path.parent.name}/{path.name}"
        bank = banks.get(path.name)
        if bank is not None:
            banks[path.name] = _with_local(bank, path, shown, seen)
        elif (path / "module.toml").exists():
            banks[path.name] = _read_bank(path, shown, seen)
        else:
            words = (
                f"there is no national module {path.name!r}, and no module.toml for one of its own"
            )
            banks[path.name] = _unreadable(path.name, fault(shown, "", "local", words))
    ours = {name: _with_here(bank, here or {}) for name, bank in banks.items()}
    return [_fitted(ours[name], place, today, register) for name in sorted(ours)]


def read_bank(folder: Path, place: Place, today: date, register: Register | None = None) -> Bank:
    """One bank by itself."""
    bank = _read_bank(folder, folder.name, {})
    return _fitted(bank, place, today, register or shipped_register())


def weighed(module: Module, place: Place, today: date, register: Register | None = None) -> Bank:
    """A module with what a place changed in it, as if its files had been read."""
    bank = Bank(module.id, module, (), is_changed_here=True)
    return linted(_fitted(bank, place, today, register or shipped_register()))


def linted(bank: Bank) -> Bank:
    """The same bank, with what breaks a rule of item writing."""
    if bank.module is None:
        return bank
    found = lint(bank.module, is_whole=bank.is_whole, is_changed_here=bank.is_changed_here)
    if bank.national is not None and bank.is_whole:
        found = chain(shares(bank.national), found)
    return _with(bank, found)


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")


def _with_here(bank: Bank, here: Mapping[str, MadeHere]) -> Bank:
    """The same bank with what was made of it in the browser; a file of the place wins."""
    if bank.module is None or bank.id not in here:
        return bank
    module, found = with_made_here(bank.module, here[bank.id], bank.local_files)
    findings = (*bank.findings, *found)
    return replace(_as_changed_here(bank), module=module, findings=findings)


def _as_changed_here(bank: Bank) -> Bank:
    """The same bank, with what it was before the place changed it."""
    return replace(bank, national=bank.national or bank.module, is_changed_here=True)


def _fitted(bank: Bank, place: Place, today: date, register: Register) -> Bank:
    """The same bank, with what does not fit together in it."""
    if bank.module is None:
        return bank
    module, told = fitted(bank.module, register, place.is_on)
    bank = _with(replace(bank, module=module), told)
    found = check_module(module, place, today, is_whole=bank.is_whole)
    if any(said.level == "fault" and said.rule in ("file", "toml") for said in bank.findings):
        # What stands in a file that cannot be read is not missing: that file is mended first.
        found = (said for said in found if said.question)
    return _with(bank, found)


def _with(bank: Bank, findings: Iterable[Finding]) -> Bank:
    """More findings, each with the local file where its question is in one."""
    told = (replace(f, file=bank.local_files.get(f.question, f.file)) for f in findings)
    return replace(bank, findings=(*bank.findings, *told))


def _unreadable(name: str, *findings: Finding) -> Bank:
    return Bank(name, None, findings)


def _read_bank(folder: Path, shown: str, seen: dict[str, str]) -> Bank:
    head_file = f"{shown}/module.toml"
    head = read_toml(folder / "module.toml", head_file)
    if isinstance(head, Finding):
        return _unreadable(folder.name, head)
    findings: list[Finding] = []
    questions: list[Question] = []
    files: dict[str, str] = {} if shown == folder.name else {"": head_file}
    for path in sorted(folder.iterdir()):
        if path.name in ("module.toml", DECISIONS) or path.name.startswith("."):
            continue
        file = f"{shown}/{path.name}"
        if path.suffix != ".toml":
            words = "does not belong in a bank: a bank holds module.toml and a file an objective"
            findings.append(warning(file, "", "file", words))
            continue
        found = read_questions(path, file, seen)
        read = [item for item in found if not isinstance(item, Finding)]
        questions += read
        findings += [item for item in found if isinstance(item, Finding)]
        if files:
            files |= dict.fromkeys((question.id for question in read), file)
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
        module, told = _decided(module, folder, shown)
        findings += told
    is_whole = not any(said.level == "fault" and said.question for said in findings)
    return Bank(folder.name, module, tuple(findings), files, is_whole)


def _decided(module: Module, folder: Path, shown: str) -> tuple[Module, list[Finding]]:
    """The module with what the folder's file decides of its questions."""
    path = folder / DECISIONS
    if not path.exists():
        return module, []
    decided, found = read_decisions(path, f"{shown}/{DECISIONS}")
    module, told = with_decisions(module, decided)
    return module, [*found, *told]


def _with_local(bank: Bank, folder: Path, shown: str, seen: dict[str, str]) -> Bank:
    """A national bank with what a place changes in it."""
    if (folder / "module.toml").exists():
        words = (
            "the national module has its own: take this file away, or give the folder a new name"
        )
        found = fault(f"{shown}/module.toml", "", "local", words)
        return replace(bank, findings=(*bank.findings, found))
    if bank.module is None:
        return bank
    local, findings = read_local(folder, shown, seen)
    module, told = merge(bank.module, local)
    module, decided = _decided(module, folder, shown)
    ours = {id_: file for id_, file in local.files.items() if id_ not in local.withdrawn_ids}
    all_told = (*bank.findings, *findings, *told, *decided)
    return replace(_as_changed_here(bank), module=module, findings=all_told, local_files=ours)
