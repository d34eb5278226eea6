"""A change of guidance that touches eight modules, for a large partnership. In `make bench`.

python -m tools.bench_changes --people 100000; its people, passes and questions are made up. It is
previewed, told, asked and listed, and an inspection pack is made, on SQLite and on PostgreSQL. Each
has a bound, and more than that is a failure: the machine was busy, or somebody made it slow.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert

from questions.bank import SHIPPED, Bank, read_bank
from questions.kinds import Decision, OptionQuestion, Question, Verdict
from questions.module import Module
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from questions.register import ChangeKind, Doubt, Register, RuleChange
from questions.touching import OLD_RULE
from quizbot.config import Settings
from quizbot.figures.confirmed import ConfirmedCounting
from quizbot.figures.pack.bound import bind
from quizbot.figures.pack.contents import Making
from quizbot.rules.pick import Mode, make_plan
from quizbot.service import Service, open_service
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.standing.changes import Changes
from quizbot.standing.confirming import Confirmations
from quizbot.standing.standings import chunks
from quizbot.standing.working_days import working_day
from quizbot.store.database import open_database, write_in
from quizbot.store.migrate import upgrade
from quizbot.store.tables import (
    answer,
    attempt,
    attempt_objective,
    new_id,
    person,
    post,
    unit,
)
from tools import postgres

MODULES = 8
AGENCIES = 20
FACT = "MADE-UP"
MADE_UP = "only for measuring, thrown away afterwards"
SINCE = 100  # days since the change is in force
MOST = 10.0  # seconds of CPU that each may take
IN_A_PACK = 90.0  # the same for a step of a pack, which the worker makes: one counts everybody
MEMORY = 96  # MB more that each may need, however many people there are: a paper needs most

Made = TypeVar("Made")


def main() -> int:
    """Make it up and measure it; say whether every bound was kept."""
    wanted = argparse.ArgumentParser(description="Measure telling and asking people of a change.")
    wanted.add_argument("--people", type=int, default=int(os.environ.get("PEOPLE", "100000")))
    wanted.add_argument("--no-postgres", action="store_true", help="on SQLite alone")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory(prefix="knowledge-bench-") as name:
        print("SQLite:", flush=True)
        kept = measured(f"sqlite:///{name}/changes.db", Path(name), given.people)
    if given.no_postgres:
        return 0 if kept else 1
    with postgres.running(flushed=True) as url, tempfile.TemporaryDirectory() as name:
        print("PostgreSQL, without what its own processes use:", flush=True)
        kept = measured(url, Path(name), given.people) and kept
    return 0 if kept else 1


def measured(url: str, folder: Path, people: int) -> bool:
    """Measure it on one database, an empty one; whether every bound was kept."""
    settings = Settings(database_url=url, secret_key=MADE_UP, mail_url=f"file:{folder}/mail")
    database = open_database(settings.database_url)
    upgrade(database)
    database.dispose()
    service = open_service(settings)
    try:
        return measure(service, people)
    finally:
        service.close()


def measure(service: Service, people: int) -> bool:
    """Preview, apply and pack for everybody, each with what it took; whether that is little."""
    change = made_up_change(service.standings.today() - timedelta(days=SINCE))
    register = Register(changes={change.id: change}, files={change.id: "made-up.toml"})
    confirmations = replace(service.confirmations, register=lambda: register)
    changes = replace(service.changes, register=lambda: register, confirmations=confirmations)
    passes, answers = fill(service, people)
    print(f"{people} people, {passes} passes in {MODULES} modules, {answers} answers", flush=True)
    telling = ChangeDraft(change=change.id, unit="Large")
    asking = replace(telling, due_on=working_day(service.standings.today() + timedelta(days=60)))
    changes.preview(replace(asking, unit="Large/Small agency"))  # what is kept once is made
    taken: list[Taken] = []
    seen = timed("preview of asking", lambda: changes.preview(asking), taken)
    timed("preview of telling", lambda: changes.preview(telling), taken)
    timed("asking", lambda: changes.apply(asking, asking.fingerprint), taken)
    timed("list, with who has confirmed", changes.all, taken)
    print(f"asked {seen.people} of {people}: {seen.total}")
    reread(changes, asking, seen.people)
    pack(service, changes, confirmations, taken)
    over = [one.what for one in taken if one.cpu > one.most or one.memory > MEMORY]
    print(f"More than its bound: {', '.join(over)}" if over else "Every bound was kept.")
    return not over


def pack(
    service: Service, changes: Changes, confirmations: Confirmations, taken: list["Taken"]
) -> None:
    """An inspection pack of everybody, step by step as the worker makes it."""
    counting = replace(service.counting, changes=ConfirmedCounting(confirmations))
    board = replace(service.board, counting=counting)
    contents = replace(service.packs.contents, changes=changes, counting=counting, board=board)
    month = f"{service.standings.today():%Y-%m}"
    for _ in service.standings.renewing():  # the first night's work
        pass
    making = Making(contents.period(month, month), [])
    for step in contents.steps():
        timed(f"pack: {step.words}", partial(deque, step.make(making), 0), taken, IN_A_PACK)
    with tempfile.TemporaryFile() as file:
        at = service.now()
        timed(
            "pack: Printing",
            lambda: bind(file, making.sheets, period=making.period, place="Large", at=at),
            taken,
        )
        print(f"the pack has {sum(len(s.rows) for s in making.sheets)} rows, {file.tell()} bytes")


@dataclass(frozen=True)
class Taken:
    """What something took, in seconds of CPU and MB more than before."""

    what: str
    cpu: float
    memory: int
    most: float


def timed(what: str, task: Callable[[], Made], taken: list[Taken], most: float = MOST) -> Made:
    """Do it once, and print what it took."""
    before = most_memory(anew=True)
    began, cpu = time.perf_counter(), time.process_time()
    made = task()
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    grown = most_memory() - before
    print(f"{what:<44}{wall:>8.1f} s {used:>8.1f} s of CPU, {grown:>4} MB more", flush=True)
    taken.append(Taken(what, used, grown, most))
    return made


def reread(changes: Changes, draft: ChangeDraft, asked: int) -> None:
    """Whoever was asked is asked already: RuntimeError where the numbers do not agree."""
    seen = changes.preview(draft)
    if (seen.already, seen.people) != (asked, 0):
        raise RuntimeError(f"{asked} were asked, and now {seen.already} are, {seen.people} not")


def most_memory(*, anew: bool = False) -> int:
    """The most memory that this process has used, in MB; or what it uses, and the most from now."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    found = re.search(r"^VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) // 1024 if found else 0


# ---- what it is measured on --------------------------------------------------------------------


def made_up_change(starts_on: date) -> RuleChange:
    """A change that reversed an answer in every module."""
    return RuleChange.model_validate(
        {
            "id": "made-up",
            "source": "made-up",
            "to": "second",
            "in_force": starts_on,
            "facts": [FACT],
            "was": "Ask first.",
            "now": "Tell at once.",
            "matters": "Do not wait.",
            "kind": ChangeKind.REVERSED,
            "roles": ["all"],
            "doubt": Doubt.NONE,
            "date_doubt": Doubt.NONE,
        }
    )


def fill(service: Service, people: int) -> tuple[int, int]:
    """Two editions of each module, before the change and since; passes of half of the people.

    Seven in ten passed before it, and of the others most had its own questions right.
    """
    old, new = (publish(service, renewed=renewed) for renewed in (False, True))
    rng, counted, answered = Random(7), 0, 0
    plans = [
        (edition, [planned(service, edition[1], rng) for _ in range(5)]) for edition in (*old, *new)
    ]
    before, since = dict(enumerate(plans[:MODULES])), dict(enumerate(plans[MODULES:]))
    for some in chunks(posts(service, people), 1000):
        attempts: list[dict[str, Any]] = []
        answers: list[dict[str, Any]] = []
        for person_id in some:
            for number in range(MODULES):
                if rng.random() < 0.5:
                    is_old = rng.random() < 0.7
                    (id_, module), ways = (before if is_old else since)[number]
                    ago = rng.randrange(SINCE, 1000) if is_old else rng.randrange(SINCE)
                    at = service.now() - timedelta(days=ago, seconds=rng.randrange(40000))
                    row, given = taken(id_, module, rng.choice(ways), person_id, at, rng)
                    attempts.append(row)
                    answers += given
        with service.database.writing() as connection:
            write_in(connection, _ATTEMPT, attempts)
            write_in(connection, _ANSWER, answers)
            write_in(connection, _SHOWN, list(shown_by(answers)))
        counted, answered = counted + len(attempts), answered + len(answers)
    return counted, answered


_ATTEMPT, _ANSWER, _SHOWN = insert(attempt), insert(answer), insert(attempt_objective)
_UNIT, _PERSON, _POST = insert(unit), insert(person), insert(post)


def publish(service: Service, *, renewed: bool) -> list[tuple[UUID, Module]]:
    """The editions of eight modules made from one bank, with questions of the change or without."""
    place, _ = read_place(SHIPPED_PLACE, service.standings.today())
    module = read_bank(SHIPPED / "referrals", place, service.standings.today()).module
    assert module is not None
    questions = tuple(touching(list(module.questions), renewed=renewed))
    copies = [
        module.model_copy(update={"id": f"made-up-{n}", "questions": questions})
        for n in range(MODULES)
    ]
    service.editions.publish([Bank(copy.id, copy, ()) for copy in copies], place)
    return [(edition.id, edition.module) for edition in service.editions.all_current()]


def touching(questions: list[Question], *, renewed: bool) -> Iterator[Question]:
    """The questions, one in eight resting on what changed, and some of these renewed."""
    for number, question in enumerate(questions):
        if number % 8 or not isinstance(question, OptionQuestion):
            yield question
            continue
        is_own = renewed and number % 16 == 0
        verdict = Verdict.REVISED if is_own else Verdict.STANDS
        given: dict[str, Any] = {
            "facts": (FACT,),
            "decisions": (Decision(change="made-up", verdict=verdict, why="Made up."),),
        }
        if is_own:
            given["options"] = tuple(
                option.model_copy(update={"misconception": OLD_RULE})
                if option.misconception
                else option
                for option in question.options
            )
            given["ask"] = "What holds since the change?"
        yield question.model_copy(update=given)


def posts(service: Service, people: int) -> Iterator[UUID]:
    """People with a post each, in teams of fifty under twenty agencies; the last ten in a small."""
    top = new_id()
    units = {top: {"id": top, "parent_id": None, "path": "Large", "kind": "partnership"}}
    teams: list[UUID] = []
    for agency in [*(f"Agency {n}" for n in range(AGENCIES)), "Small agency"]:
        id_ = new_id()
        units[id_] = {"id": id_, "parent_id": top, "path": f"Large/{agency}", "kind": "agency"}
        teams.append(id_)
    for row in units.values():
        row |= {"name": str(row["path"]).rpartition("/")[2], "ended_on": None}
    hired = date(2018, 1, 1)
    with service.database.writing() as connection:
        write_in(connection, _UNIT, list(units.values()))
        ids = [new_id() for _ in range(people)]
        for number, some in enumerate(chunks(ids, 5000)):
            write_in(
                connection,
                _PERSON,
                [
                    {
                        "id": id_,
                        "name": f"Person {number} {n}",
                        "email": f"p{number}-{n}@large.example",
                        "staff_ref": f"P{number}-{n}",
                        "started_on": hired,
                        "is_guest": False,
                        "sign_in_epoch": 0,
                    }
                    for n, id_ in enumerate(some)
                ],
            )
        for placed in chunks(enumerate(ids), 5000):
            write_in(
                connection,
                _POST,
                [
                    {
                        "id": new_id(),
                        "person_id": id_,
                        "unit_id": teams[-1 if n >= people - 10 else n // 50 % AGENCIES],
                        "job": "Worker",
                        "starts_on": hired,
                        "recorded_on": hired,
                    }
                    for n, id_ in placed
                ],
            )
    yield from ids


def shown_by(answers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What attempts showed of each objective."""
    asked = Counter((one["attempt_id"], one["objective"]) for one in answers)
    right = Counter((o["attempt_id"], o["objective"]) for o in answers if o["is_right"])
    for key, count in asked.items():
        yield {
            "attempt_id": key[0],
            "objective": key[1],
            "asked": count,
            "right_count": right[key],
        }


def planned(service: Service, module: Module, rng: Random) -> list[tuple[str, str, str]]:
    """A plan: each question with the order of its options, and its objective."""
    plan = make_plan(module, Mode.ASSURED, service.standings.today(), {}, rng)
    assert plan is not None
    objectives = {question.id: question.objective for question in module.questions}
    return [(one.question_id, one.order, objectives[one.question_id]) for one in plan]


def taken(
    edition_id: UUID,
    module: Module,
    plan: list[tuple[str, str, str]],
    person_id: UUID,
    at: Any,
    rng: Random,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A pass with all its answers, a few of them wrong."""
    attempt_id = new_id()
    row = {
        "id": attempt_id,
        "person_id": person_id,
        "module": module.id,
        "edition_id": edition_id,
        "mode": "assured",
        "scope": "",
        "plan": json.dumps([(question, order) for question, order, _ in plan]),
        "passed": True,
        "share": 0.9,
        "started_at": at,
        "submitted_at": at,
    }
    return row, [
        {
            "attempt_id": attempt_id,
            "number": number,
            "question_id": question,
            "objective": objective,
            "reply": "a",
            "is_right": rng.random() < 0.9,
            "flagged": False,
            "answered_at": at,
        }
        for number, (question, _, objective) in enumerate(plan, 1)
    ]


if __name__ == "__main__":
    sys.exit(main())
