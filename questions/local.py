"""A place's own changes to a national bank: added, replaced and withdrawn, merged three ways."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from questions.findings import Finding, fault, warning
from questions.kinds import Id, Question, Strict, Withdrawn, Words
from questions.module import Module, Source
from questions.twins import groups, same_options

UNDECIDED = (
    "The national bank has changed this question since the local one was made: decide which stands."
)


class Withdrawal(Strict):
    """A national question that is not asked here, and why."""

    id: Id
    why: Words


@dataclass(frozen=True)
class Replacement:
    """A question asked here instead of the national one of its id, as that stood at `base`."""

    question: Question
    base: str


@dataclass(frozen=True)
class Local:
    """What a place changes in one national module, with the file of each id, belief and source."""

    files: Mapping[str, str]
    added: tuple[Question, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    withdrawn: tuple[Withdrawal, ...] = ()
    misconceptions: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def withdrawn_ids(self) -> set[str]:
        """The national questions that are not asked here."""
        return {withdrawal.id for withdrawal in self.withdrawn}


# What is looked after from year to year, or says how a question stands among others; a replacement
# stays as right as it was.
_UPKEEP: dict[str, Any] = {
    **dict.fromkeys(("review_by", "since", "allow", "twin", "quiet"), True),
    **dict.fromkeys(("decisions", "undecided_from"), True),
    "options": {"__all__": {"errs"}},
    "mixups": {"__all__": {"errs"}},
}


def fingerprint(question: Question) -> str:
    """Twelve letters and digits that change with anything people read or are marked by."""
    packed = question.model_dump_json(by_alias=True, exclude_defaults=True, exclude=_UPKEEP)
    return hashlib.sha256(packed.encode()).hexdigest()[:12]


def merge(module: Module, local: Local) -> tuple[Module, list[Finding]]:
    """The national module with what the place changes, and what a person has to decide.

    Where both have changed a question, the national one stays and does not count until somebody has
    decided: the local words may be against a new law, and the national ones against a local rule.
    """
    questions = {question.id: question for question in module.questions}
    findings: list[Finding] = []
    for replacement in local.replaced:
        id_ = replacement.question.id
        stands, found = _replaced(questions.get(id_), replacement, local.files[id_])
        findings += found
        if stands is not None:
            questions[id_] = stands
    for withdrawal in local.withdrawn:
        file, national = local.files[withdrawal.id], questions.get(withdrawal.id)
        if national is None:
            findings.append(fault(file, withdrawal.id, "local", _not_there("withdraws")))
        elif national.withdrawn:
            words = "is withdrawn in the national bank too: this [[withdraw]] can go"
            findings.append(warning(file, withdrawal.id, "local", words))
        else:
            gone = Withdrawn(edition=module.edition, why=withdrawal.why)
            questions[withdrawal.id] = national.model_copy(update={"withdrawn": gone})
    questions = _twins_apart(module, questions)
    names, found = _names(module, local)
    merged = (*questions.values(), *local.added)
    return module.model_copy(update={**names, "questions": merged}), [*findings, *found]


def _twins_apart(national: Module, questions: dict[str, Question]) -> dict[str, Question]:
    """Twins of a question that has other options here stay twins of each other, and not of it."""
    found, others = dict(questions), set()
    for original in national.questions:
        ours = questions[original.id]
        if ours.twin is None and same_options(original, ours):
            found[original.id] = ours.model_copy(update={"twin": original.twin})
        elif ours.twin is None:
            others.add(original.id)
    for group in {*groups(national.questions).values()}:
        members = sorted(group - others)
        if members != sorted(group):
            links = dict.fromkeys(members[1:], members[0]) | dict.fromkeys(members[:1])
            for id_, twin in links.items():
                found[id_] = found[id_].model_copy(update={"twin": twin})
    return found


def _replaced(
    national: Question | None, replacement: Replacement, file: str
) -> tuple[Question | None, list[Finding]]:
    ours = replacement.question
    if national is None:
        return None, [fault(file, ours.id, "local", _not_there("replaces"))]
    stands = fingerprint(national)
    if stands == fingerprint(ours):
        words = "is the same in the national bank now: this [[replace]] can go"
        return national, [warning(file, ours.id, "local", words)]
    if stands == replacement.base:
        return ours, []
    if not replacement.base:
        words = f'does not say what it was made from: add base = "{stands}" to this [[replace]]'
        return national, [fault(file, ours.id, "local", words)]
    if national.withdrawn:
        words = (
            "conflict: the national bank has withdrawn this question"
            f" ({national.withdrawn.why.rstrip('.')}), so it is not asked. To ask yours all the"
            " same, add it as a [[question]] with an id of its own; else take this [[replace]] away"
        )
        return national, [warning(file, ours.id, "conflict", words)]
    words = (
        "conflict: the national bank has changed this question since yours was made from"
        f" {replacement.base}. The national one is asked, in practice only, until you decide."
        f' To keep yours, compare the two and set base = "{stands}"; to take the national one,'
        " take this [[replace]] away"
    )
    check = f"{UNDECIDED} {national.check}".rstrip()
    return national.model_copy(update={"check": check}), [warning(file, ours.id, "conflict", words)]


def _not_there(does: str) -> str:
    return f"{does} what is not there: the national module has no question of this id"


def _names(module: Module, local: Local) -> tuple[dict[str, Any], list[Finding]]:
    """The module's beliefs and sources with the place's own; the national ones are not changed."""
    beliefs, sources = local.misconceptions, local.sources
    findings = [
        fault(
            local.files[f"{kind} {name}"],
            "",
            "local",
            f"{kind} {name!r} is in the national module already",
        )
        for kind, names, known in (
            ("misconception", beliefs, module.misconceptions),
            ("source", sources, module.sources),
        )
        for name in names
        if name in known
    ]
    merged = {
        "misconceptions": {**beliefs, **module.misconceptions},
        "sources": {**sources, **module.sources},
    }
    return merged, findings
