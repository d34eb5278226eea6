"""A large partnership, made up: import, standing, the night, what managers see. In `make bench`.

PEOPLE=100000 python -m tools.bench_scale; its editions are made up and never shipped.
"""

import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import insert, select

from questions.bank import SHIPPED, Bank, read_bank
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot.access import Role
from quizbot.config import Settings
from quizbot.figures.team.attention import attention_for
from quizbot.rules import due
from quizbot.rules.pick import Mode, make_plan
from quizbot.service import Service, open_service
from quizbot.standing.requirements import Draft
from quizbot.standing.standings import chunks
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from quizbot.store.tables import answer, attempt, attempt_objective, board_figure, new_id, person
from web import create_app

PEOPLE = int(os.environ.get("PEOPLE", "100000"))
MODULES = 8
TEAM = 50
ANSWERS = 20 * PEOPLE
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
        managers(service)
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


def people_file(folder: Path, people: int = PEOPLE) -> Path:
    """A whole extract: teams of fifty under twenty agencies, each with a manager; one of twelve."""
    path = folder / "people.csv"
    with path.open("w") as file:
        file.write("staff_ref,name,email,unit,job,started_on,manager\n")
        for number in range(people):
            team = number // TEAM
            manager = "" if number % TEAM == 0 else f"P{team * TEAM}"
            day = date(2018, 1, 1) + timedelta(days=number * 7 % 3000)
            file.write(
                f"P{number},Person {number},p{number}@large.example,"
                f"Large/Agency {team % 20}/Team {team},Worker,{day},{manager}\n"
            )
        for number in range(13):
            file.write(
                f"S{number},Small {number},s{number}@large.example,Large/Agency 0/Small team,"
                f"Worker,2020-01-01,{'S0' if number else ''}\n"
            )
    return path


def rules_and_passes(service: Service) -> None:
    """Two rules over everybody, a pass of half of the people in each module, and its answers."""
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
    with service.database.reading() as connection:
        ids = connection.execute(select(person.c.id)).scalars().all()
    left = ANSWERS
    for some in chunks(ids, 2000):
        passes = [
            (person_id, module, rng.randrange(1400))
            for person_id in some
            for module in modules
            if rng.random() < 0.5
        ]
        left -= write(service, passes, rng, left)
    print(f"{len(ids)} people, {ANSWERS - left} answers")


def write(service: Service, passes: list[tuple[UUID, str, int]], rng: Random, answers: int) -> int:
    """Attempts, each so many days ago, and what it showed; how many answers were written too."""
    edition = service.editions.all_current()[0]
    plan = make_plan(edition.module, Mode.ASSURED, service.standings.today(), {}, rng)
    assert plan is not None
    asked = {question.id: question.objective for question in edition.module.questions}
    fixed = {
        "edition_id": edition.id,
        "mode": "assured",
        "plan": json.dumps([(p.question_id, p.order) for p in plan]),
        "passed": True,
        "share": 0.9,
    }
    rows = []
    for person_id, module, ago in passes:
        at = service.now() - timedelta(days=ago)
        row = {"id": new_id(), "person_id": person_id, "module": module, **fixed}
        rows.append(row | {"started_at": at, "submitted_at": at})
    shown = [
        {
            "attempt_id": row["id"],
            "objective": objective,
            "asked": 2,
            "right_count": 2 if rng.random() < 0.8 else 1,
        }
        for row in rows
        for objective in edition.module.objectives
    ]
    answered = [
        {
            "attempt_id": row["id"],
            "number": number,
            "question_id": planned.question_id,
            "objective": asked[planned.question_id],
            "reply": "a",
            "is_right": True,
            "flagged": False,
            "answered_at": row["submitted_at"],
        }
        for row in rows[: max(0, answers) // len(plan)]
        for number, planned in enumerate(plan, 1)
    ]
    with service.database.writing() as connection:
        connection.execute(insert(attempt), rows)
        connection.execute(insert(attempt_objective), shown)
        if answered:
            connection.execute(insert(answer), answered)
    return len(answered)


def board(service: Service) -> None:
    """The night's count for the board, then its page with a year of months."""
    today = service.standings.today()
    lead = service.people.whose("p0@large.example")
    service.people.grant("p0@large.example", Role.LEAD, "Large")
    timed("the board's figures of this month", lambda: service.counting.month(today))
    with service.database.writing() as connection:
        figures = [row._asdict() for row in connection.execute(select(board_figure))]
        for month in range(1, 12):
            earlier = {"month": date(today.year - 1, month, 1)}
            connection.execute(insert(board_figure), [{**row, **earlier} for row in figures])
    pages = signed_in(service, lead)
    for path in ("/board", "/board/export.csv"):
        pages.get(path)

        def ten_times(path: str = path) -> None:
            for _ in range(10):
                assert pages.get(path).status_code == 200

        timed(f"{path}, ten times", ten_times)


def signed_in(service: Service, who: UUID) -> FlaskClient:
    """The pages as somebody sees them."""
    pages = create_app(service).test_client()
    with pages.session_transaction() as session:
        session.update(p=str(who), e=0)
    return pages


def managers(service: Service) -> None:
    """Pages of teams of 12 and of 400 and a person's own, with ten times the history too; CSV."""
    small, large, whole = (
        service.people.whose(f"{name}@large.example") for name in ("s0", "s1", "s2")
    )
    for team in range(8):
        service.people.grant("s1@large.example", Role.MANAGER, f"Large/Agency {team}/Team {team}")
    service.people.grant("s2@large.example", Role.MANAGER, "Large")
    twelve, many = service.reports.team(small), service.reports.team(large)
    print(f"teams of {len(twelve.lines)} and {len(many.lines)} people")
    theirs = [line.person_id for line in (*twelve.lines, *many.lines)]
    own = signed_in(service, theirs[0])
    asks = {
        "/team of 12": (signed_in(service, small), "/team"),
        "/team of 400": (signed_in(service, large), "/team"),
        "/me": (own, "/me"),
    }
    history(service, theirs, 3)
    before = {name: each(*ask) for name, ask in asks.items()}
    history(service, theirs, 27)
    for name, ask in asks.items():
        after = each(*ask)
        ratio = after / before[name]
        print(
            f"{name:<44}{before[name] * 1e3:>8.1f} ms of CPU, "
            f"× {ratio:.2f} with ten times the history",
            flush=True,
        )
    titles, today = dict(many.modules), service.standings.today()
    began = time.process_time()
    attention_for(many.lines, titles, today)
    used = time.process_time() - began
    print(f"{'of it who of 400 needs attention':<44}{used * 1e3:>8.1f} ms of CPU")
    timed("CSV of all", lambda: taken_away(signed_in(service, whole), "/team/export.csv"))


def history(service: Service, people: list[UUID], times: int) -> None:
    """So many earlier attempts of each person at each module."""
    rng = Random(times)
    for some in chunks(people, 50):
        passes = [
            (person_id, module, 1401 + rng.randrange(2000))
            for person_id in some
            for module in service.standings.modules()
            for _ in range(times)
        ]
        write(service, passes, rng, 20 * len(passes))


def each(pages: FlaskClient, path: str) -> float:
    """CPU seconds of one page: the median of many."""
    times = []
    for _ in range(25):
        began = time.process_time()
        assert pages.get(path).status_code == 200
        times.append(time.process_time() - began)
    return median(times)


def taken_away(pages: FlaskClient, path: str) -> None:
    """A whole file bit by bit, and by how much memory grew meanwhile."""
    sent = pages.get(path, buffered=False)
    lines, before, most = 0, in_use(), 0
    for portion in sent.iter_encoded():
        lines += portion.count(b"\n")
        if lines % 5000 == 0:
            most = max(most, in_use())
    print(f"{lines} lines, {max(0, most - before)} MB more than before the first of them")


def in_use() -> int:
    """Memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() >> 20


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
