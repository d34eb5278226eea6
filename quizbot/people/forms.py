"""What a lead types about a person, checked: a name, an address, a post, a manager."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from quizbot.access import GUEST, has_address, is_below, is_open
from quizbot.clock import has_ended
from quizbot.errors import Mend
from quizbot.people.file.days import AHEAD, FIRST_YEAR
from quizbot.people.finding import has_number, whose
from quizbot.store.tables import new_id, person, post, unit
from quizbot.words import (
    LONGEST,
    folded_address,
    folded_job,
    is_address,
    is_showable,
    tidy,
    to_mend,
)


@dataclass(frozen=True)
class NewPost:
    """A post as a form gives it; the manager by staff number or address."""

    unit_id: UUID
    job: str
    starts_on: date
    manager: str = ""


def checked_who(
    connection: Connection,
    name: str,
    email: str,
    staff_ref: str,
    today: date,
    person_id: UUID | None = None,
) -> dict[str, str | None]:
    """Name, address and number; nobody else may have the latter two."""
    given = {"name": tidy(name), "email": folded_address(email), "staff_ref": tidy(staff_ref)}
    faults = dict(_who_faults(given))
    others = [person.c.id != person_id] if person_id else []
    for field, is_theirs in (
        ("email", has_address(given["email"])),
        ("staff_ref", has_number(given["staff_ref"])),
    ):
        if field in faults or not given[field]:
            continue
        row = connection.execute(select(person.c.left_on).where(is_theirs, *others)).first()
        if row is not None:
            has_left = has_ended(row.left_on, today)
            hint = ""
            if has_left:
                hint = (
                    ", who has left: find them and give them a post. If it is another’s now, take"
                    " it from their record first"
                )
            elif field == "email":
                hint = ": leave it empty, and print a sign-in slip"
            faults[field] = f"This belongs to somebody else here{hint}"
    if faults:
        raise Mend(**faults)
    return {field: value or None for field, value in given.items()}


def _who_faults(given: dict[str, str]) -> Iterator[tuple[str, str]]:
    if not given["name"]:
        yield "name", "Enter the name"
    if not given["email"] and not given["staff_ref"]:
        yield "email", "Enter an e-mail address, or else a staff number"
    elif given["email"] and not is_address(given["email"]):
        yield "email", "Enter an e-mail address, such as name@example.org"
    for field in ("name", "staff_ref"):
        if trouble := to_mend(given[field], LONGEST[field]):
            yield field, trouble


def checked_post(
    connection: Connection, over: tuple[str, ...], person_id: UUID, new: NewPost, today: date
) -> dict[str, Any]:
    """A post as its row."""
    checked_unit(connection, over, new.unit_id)
    job = checked_job(new.job)
    if new.starts_on.year < FIRST_YEAR:
        raise Mend(starts_on=f"The first day is before {FIRST_YEAR}: check the year")
    if new.starts_on > today + AHEAD:
        raise Mend(starts_on="The first day is more than two years ahead: check the year")
    rows = connection.execute(
        select(post.c.job).where(
            post.c.person_id == person_id,
            post.c.unit_id == new.unit_id,
            is_open(post, new.starts_on),
            is_open(post, today),
        )
    ).scalars()
    if any(folded_job(held) == folded_job(job) for held in rows):
        raise Mend(job="This person holds that post already")
    return {
        "id": new_id(),
        "person_id": person_id,
        "unit_id": new.unit_id,
        "job": job,
        "manager_id": checked_manager(connection, new.manager, person_id, today),
        "starts_on": new.starts_on,
        "recorded_on": today,
    }


def checked_unit(connection: Connection, over: tuple[str, ...], unit_id: UUID) -> str:
    """The path of a unit of the lead's."""
    path = connection.execute(
        select(unit.c.path).where(unit.c.id == unit_id, unit.c.ended_on.is_(None))
    ).scalar()
    if path is None or not is_below(path, over):
        raise Mend(unit="Choose one of the units that you lead")
    return str(path)


def checked_manager(
    connection: Connection, words: str, person_id: UUID, today: date
) -> UUID | None:
    """Who is meant as somebody's manager; nothing typed is nobody."""
    if not words.strip():
        return None
    found = whose(connection, words, today)
    if found is None:
        raise Mend(manager="Nobody here has this staff number or address: check it")
    if found == person_id:
        raise Mend(manager="Nobody is their own manager")
    if connection.execute(select(person.c.is_guest).where(person.c.id == found)).scalar():
        raise Mend(manager="A guest cannot manage anybody")
    return found


def checked_job(words: str) -> str:
    """The title of a job."""
    job = tidy(words)
    if not job:
        raise Mend(job="Enter the job title")
    if len(job) > LONGEST["job"] or not is_showable(job):
        raise Mend(job=f"Enter the job title in at most {LONGEST['job']} plain characters")
    if folded_job(job) == folded_job(GUEST):
        raise Mend(job=f"{GUEST} is for candidates: name the job")
    return job
