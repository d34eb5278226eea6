"""Which questions to ask this person now: pure, chance comes in as a value."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate, groupby
from random import Random
from typing import NamedTuple

from questions.kinds import Question
from questions.module import Module
from questions.touching import OWN, is_own, tells_apart
from questions.twins import groups
from quizbot.rules.scope import Part
from quizbot.rules.shrinking import kept_of

MOST_IN_UPDATE = 10  # questions


class Mode(StrEnum):
    """How an attempt is taken."""

    PRACTICE = "practice"
    ASSURED = "assured"


@dataclass(frozen=True)
class Planned:
    """A question of an attempt, and the order in which its choices are shown."""

    question_id: str
    order: str


def may_ask(question: Question, mode: Mode, today: date) -> bool:
    """Whether a question may be drawn: an assured attempt asks only what is beyond doubt."""
    if question.withdrawn is not None or question.held:
        return False
    if question.slots_until is not None and question.slots_until < today:
        return False
    if mode is Mode.PRACTICE:
        return True
    if question.undecided_from is not None and question.undecided_from <= today:
        return False  # a rule behind it changed, and nobody has said that it still stands
    return not question.check and question.sensitive != "strong" and question.review_by >= today


def make_plan(
    module: Module,
    mode: Mode,
    today: date,
    seen: Mapping[str, int],
    rng: Random,
    first: Collection[str] = (),
    fewer: Collection[str] = (),
) -> tuple[Planned, ...] | None:
    """What one attempt asks, or None where the module cannot be asked in this mode today.

    From each objective as many as the module says, with exactly one variant of each must-know;
    before all others those that come `first`, such as of a change that is to be confirmed; then
    what this person has never been asked, and what was asked least often. Of the objectives in
    `fewer` half is asked, a must-know all the same.
    """
    askable = [q for q in module.questions if may_ask(q, mode, today)]
    pools = list(_pools(module, askable, seen, rng, first, fewer))
    picked = _choose(pools, _rivals(module, askable))
    if picked is None:
        return None
    rng.shuffle(picked)
    return tuple(Planned(question.id, _order(question, rng)) for question in picked)


def plan_for_changes(
    module: Module, changes: Sequence[str], today: date, seen: Mapping[str, int], rng: Random
) -> tuple[tuple[Planned, ...], tuple[Part, ...]]:
    """What an update asks: of each change two of its own questions, at most ten in all.

    First what this person was asked least often, and of that what tells the new rule from the old.
    A change of which two cannot be asked today, or not beside the others', is left for later.
    """
    askable = [q for q in module.questions if may_ask(q, Mode.ASSURED, today)]
    rivals = _rivals(module, askable)
    picked: list[Question] = []
    parts: list[Part] = []
    for change in changes:
        if len(picked) + OWN > MOST_IN_UPDATE:
            break
        near = {other for q in picked for other in (q.id, *rivals[q.id])}
        mine = [q for q in askable if is_own(q, change) and q.id not in near]

        def rank(question: Question, change: str = change) -> tuple[int, bool]:
            return seen.get(question.id, 0), not tells_apart(question, change)

        order = tuple(sorted(rng.sample(mine, len(mine)), key=rank))
        if len(order) < OWN:
            continue
        # Where all of a change's questions are rivals two meet all the same: was and now, which
        # stand before them, give away as much.
        picked += _search([_Pool(change, OWN, order)], rivals) or order[:OWN]
        parts.append(Part(change, OWN))
    return tuple(Planned(q.id, _order(q, rng)) for q in picked), tuple(parts)


def why_not(module: Module, mode: Mode, today: date) -> str:
    """Why no plan exists, in words for the module's page; nothing where one does."""
    if make_plan(module, mode, today, {}, Random(0)) is not None:
        return ""
    askable = [q for q in module.questions if may_ask(q, mode, today)]
    short = [
        module.objectives[pool.objective]
        for pool in _pools(module, askable, {}, Random(0))
        if len(pool.questions) < pool.wanted
    ]
    if not short:
        return "Too many of its questions would give one another away."
    listed = "; ".join(dict.fromkeys(short))
    return f"Too few of its questions are ready to count for: {listed}."


def drawn(
    module: Module,
    mode: Mode,
    today: date,
    rng: Random,
    count: int,
    fewer: Collection[str] = (),
) -> Iterator[tuple[Question, ...]]:
    """What that many first attempts ask, drawn as `make_plan` does and many times as fast."""
    askable = [q for q in module.questions if may_ask(q, mode, today)]
    rivals = _rivals(module, askable)
    pools = list(_pools(module, askable, {}, rng, (), fewer))
    if any(len(pool.questions) < pool.wanted for pool in pools):
        return
    tied = [_entangled_first(group, rivals) for group in _tied(pools, rivals)]
    for _ in range(count):
        picked: list[Question] = []
        for group in tied:
            found = _search([pool.shuffled(rng) for pool in group], rivals)
            if found is None:
                return
            picked += found
        yield tuple(picked)


class _Pool(NamedTuple):
    """Questions of which `wanted` are drawn, the best candidates first."""

    objective: str
    wanted: int
    questions: tuple[Question, ...]
    ends: tuple[int, ...] = ()  # how many are as good as the last of them, or better

    def shuffled(self, rng: Random) -> "_Pool":
        """The same questions in an order that chance gives."""
        # Drawn tens of thousands of times: in a third of the time that `rng.sample` takes.
        order = tuple(sorted(self.questions, key=lambda _: rng.random()))
        return _Pool(self.objective, self.wanted, order)

    def best(self, further: int) -> "_Pool":
        """Those as good as are needed to draw what is wanted, and of so many ranks further."""
        enough = [end for end in self.ends if end >= self.wanted]
        end = enough[min(further, len(enough) - 1)] if enough else 0
        return _Pool(self.objective, self.wanted, self.questions[:end])


def _pools(
    module: Module,
    askable: Sequence[Question],
    seen: Mapping[str, int],
    rng: Random,
    first: Collection[str] = (),
    fewer: Collection[str] = (),
) -> Iterator[_Pool]:
    def rank(question: Question) -> tuple[bool, int]:
        return question.id not in first, seen.get(question.id, 0)

    def ranked(wanted: int, questions: Sequence[Question]) -> _Pool:
        order = tuple(sorted(rng.sample(questions, len(questions)), key=rank))
        ends = (len(list(same)) for _, same in groupby(order, rank))
        return _Pool(objective, wanted, order, tuple(accumulate(ends)))

    must_know_of = {must.objective: name for name, must in module.must_knows.items()}
    for objective in module.objectives:
        mine = [q for q in askable if q.objective == objective]
        wanted = module.questions_per_objective
        if objective in fewer:
            wanted = kept_of(wanted)
        if objective in must_know_of:
            variants = [q for q in mine if q.must_know == must_know_of[objective]]
            yield ranked(1, variants)
            wanted -= 1
        yield ranked(wanted, [q for q in mine if q.must_know is None])


def _rivals(module: Module, questions: Sequence[Question]) -> dict[str, set[str]]:
    """Which questions may not meet: those that give each other away, by either's word, and twins.

    Twins whose link goes by a question that is not asked today are twins all the same.
    """
    twins = groups(module.questions)
    asked = {q.id for q in questions}
    rivals: dict[str, set[str]] = {
        q.id: set(twins[q.id] & asked) - {q.id} if q.id in twins else set() for q in questions
    }
    for question in questions:
        for other in question.not_with:
            if other in rivals:
                rivals[question.id].add(other)
                rivals[other].add(question.id)
    return rivals


def _choose(pools: Sequence[_Pool], rivals: Mapping[str, set[str]]) -> list[Question] | None:
    """Draw from every pool, going back where two questions may not meet.

    Pools that rivals do not tie together are searched apart, so that one dead end is one.
    """
    if any(len(pool.questions) < pool.wanted for pool in pools):
        return None
    picked: list[Question] = []
    for group in _tied(pools, rivals):
        found = _best(group, rivals)
        if found is None:
            return None
        picked += found
    return picked


def _best(pools: Sequence[_Pool], rivals: Mapping[str, set[str]]) -> list[Question] | None:
    """A choice that goes no further down the ranks than the rivals among them make it go."""
    for further in range(1 + max(len(pool.ends) for pool in pools)):
        best = [pool.best(further) for pool in pools]
        found = _search(_entangled_first(best, rivals), rivals)
        if found is not None:
            return found
    return None


def _tied(pools: Sequence[_Pool], rivals: Mapping[str, set[str]]) -> list[list[_Pool]]:
    """Pools in groups, so that no question has a rival in another group."""
    groups: list[list[_Pool]] = []
    for pool in pools:
        near = {other for question in pool.questions for other in rivals[question.id]}
        tied = [g for g in groups if any(q.id in near for other in g for q in other.questions)]
        groups = [group for group in groups if group not in tied]
        groups.append([*(other for group in tied for other in group), pool])
    return groups


def _entangled_first(pools: Sequence[_Pool], rivals: Mapping[str, set[str]]) -> list[_Pool]:
    """The same pools, those with most rivals first: a dead end shows itself early."""
    return sorted(pools, key=lambda pool: -sum(bool(rivals[q.id]) for q in pool.questions))


def _search(pools: Sequence[_Pool], rivals: Mapping[str, set[str]]) -> list[Question] | None:
    """The first choice, best candidates before others, in which no two are rivals."""
    return _straight(pools, rivals) or _going_back(pools, rivals)


def _straight(pools: Sequence[_Pool], rivals: Mapping[str, set[str]]) -> list[Question] | None:
    """That choice where the best candidates lead to it, as they do nearly always."""
    picked: list[Question] = []
    names: list[str] = []  # of those picked
    for pool in pools:
        enough = len(picked) + pool.wanted
        for question in pool.questions:
            if len(picked) == enough:
                break
            if rivals[question.id].isdisjoint(names):
                picked.append(question)
                names.append(question.id)
        if len(picked) < enough:
            return None
    return picked


def _going_back(pools: Sequence[_Pool], rivals: Mapping[str, set[str]]) -> list[Question] | None:
    """The same, going back where the best candidates lead nowhere."""
    slots = [(pool, nth < pool.wanted) for pool in pools for nth in range(1, pool.wanted + 1)]
    picked: list[Question] = []
    names: list[str] = []  # of those picked

    def fill(at: int, start: int) -> bool:
        if at == len(slots):
            return True
        pool, goes_on = slots[at]
        for place in range(start, len(pool.questions)):
            question = pool.questions[place]
            if not rivals[question.id].isdisjoint(names):
                continue
            picked.append(question)
            names.append(question.id)
            if fill(at + 1, place + 1 if goes_on else 0):
                return True
            picked.pop()
            names.pop()
            if not rivals[question.id]:
                return False  # one without rivals led nowhere, so none of this pool can
        return False

    return picked if fill(0, 0) else None


def _order(question: Question, rng: Random) -> str:
    letters = list(question.letters)
    while not question.keeps_order:
        rng.shuffle(letters)
        if question.may_show("".join(letters)):
            break
    return "".join(letters)
