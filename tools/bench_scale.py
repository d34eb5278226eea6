"""A large partnership, made up: an import, standing, the night's run. Called by `make bench`.

PEOPLE=100000 python -m tools.bench_scale; its editions are made up and never shipped.
"""

import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select

from questions.bank import SHIPPED, Bank, read_bank
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot import due
from quizbot.access import Role
from quizbot.config import Settings
from quizbot.db import open_database
from quizbot.migrate import upgrade
from quizbot.pick import Mode, make_plan
from quizbot.rules import Draft
from quizbot.service import Service, open_service
from quizbot.tables import attempt, attempt_objective, board_figure, new_id, person
from web import create_app

PEOPLE = int(os.environ.get("PEOPLE", "100000"))
MODULES = 8
TEAM = 50
MADE_UP = "only for measuring, thrown away afterwards"


def main() -> None:
    """Make it up and measure it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            database_url=f"sqlite:///{folder}/large.db",
            secret_key=MADE_UP,
            mail_url=f"file:{folder}/mail",
        )
        database = open_database(settings.database_url)
        upgrade(database)
        database.dispose()
        service = open_service(settings)
        publish(service)
        file = people_file(folder)
        timed(
            f"import of {PEOPLE} people", lambda: service.people.import_file(file, make_units=True)
        )
        timed("the same file again, no change", lambda: service.people.import_file(file))
        rules_and_passes(service)
        one_standing(service)
        night, today = service.nightly.run, service.standings.today()
        timed("first night: every date, every notice", lambda: sum(night(today)))
        timed("an ordinary night", lambda: sum(night(today + timedelta(days=1))))
        timed("the same again, nothing to do", lambda: sum(night(today + timedelta(days=1))))
        timed("every cached date anew", lambda: service.standings.renew_cache(everything=True))
        board(service)
        service.close()
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def timed(what: str, task: Callable[[], object]) -> None:
    """Do it once, and print how long it took."""
    began, cpu = time.perf_counter(), time.process_time()
    task()
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:<44}{wall:>8.1f} s {used:>8.1f} s of CPU, {memory} MB so far", flush=True)


def publish(service: Service) -> None:
    """Eight editions made from one bank, with ids of their own."""
    today = date.today()  # noqa: DTZ011  (a made-up history needs no zone)
    place, _ = read_place(SHIPPED_PLACE, today)
    module = read_bank(SHIPPED / "referrals", place, today).module
    assert module is not None
    copies = [module.model_copy(update={"id": f"made-up-{n}"}) for n in range(MODULES)]
    service.editions.publish([Bank(copy.id, copy, ()) for copy in copies], place)


def people_file(folder: Path) -> Path:
    """A whole extract: teams of fifty under twenty agencies, each with a manager."""
    path = folder / "people.csv"
    with path.open("w") as file:
        file.write("staff_ref,name,email,unit,job,started_on,manager\n")
        for number in range(PEOPLE):
            team = number // TEAM
            manager = "" if number % TEAM == 0 else f"P{team * TEAM}"
            day = date(2018, 1, 1) + timedelta(days=number * 7 % 3000)
            file.write(
                f"P{number},Person {number},p{number}@large.example,"
                f"Large/Agency {team % 20}/Team {team},Worker,{day},{manager}\n"
            )
    return path


def rules_and_passes(service: Service) -> None:
    """Two rules over everybody, and a pass of half of the people in each module."""
    today, rng = service.rules.today(), Random(7)
    modules = service.standings.modules()
    for chosen in (modules[:4], modules[4:]):
        draft = Draft(
            unit="Large",
            modules=tuple(chosen),
            in_force_from=today - timedelta(days=400),
            within_months=6,
            every_months=36,
            window_days=90,
            grace_days=28,
            reason="Made up.",
        )
        service.rules.save(draft, draft.fingerprint)
    edition = service.editions.all_current()[0]
    plan = make_plan(edition.module, Mode.ASSURED, today, {}, rng)
    assert plan is not None
    packed = orjson.dumps([(p.question_id, p.order) for p in plan]).decode()
    with service.database.writing() as connection:
        ids = connection.execute(select(person.c.id)).scalars().all()
        rows = []
        for person_id in ids:
            for module in modules:
                if rng.random() < 0.5:
                    at = service.now() - timedelta(days=rng.randrange(1400))
                    rows.append(
                        {
                            "id": new_id(),
                            "person_id": person_id,
                            "module": module,
                            "edition_id": edition.id,
                            "mode": "assured",
                            "plan": packed,
                            "started_at": at,
                            "submitted_at": at,
                            "passed": True,
                            "share": 0.9,
                        }
                    )
            if len(rows) > 20000 or (rows and person_id == ids[-1]):
                write(connection, rows, list(edition.module.objectives), rng)
                rows = []


def write(
    connection: Connection, rows: list[dict[str, Any]], objectives: list[str], rng: Random
) -> None:
    """Attempts, and what each showed of every objective."""
    connection.execute(insert(attempt), rows)
    shown = [
        {
            "attempt_id": row["id"],
            "objective": objective,
            "asked": 2,
            "right_count": 2 if rng.random() < 0.8 else 1,
        }
        for row in rows
        for objective in objectives
    ]
    connection.execute(insert(attempt_objective), shown)


def board(service: Service) -> None:
    """The night's count for the board, then its page with a year of months."""
    today = service.standings.today()
    lead = service.duties.whose("p0@large.example")
    service.people.grant("p0@large.example", Role.LEAD, "Large")
    timed("the board's figures of this month", lambda: service.counting.month(today))
    with service.database.writing() as connection:
        figures = [row._asdict() for row in connection.execute(select(board_figure))]
        for month in range(1, 12):
            earlier = {"month": date(today.year - 1, month, 1)}
            connection.execute(insert(board_figure), [{**row, **earlier} for row in figures])
    pages = create_app(service).test_client()
    with pages.session_transaction() as session:
        session.update(p=str(lead), e=0)
    for path in ("/board", "/board/export.csv"):
        pages.get(path)

        def ten_times(path: str = path) -> None:
            for _ in range(10):
                assert pages.get(path).status_code == 200

        timed(f"{path}, ten times", ten_times)


def one_standing(service: Service) -> None:
    """CPU of one person's standing with one module, from facts in hand."""
    with service.database.reading() as connection:
        ids = service.standings.everybody(connection)[:100]
        facts = [
            f for _, _, f in service.standings.facts(connection, ids, service.standings.modules())
        ]
    today = service.standings.today()
    began = time.process_time()
    for known in facts:
        due.standing(known, today)
    each = (time.process_time() - began) / len(facts)
    print(f"{'standing of one person with one module':<44}{each * 1e6:>8.0f} µs of CPU")


if __name__ == "__main__":
    main()
