"""Two figures of a module: how often somebody passes who does not know, and somebody who does.

From readers' shares, the real plans and the real pass rule: attempts are drawn as people's are, and
each question is right as often as such readers had it right.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from questions.kinds import Question
from questions.module import Module
from questions.panel import SHIPPED as PANEL
from questions.panel import Group, Kind, PanelError, groups_of, load
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition
from quizbot.rules.outcome import Marked, judge, right_needed
from quizbot.rules.pick import Mode, drawn, may_ask
from quizbot.words import how_many

LOG = logging.getLogger(__name__)
DRAWN = 10_000
READ = 0.8  # of the questions that may count have been read as they stand, or nothing is said


@dataclass(frozen=True)
class Passing:
    """Of 100 people like these, how many pass at once, and how many with the tries of a day."""

    group: Group
    at_once: float
    in_a_day: float


@dataclass(frozen=True)
class Figures:
    """Who only recognises what sounds right, and who knows; with what they rest on."""

    guessing: Passing
    knowing: Passing
    tries: int  # attempts that count in a day before the next one waits; 0: as many as one likes

    @property
    def words(self) -> str:
        """Both, in plain words."""
        day = f" ({_of_100(self.guessing.in_a_day)} with {self.tries} tries in a day)"
        return (
            f"Somebody who only recognises what sounds right would pass"
            f" {_of_100(self.guessing.at_once)} at the first try{day if self.tries > 1 else ''}."
            f" Somebody who knows would pass {_of_100(self.knowing.at_once)}. This is worked out"
            f" from {DRAWN:,} attempts drawn as people's are."
        )

    @property
    def rests_on(self) -> str:
        """Who the readers were, and how far they can be trusted."""
        return (
            f"This rests on readers without a key: {_who(self.guessing.group)};"
            f" {_who(self.knowing.group)}. A question is right as often as they had it right,"
            " drawn a little towards the whole questionnaire's share. What people answer will"
            " replace it."
        )


def _of_100(share: float) -> str:
    """A share as people say it; no figure of readers is so sure as 0 or 100."""
    if share < 0.01:
        return "fewer than 1 time in 100"
    return (
        "more than 99 times in 100"
        if share > 0.99
        else f"{how_many(round(share * 100), 'time')} in 100"
    )


SAW: Mapping[Kind, str] = {
    Kind.OPTIONS: "saw the options alone",
    Kind.RULE: "were bound to a rule of thumb",
    Kind.INFORMED: "had the fact sheets",
    Kind.EXPERT: "answered blind as experts",
}


def _who(group: Group) -> str:
    rule = f" ({group.rule})" if group.rule else ""
    papers = how_many(group.sheets, "paper")
    return f"{', '.join(group.who)} read and {SAW[group.kind]}{rule}: {papers}"


def figures(module: Module, groups: Sequence[Group], today: date) -> Figures | None:
    """Both figures; nothing where too few questions have been read, or nothing can be drawn."""
    counting = {q.id: q for q in module.questions if may_ask(q, Mode.ASSURED, today)}
    guessing = [g for g in groups if g.kind in (Kind.OPTIONS, Kind.RULE) and _is_read(g, counting)]
    knowing = [g for g in groups if g.kind is Kind.INFORMED and _is_read(g, counting)]
    if not guessing or not knowing:
        return None
    # The strongest of those who do not know: whichever way of guessing does best here.
    strongest = max(guessing, key=lambda group: group.share)
    attempts = _attempts(module, today)
    if not attempts:
        return None
    return Figures(
        guessing=_passing(module, attempts, strongest),
        knowing=_passing(module, attempts, knowing[0]),
        tries=module.retake_after_fails if module.retake_after_hours else 0,
    )


def _is_read(group: Group, counting: Mapping[str, Question]) -> bool:
    """Whether such readers have read nearly all that they can be given."""
    can = [q for q in counting.values() if group.kind is not Kind.OPTIONS or not q.menus]
    return bool(can) and sum(q.id in group.counts for q in can) >= READ * len(can)


def _attempts(module: Module, today: date) -> list[tuple[Question, ...]]:
    made = drawn(module, Mode.ASSURED, today, Random(module.id), DRAWN)
    return list(made)


def _passing(module: Module, attempts: Sequence[Sequence[Question]], group: Group) -> Passing:
    rng = Random(f"{module.id} {group.kind} {group.rule}")
    chances = {question.id: group.of(question.id) for question in module.questions}
    passed = 0
    for questions in attempts:
        right = [rng.random() < chances[question.id] for question in questions]
        if sum(right) < right_needed(module, len(right)):
            continue  # most who guess: not worth judging in full
        marked = zip(questions, right, strict=True)
        passed += judge(module, [Marked(q.objective, ok, q.must_know) for q, ok in marked]).passed
    share = passed / len(attempts)
    tries = module.retake_after_fails if module.retake_after_hours else 1
    return Passing(group, share, 1 - (1 - share) ** tries)


# By who read it, what was asked and which of it may be: of partnerships that ask the same, once.
_KNOWN: dict[tuple[Path, str, frozenset[str]], Figures | None] = {}


@dataclass(frozen=True)
class EditionFigures:
    """Figures of editions, each worked out when somebody first asks, which takes a second.

    They stay as they are until another question may be asked, or one may no longer.
    """

    now: Clock
    folder: Path = PANEL

    def of(self, edition: Edition) -> Figures | None:
        """An edition's; nothing where nobody has read it."""
        today = london_day(self.now())
        asked = (q.id for q in edition.module.questions if may_ask(q, Mode.ASSURED, today))
        at = (self.folder, edition.fingerprint, frozenset(asked))
        try:
            return _KNOWN[at]
        except KeyError:
            found = self._worked_out(edition, today)
        if len(_KNOWN) > 100:
            _KNOWN.clear()
        _KNOWN[at] = found
        return found

    def readers(self, edition: Edition) -> tuple[Group, ...]:
        """Who has read an edition, in which ways; nobody where their papers cannot be read."""
        module = edition.module
        try:
            readers = load(self.folder, module.id)
        except PanelError as error:  # the page says that nothing is measured, the log says why
            LOG.warning("%s", error)
            return ()
        return tuple(groups_of(readers, module.asked))

    def _worked_out(self, edition: Edition, today: date) -> Figures | None:
        return figures(edition.module, self.readers(edition), today)
