"""A change of guidance made up for tests: passes that rested on the old rule, and the new one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from questions.register import Register, RegisterSource, RuleChange
from quizbot.figures.confirmed import ConfirmedCounting
from quizbot.rules.pick import Mode
from quizbot.service import Service
from quizbot.standing.change_drafts import ChangeDraft
from tests import made

START = date(2026, 12, 1)  # of the new rule; tests begin on 21 November
SOON = date(2027, 1, 29)
CHANGE = {
    "id": "c1",
    "source": "the-code",
    "from": "first",
    "to": "second",
    "in_force": START,
    "facts": ["X1"],
    "was": "Ask first.",
    "now": "Tell at once.",
    "matters": "Do not wait for an answer.",
    "kind": "reversed",
    "roles": ["all"],
    "doubt": "none",
    "date_doubt": "none",
}
SECOND = {
    **CHANGE,
    "id": "c2",
    "facts": ["X2"],
    "was": "Keep a copy.",
    "now": "Keep nothing.",
    "matters": "Delete it.",
}


def with_changes(service: Service, *changes: dict[str, Any]) -> Service:
    """The service with a register of its own, whose one source has had two editions."""
    known = [RuleChange.model_validate(change) for change in changes or (CHANGE,)]
    source = {
        "id": "the-code",
        "title": "The code",
        "publisher": "The office",
        "edition": [{"label": "second", "status": "in-force"}],
    }
    register = Register(
        sources={"the-code": RegisterSource.model_validate(source)},
        changes={one.id: one for one in known},
        files={one.id: "changes/code.toml" for one in known},
    )
    confirmations = replace(service.confirmations, register=lambda: register)
    acts = replace(service.changes, register=lambda: register, confirmations=confirmations)
    lines = replace(service.change_lines, changes=acts, confirmations=confirmations)
    counting = replace(service.counting, changes=ConfirmedCounting(confirmations))
    board = replace(service.board, counting=counting)
    contents = replace(service.packs.contents, changes=acts, counting=counting, board=board)
    return replace(
        service,
        confirmations=confirmations,
        changes=acts,
        change_lines=lines,
        desk=replace(service.desk, change_lines=lines),
        counting=counting,
        board=board,
        packs=replace(service.packs, contents=contents),
        reports=replace(service.reports, confirmations=confirmations),
        nightly=replace(service.nightly, confirmations=confirmations),
        digests=replace(service.digests, confirmations=confirmations),
        attempts=replace(service.attempts, confirmations=confirmations),
        updates=replace(service.updates, confirmations=confirmations),
        certificates=replace(service.certificates, confirmations=confirmations),
    )


def renew(questions: list[made.Content], change: str = "c1", fact: str = "X1") -> None:
    """These questions ask the new rule from now on."""
    decision = {"change": change, "verdict": "new", "why": "It asks the new rule."}
    for question in questions:
        question |= {"facts": [fact], "decision": [decision], "ask": f"The rule: {question['id']}?"}
        question["option"][0]["misconception"] = "the-old-rule"


def publish(service: Service, by_objective: dict[str, list[made.Content]]) -> None:
    """The tea module with these questions."""
    known = made.HEAD["objectives"]
    objectives = {name: known.get(name, f"Know about {name}") for name in by_objective}
    bank = made.bank(by_objective=by_objective, objectives=objectives)
    service.editions.publish([bank], made.place())


def resting() -> dict[str, list[made.Content]]:
    """Questions of which the plain water ones rest on both rules."""
    by_objective = made.questions()
    for question in by_objective["water"][2:]:
        question["facts"] = ["X1", "X2"]
        question["decision"] = [
            {"change": change, "verdict": "stands", "why": "As it was."} for change in ("c1", "c2")
        ]
    return by_objective


def answer_all(service: Service, who: UUID, attempt_id: UUID, wrong: tuple[int, ...] = ()) -> None:
    """Answer everything, rightly but at these numbers, and hand it in."""
    attempts = service.attempts
    total = attempts.turn(who, attempt_id, 1).total
    for number in range(1, total + 1):
        turn = attempts.turn(who, attempt_id, number)
        key = "a" if number in wrong else turn.question.key
        attempts.answer(who, attempt_id, number, turn.question.shown(key, turn.order))
    attempts.submit(who, attempt_id)


def take(service: Service, who: UUID, wrong: tuple[int, ...] = ()) -> UUID:
    """A whole attempt at tea."""
    attempt_id = service.attempts.start(who, "tea", Mode.ASSURED)
    answer_all(service, who, attempt_id, wrong)
    return attempt_id


def ask(service: Service, change: str = "c1", due_on: date = SOON) -> UUID:
    """Ask everybody whose pass rested on the old rule to confirm the new one."""
    draft = ChangeDraft(change=change, unit="Northmoor", due_on=due_on)
    return service.changes.apply(draft, draft.fingerprint)


@dataclass(frozen=True)
class Changed:
    """A service where the rule has changed since Amina passed, and who was asked to confirm it."""

    service: Service
    action: UUID


def changed(
    service: Service,
    clock: Any,
    who: UUID,
    *changes: dict[str, Any],
    others: Sequence[UUID] = (),
) -> Changed:
    """Somebody passed on the old rule; the first change is in force, and they are asked."""
    known = with_changes(service, *changes)
    publish(known, resting())
    for person_id in (who, *others):
        take(known, person_id)
    clock.forward(days=20)
    by_objective = resting()
    renew(by_objective["leaves"])
    if len(changes) > 1:
        renew(by_objective["water"][2:], "c2", "X2")
    publish(known, by_objective)
    return Changed(known, ask(known))
