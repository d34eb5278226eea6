"""What tests of people files stand on: writing one, taking it in, and what is known then."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from sqlalchemy import select, update

from quizbot.errors import BadFile
from quizbot.people.file.in_words import told_people
from quizbot.people.people import Imported
from quizbot.service import Service
from quizbot.store.tables import audit, person, post, role_grant, unit

HEAD = "staff_ref,name,email,unit,job,started_on,manager"
TEAM = "Northmoor/Council/Assessment"


@dataclass(repr=False)  # a service is too long to be read in a failed example
class Files:
    """Takes in lines as an operator does, and tells what became of everybody."""

    service: Service
    folder: Path

    def write(self, *lines: str, head: str = HEAD) -> Path:
        """A file with these lines."""
        path = self.folder / "hr.csv"
        path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
        return path

    def take(self, *lines: str, head: str = HEAD, **options) -> Imported:
        """Import them."""
        return self.service.people.import_file(self.write(*lines, head=head), **options)

    def plan(self, *lines: str, options) -> tuple[Imported, list[str]]:
        """What they would do: counts, and each line of a dry run."""
        with self.service.people.plan(self.write(*lines), options) as plan:
            told = [line for one in told_people(plan) for line in (one.heading, *one.details)]
            return plan.counts, told

    def people(self) -> dict[str, tuple]:
        """Everybody by name: address, number, last day, and whether they are a guest."""
        with self.service.database.reading() as connection:
            rows = connection.execute(select(person)).all()
        return {row.name: (row.email, row.staff_ref, row.left_on, row.is_guest) for row in rows}

    def posts(self, name: str) -> list[tuple]:
        """Somebody's posts, by start: unit, job, manager, first and last day."""
        chief = person.alias("chief")
        query = (
            select(unit.c.path, post.c.job, chief.c.name, post.c.starts_on, post.c.ends_on)
            .join(unit, unit.c.id == post.c.unit_id)
            .join(person, person.c.id == post.c.person_id)
            .outerjoin(chief, chief.c.id == post.c.manager_id)
            .where(person.c.name == name)
            .order_by(post.c.starts_on, unit.c.path)
        )
        with self.service.database.reading() as connection:
            return [
                (row[0], row[1], row[2], str(row[3]), row[4] and str(row[4]))
                for row in connection.execute(query)
            ]

    def everything(self) -> tuple[dict[str, tuple], dict[str, list[tuple]], list[tuple]]:
        """All that an import may change, without ids."""
        people = self.people()
        query = (
            select(person.c.name, unit.c.path, role_grant.c.role, role_grant.c.ends_on)
            .join(person, person.c.id == role_grant.c.person_id)
            .join(unit, unit.c.id == role_grant.c.unit_id)
        )
        with self.service.database.reading() as connection:
            roles = sorted(map(tuple, connection.execute(query)), key=str)
        return people, {name: self.posts(name) for name in people}, roles

    def audited(self) -> list[str]:
        """The actions of the audit trail."""
        with self.service.database.reading() as connection:
            return list(
                connection.execute(select(audit.c.action).order_by(audit.c.number)).scalars()
            )


def workbook_of(*rows: tuple, zeros: int = 0) -> bytes:
    """A workbook with one sheet, its numbers shown with as many digits."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell in (cell for row in book.active.iter_rows() for cell in row):
        if zeros and isinstance(cell.value, int):
            cell.number_format = "0" * zeros
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def faults_of(refuse: Callable[[], object]) -> list[str]:
    """The faults that a file is refused for."""
    try:
        refuse()
    except BadFile as error:
        return list(error.faults) or [str(error)]
    raise AssertionError("it was taken")


def without_address(service, person_id):
    """Somebody has no work address any more."""
    with service.database.writing() as connection:
        connection.execute(update(person).where(person.c.id == person_id).values(email=None))
    return person_id
