"""What it takes to count an edition's first attempts. In `make bench`.

python -m tools.bench_items; its people and answers are made up. Each count has a bound, and more
than that is a failure: the machine was busy, or somebody made it slow.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from questions.bank import SHIPPED, read_bank
from questions.kinds import MenuQuestion, Question
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot.access import Role
from quizbot.config import Settings
from quizbot.editions.editions import Edition
from quizbot.rules.consistency import chance
from quizbot.rules.outcome import Marked, judge
from quizbot.rules.pick import Mode, drawn
from quizbot.service import Service, open_service
from quizbot.standing.standings import chunks
from quizbot.store.database import open_database, write_in
from quizbot.store.migrate import upgrade
from quizbot.store.tables import answer, attempt, new_id, person
from tools.bench_changes import MADE_UP, most_memory

MODULE = "referrals"
TODAY = datetime.now(UTC).date()
BOUNDS = {5_000: 0.3, 100_000: 5.0}  # attempts, and seconds of CPU
MEMORY = 16  # MB more for a hundred thousand than before
DIFFERENT = 4_000  # attempts that are drawn; then they come again
SPREAD = 0.7
LEAD = "lead@large.example"


def main() -> int:
    """Make it up, count it, and say whether every bound was kept."""
    place, _ = read_place(SHIPPED_PLACE, TODAY)
    with tempfile.TemporaryDirectory(prefix="knowledge-bench-") as name:
        settings = Settings(
            database_url=f"sqlite:///{name}/items.db",
            secret_key=MADE_UP,
            mail_url=f"file:{name}/mail",
        )
        database = open_database(settings.database_url)
        upgrade(database)
        database.dispose()
        service = open_service(settings)
        service.editions.publish([read_bank(SHIPPED / MODULE, place, TODAY)], place)
        kept = measure(service, leading(service, Path(name)))
        service.close()
    return 0 if kept else 1


def leading(service: Service, folder: Path) -> UUID:
    """Somebody who may see the figures."""
    file = folder / "people.csv"
    file.write_text(
        "staff_ref,name,email,unit,job,started_on,manager\n"
        f"1,Efua Mensah,{LEAD},Large,Lead,2026-01-05,\n"
    )
    service.people.import_file(file, make_units=True)
    service.people.grant(LEAD, Role.LEAD, "Large")
    return service.people.whose(LEAD)


def measure(service: Service, lead: UUID) -> bool:
    """Each number of attempts in turn, on what was there before; whether bounds were kept."""
    current, there, kept = service.editions.current(MODULE), 0, True
    given = made_up(current)
    for people, bound in BOUNDS.items():
        fill(service, current, islice(given, people - there))
        there = people
        memory, began = most_memory(anew=True), time.process_time()
        found = service.items.of(lead, current.id)
        used, more = time.process_time() - began, most_memory() - memory
        if found.figures is None or found.figures.attempts != people:
            raise RuntimeError(f"{people} attempts are there, and not so many were counted")
        kept = kept and used <= bound and more <= MEMORY
        with timing() as again:
            service.items.of(lead, current.id)
        print(
            f"{people:>7} attempts of {len(current.module.objectives) * 2} questions counted in"
            f" {used:.2f} s of CPU (at most {bound}), {more} MB more;"
            f" read again in {again[0]:.3f} s",
            flush=True,
        )
    return kept


@contextmanager
def timing() -> Iterator[list[float]]:
    """The CPU that something took."""
    took, began = [0.0], time.process_time()
    yield took
    took[0] = time.process_time() - began


def made_up(current: Edition) -> Iterator[tuple[bool, list[tuple[Question, bool]]]]:
    """Attempts of people who know differently, each drawn as people's are; without end."""
    rng, module = Random(MODULE), current.module
    bounds = {question.id: rng.gauss(1.0, 0.5) for question in module.questions}
    found = []
    for draw in drawn(module, Mode.ASSURED, TODAY, rng, DIFFERENT):
        level = rng.gauss(0, 1)
        answers = [(q, rng.random() < chance(bounds[q.id], SPREAD, level)) for q in draw]
        marked = [Marked(q.objective, right, q.must_know) for q, right in answers]
        found.append((judge(module, marked).passed, answers))
    return cycle(found)


def reply_of(question: Question, *, right: bool) -> str:
    """The key, or something else."""
    if right:
        return question.key
    if isinstance(question, MenuQuestion):
        return question.key[::-1]
    return next((one for one in question.letters if one not in question.key), question.key[:-1])


def fill(
    service: Service,
    current: Edition,
    many: Iterator[tuple[bool, list[tuple[Question, bool]]]],
) -> None:
    """Write attempts, each of somebody who is new."""
    at = datetime.now(UTC)
    for some in chunks(many, 2000):
        rows: dict[Any, list[dict[str, Any]]] = {person: [], attempt: [], answer: []}
        for passed, answers in some:
            who, taken = new_id(), new_id()
            rows[person].append(
                {"id": who, "name": "Made Up", "started_on": at.date()}
                | {"is_guest": False, "sign_in_epoch": 0}
            )
            rows[attempt].append(
                {"id": taken, "person_id": who, "module": MODULE, "edition_id": current.id}
                | {"mode": "assured", "scope": "", "plan": "[]", "started_at": at}
                | {"submitted_at": at, "passed": passed, "share": 0.5}
            )
            rows[answer] += [
                {"attempt_id": taken, "number": number, "question_id": q.id}
                | {"objective": q.objective, "reply": reply_of(q, right=right)}
                | {"is_right": right, "flagged": False, "answered_at": at}
                for number, (q, right) in enumerate(answers, 1)
            ]
        with service.database.writing() as connection:
            for table, values in rows.items():
                write_in(connection, insert(table), values)


if __name__ == "__main__":
    sys.exit(main())
