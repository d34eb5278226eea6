"""Which questions a change touches, what was decided of each, and which are the change's own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations
from pathlib import Path

from pydantic import Field, ValidationError

from questions.findings import Finding, fault, read_toml, sentences, warning
from questions.kinds import Decision, Id, OptionQuestion, Question, Strict, Verdict, Words
from questions.lint.mix import has_place
from questions.module import Module, Source
from questions.register import HERE, Register, RuleChange

DECISIONS = "decisions.toml"
OLD_RULE = "the-old-rule"  # the belief of whoever learned a rule before it changed
OLD_RULE_SAYS = "What was right before the rule changed is right still"
OWN = 2  # questions that a change needs in one module before anybody is asked for it


class Touch(StrEnum):
    """How a question rests on what changed."""

    ANSWER = "answer"
    MENTION = "mention"


@dataclass(frozen=True)
class Decided:
    """A verdict on one question, with the file that gives it."""

    question: str
    decision: Decision
    file: str


class _Entry(Strict):
    """A decision as a file has it, of one question or of several for one reason."""

    change: Id
    verdict: Verdict = Field(strict=False)
    why: Words
    questions: tuple[Id, ...] = Field(strict=False, min_length=1)


def touch(change: RuleChange, question: Question, sources: Mapping[str, Source]) -> Touch | None:
    """Whether a question's answer rests on what changed, or it only speaks of it."""
    facts = {*question.facts}
    if (
        facts & {*change.facts}
        or question.id in change.questions
        or any(cites_place(question, change.source, place, sources) for place in change.at)
        or _is_written_for(change, question, sources)
    ):
        return Touch.ANSWER
    return Touch.MENTION if facts & {*change.cites} else None


def _is_written_for(change: RuleChange, question: Question, sources: Mapping[str, Source]) -> bool:
    """Whether a question that came later asks for a change which names its questions one by one."""
    return (
        bool(change.questions)
        and is_own(question, change.id)
        and any(document_of(cited.id, sources) == change.source for cited in question.sources)
    )


def cites_place(
    question: Question, document: str, place: str, sources: Mapping[str, Source]
) -> bool:
    """Whether a question cites a document of the register at a place, or at a part of it."""
    return any(
        _is_within(citation.at, place) and document_of(citation.id, sources) == document
        for citation in question.sources
    )


def document_of(id_: str, sources: Mapping[str, Source]) -> str:
    """The document of the register that a source stands for, or its own name."""
    source = sources.get(id_)
    return source.document.id if source and source.document else id_


def _is_within(cited: str, place: str) -> bool:
    """Whether a citation is of this place or of a part of it: s.16LA(1), and not s.16LAB."""
    return has_place(cited) and cited.startswith(place) and not cited[len(place) :][:1].isalnum()


def touched(change: RuleChange, module: Module) -> dict[str, Touch]:
    """The questions of a module that a change touches, withdrawn ones too, by id."""
    found = ((q.id, touch(change, q, module.sources)) for q in module.questions)
    return {id_: how for id_, how in found if how is not None}


def decision_of(question: Question, change_id: str) -> Decision | None:
    """What was decided of a question for a change."""
    return next((one for one in question.decisions if one.change == change_id), None)


def is_own(question: Question, change_id: str) -> bool:
    """Whether a question asks for the new rule: who has it right knows what changed."""
    decision = decision_of(question, change_id)
    return decision is not None and decision.verdict in (Verdict.NEW, Verdict.REVISED)


def tells_apart(question: Question, change_id: str) -> bool:
    """Whether it tells who knows the new rule from who knew the old one."""
    return (
        question.withdrawn is None
        and is_own(question, change_id)
        and isinstance(question, OptionQuestion)
        and OLD_RULE in question.beliefs()
    )


def own_questions(change: RuleChange, modules: Iterable[Module]) -> tuple[str, tuple[str, ...]]:
    """The module that has most of a change's telling questions, and which; nothing with none."""
    found = [
        (module.id, tuple(q.id for q in module.asked if tells_apart(q, change.id)))
        for module in modules
    ]
    return max(found, key=lambda one: len(one[1]), default=("", ()))


def why_nobody(
    change: RuleChange, own: Sequence[str], starts_on: date | None, today: date
) -> Iterator[str]:
    """Everything that keeps people from being asked for a change; nothing where they may be."""
    if not change.kind.may_ask:
        yield f"it is {change.kind}: nobody's answer became wrong"
        return
    if starts_on is None or starts_on > today:
        yield "it is not in force here"
    if not change.doubt.is_small:
        yield f"there is doubt of the change ({change.doubt}): a lead reads the text and signs"
    yield from lacks(change, own)


def lacks(change: RuleChange, own: Sequence[str]) -> Iterator[str]:
    """What has to be looked up or written before anybody can be asked, whoever has read what."""
    if not change.date_doubt.is_small:
        yield f"there is doubt of its date ({change.date_doubt}): look it up"
    if len(own) < OWN:
        count = "no question" if not own else "one question"
        yield f"it has {count} of its own that tells the new rule from the old: write {OWN}"


def read_decisions(path: Path, shown: str) -> tuple[list[Decided], list[Finding]]:
    """What a file decides, question by question."""
    content = read_toml(path, shown)
    if isinstance(content, Finding):
        return [], [content]
    raws = content.pop("decision", [])
    findings = [
        fault(shown, "", "format", f"`{name}` is not a known field: a file holds [[decision]] only")
        for name in content
    ]
    if not isinstance(raws, list) or not raws:
        return [], [*findings, fault(shown, "", "format", "holds no [[decision]]")]
    found: list[Decided] = []
    for number, raw in enumerate(raws, 1):
        try:
            entry = _Entry.model_validate(raw)
        except ValidationError as error:
            said = sentences(error, _Entry)
            findings += [fault(shown, f"decision {number}", "format", words) for words in said]
            continue
        decision = Decision(change=entry.change, verdict=entry.verdict, why=entry.why)
        found += [Decided(id_, decision, shown) for id_ in entry.questions]
    return found, findings


def with_decisions(module: Module, decided: Sequence[Decided]) -> tuple[Module, list[Finding]]:
    """The module with each decision at its question."""
    questions = {question.id: question for question in module.questions}
    findings: list[Finding] = []
    for one in decided:
        question, change = questions.get(one.question), one.decision.change
        if question is None:
            words = f"decides for {change}, and there is no question of this id here"
            findings.append(fault(one.file, one.question, "decision", words))
        elif decision_of(question, change):
            words = f"{change} is decided twice for this question: keep one of the two"
            findings.append(fault(one.file, one.question, "decision", words))
        else:
            given = {"decisions": (*question.decisions, one.decision)}
            questions[one.question] = question.model_copy(update=given)
    return module.model_copy(update={"questions": tuple(questions.values())}), findings


def fitted(
    module: Module, register: Register, is_on: Callable[[str], bool]
) -> tuple[Module, list[Finding]]:
    """The module with what it takes from the register, and since when its questions wait."""
    sources, found = _sources(module, register)
    beliefs = module.misconceptions
    if any(OLD_RULE in question.beliefs() for question in module.questions):
        beliefs = {OLD_RULE: OLD_RULE_SAYS, **beliefs}
    module = module.model_copy(update={"sources": sources, "misconceptions": beliefs})
    findings = [*found, *_decided_wrongly(module, register)]
    questions: list[Question] = []
    for question in module.questions:
        waits = [
            (starts_on, change.id)
            for change in register.changes.values()
            if touch(change, question, sources) and decision_of(question, change.id) is None
            if (starts_on := change.starts_on(is_on)) is not None
        ]
        questions.append(question)
        if waits and question.withdrawn is None:
            day, _ = min(waits)
            questions[-1] = question.model_copy(update={"undecided_from": day})
            names = ", ".join(sorted(name for _, name in waits))
            words = (
                f"rests on what changed ({names}), and nobody has decided whether it stands: until"
                f" then it does not count. Add a [[decision]] to {DECISIONS}"
            )
            shown = f"{module.id}/{question.objective}.toml"
            findings.append(warning(shown, question.id, "change", words))
    return module.model_copy(update={"questions": tuple(questions)}), findings


def _sources(module: Module, register: Register) -> tuple[dict[str, Source], list[Finding]]:
    """The module's own sources and those that its questions cite from the register."""
    head = f"{module.id}/module.toml"
    sources, findings = dict(module.sources), []
    for name, source in module.sources.items():
        if name in register.sources:
            words = f"source {name!r} is in the register: take it away here, or give it a new name"
            findings.append(fault(head, "", "source", words))
        if source.document is None:
            continue
        document = register.sources.get(source.document.id)
        if document is None:
            words = f"source {name!r} names {source.document.id!r}, which is not in the register"
            findings.append(fault(head, "", "source", words))
        elif document.edition(source.document.edition) is None:
            known = ", ".join(one.label for one in document.editions)
            words = f"source {name!r} names an edition that {document.id} does not have: {known}"
            findings.append(fault(head, "", "source", words))
    for question in module.questions:
        for citation in question.sources:
            if citation.id not in sources and citation.id in register.sources:
                sources[citation.id] = register.sources[citation.id].as_source()
    return sources, findings


def _decided_wrongly(module: Module, register: Register) -> Iterator[Finding]:
    for question in module.questions:
        shown = f"{module.id}/{question.objective}.toml"
        for decision in question.decisions:
            change = register.changes.get(decision.change)
            if change is None and decision.change.startswith(HERE):
                words = (
                    f"decides for {decision.change!r}, which was entered elsewhere or taken back:"
                    " it counts for nothing here"
                )
                yield warning(shown, question.id, "decision", words)
            elif change is None:
                words = f"decides for {decision.change!r}, which is no change of the register"
                yield fault(shown, question.id, "decision", words)
            elif touch(change, question, module.sources) is None:
                words = f"decides for {change.id}, which does not touch it: take the decision away"
                yield fault(shown, question.id, "decision", words)
            elif decision.verdict is Verdict.WITHDRAWN and question.withdrawn is None:
                words = f"is decided withdrawn for {change.id}, and is asked: withdraw it"
                yield fault(shown, question.id, "decision", words)
        yield from _in_circles(question, register, shown)


def _in_circles(question: Question, register: Register, shown: str) -> Iterator[Finding]:
    """Two changes of one answer, of which a question would ask both: what one made right, the other
    made wrong."""
    own = [
        register.changes[decision.change]
        for decision in question.decisions
        if decision.change in register.changes and is_own(question, decision.change)
    ]
    for first, second in combinations(own, 2):
        is_one_answer = {*first.facts} & {*second.facts} or (
            first.source == second.source and {*first.at} & {*second.at}
        )
        if is_one_answer and first.in_force != second.in_force:
            words = (
                f"asks for the new rule of {first.id} and of {second.id}, which change one answer"
                " after the other, so that its decisions go in a circle: decide `stands` or"
                " `withdrawn` for the earlier"
            )
            yield fault(shown, question.id, "decision", words)
