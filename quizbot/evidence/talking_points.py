"""What to say about one objective in a conversation: every talk stands on its own. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from questions.kinds import Input, Question
from questions.module import Module
from quizbot.editions.feedback import SourceLine
from quizbot.rules.pick import Mode, may_ask

READ_TOGETHER = 4  # places
CONTAINED = 3  # sentences or so that a good answer has
# What only makes sense with choices beneath it is asked in open words instead.
_CLOSED = ("which", "these", "following", "order")
_RATHER_NOT = ("best", "step")  # makes sense without choices, though not as well


@dataclass(frozen=True)
class Talk:
    """One objective to talk about; `took` counts whom it was asked, `shown` who showed it.

    `contains` answers `ask` and speaks of no case; `listen_for` answers `then`, about the case
    that is printed. Of any other case nothing is said: nobody in the room knows who is in it.
    """

    title: str
    shown: int
    took: int
    ask: str
    contains: tuple[str, ...]
    scenario: str
    then: str
    listen_for: str
    read: tuple[SourceLine, ...]


def talk_about(module: Module, objective: str, shown: int, took: int, today: date) -> Talk:
    """What to ask, what a good answer contains, a case, and what to read."""
    questions = [
        question
        for question in module.questions
        if question.objective == objective and may_ask(question, Mode.ASSURED, today)
    ]
    title = module.objectives[objective]
    # What is best asked aloud first, and of that what is essential.
    questions.sort(key=lambda question: (_closeness(question), question.must_know is None))
    general = [question for question in questions if not question.scenario]
    asked = next((q for q in general if _closeness(q) == 0), None)
    told = next((q for q in questions if q.scenario), None)
    essentials = [
        point.says for point in module.must_knows.values() if point.objective == objective
    ]
    reasons = [question.because for question in general]
    contains = [*reasons[:1], *essentials, *reasons[1:]] if asked else [*essentials, *reasons]
    return Talk(
        title=title,
        shown=shown,
        took=took,
        ask=asked.ask if asked else _in_own_words(title),
        contains=tuple(dict.fromkeys(contains))[:CONTAINED],
        scenario=told.scenario if told else "",
        then=told.ask if told and _closeness(told) < 2 else "What would you do, and why?",
        listen_for=told.because if told else "",
        read=_read(module, [*general[:1], *([told] if told else []), *general[1:CONTAINED]]),
    )


def _in_own_words(objective: str) -> str:
    """An objective, which begins with a verb, as a question."""
    if objective.startswith("Know "):
        return f"Could you say in your own words {objective.removeprefix('Know ')}?"
    return f"How do you {objective[:1].lower()}{objective[1:]}?"


def _closeness(question: Question) -> int:
    """How far its words need the choices beneath it: 0 not at all, 2 make no sense without."""
    words = {word.strip("?.,:;’'").lower() for word in question.ask.split()}
    if question.input is Input.MENUS or words & set(_CLOSED):
        return 2
    return 1 if words & set(_RATHER_NOT) else 0


def _read(module: Module, questions: Iterable[Question]) -> tuple[SourceLine, ...]:
    lines = (
        SourceLine.of(module.sources[citation.id], citation.at)
        for question in questions
        for citation in question.sources
    )
    return tuple(dict.fromkeys(lines))[:READ_TOGETHER]
