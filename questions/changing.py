"""Every change weighed against the banks: what it touches, what is undecided, whom it could ask."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from questions.findings import Finding, warning
from questions.kinds import Question, Verdict
from questions.module import Module
from questions.register import ChangeKind, Register, RuleChange
from questions.touching import (
    DECISIONS,
    OWN,
    Touch,
    cites_place,
    decision_of,
    document_of,
    lacks,
    own_questions,
    touch,
    why_nobody,
)


@dataclass(frozen=True)
class TouchedQuestion:
    """A question that a change touches, and what was decided of it."""

    module: str
    question: Question
    how: Touch
    verdict: Verdict | None
    why: str


@dataclass(frozen=True)
class Weighed:
    """One change as it stands today in one place."""

    change: RuleChange
    starts_on: date | None
    touched: tuple[TouchedQuestion, ...]
    asked_in: str  # the module that has its own questions
    own: tuple[str, ...]
    asks_nobody: tuple[str, ...]  # why; empty where a lead may ask people

    @property
    def undecided(self) -> tuple[TouchedQuestion, ...]:
        """The questions of which nobody has decided whether they stand."""
        return tuple(one for one in self.touched if one.verdict is None)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What has to be looked up or written before anybody can be asked."""
        return tuple(lacks(self.change, self.own))

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules in which somebody's pass can rest on it."""
        answers = (one.module for one in self.touched if one.how is Touch.ANSWER)
        return tuple(dict.fromkeys(answers))


def weigh(
    change: RuleChange, modules: Sequence[Module], is_on: Callable[[str], bool], today: date
) -> Weighed:
    """What a change does to these modules."""
    starts_on = change.starts_on(is_on)
    asked_in, own = own_questions(change, modules)
    return Weighed(
        change=change,
        starts_on=starts_on,
        touched=tuple(_touched(change, modules)),
        asked_in=asked_in if own else "",
        own=own,
        asks_nobody=tuple(why_nobody(change, own, starts_on, today)),
    )


def _touched(change: RuleChange, modules: Sequence[Module]) -> Iterator[TouchedQuestion]:
    for module in modules:
        for question in module.questions:
            how = touch(change, question, module.sources)
            if how is not None:
                decision = decision_of(question, change.id)
                verdict, why = (decision.verdict, decision.why) if decision else (None, "")
                yield TouchedQuestion(module.id, question, how, verdict, why)


def findings(
    register: Register, weighed: Sequence[Weighed], modules: Sequence[Module]
) -> Iterator[Finding]:
    """What is wrong with the register, and what in it nothing rests on or nobody has done yet."""
    yield from register.findings
    cited = {
        document_of(citation.id, module.sources)
        for module in modules
        for question in module.asked
        for citation in question.sources
    }
    waiting = {one.change.source for one in weighed if one.change.kind is ChangeKind.FUTURE}
    for name in register.sources.keys() - cited - waiting:
        yield warning(f"sources/{name}.toml", "", "source", "no question cites it")
    for one in weighed:
        file = register.files[one.change.id]
        for words in _idle(one, modules):
            yield warning(file, one.change.id, "change", words)
        for touched in one.undecided:
            if one.starts_on is not None and not touched.question.withdrawn:
                words = (
                    f"{touched.question.id} in {touched.module} is undecided: add a [[decision]]"
                )
                yield warning(file, one.change.id, "change", f"{words} to its {DECISIONS}")


def _idle(one: Weighed, modules: Sequence[Module]) -> Iterator[str]:
    change = one.change
    if change.kind is ChangeKind.FUTURE:
        return
    for place in change.at:
        if not any(
            cites_place(question, change.source, place, module.sources)
            for module in modules
            for question in module.asked
        ):
            yield f"no question cites {change.source}, {place}: correct the place, or leave it out"
    if not one.touched:
        yield "it touches no question: nobody's pass rests on it, and nobody is told of it"
    elif change.kind.may_ask and change.doubt.is_small and len(one.own) < OWN:
        yield (
            f"{len(one.own)} of its own questions tell who knows the new rule from who knew the"
            f" old: write {OWN} in one module, each with an option of the old rule"
        )
