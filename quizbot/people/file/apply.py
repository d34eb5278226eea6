"""Writing what an import has planned, in one transaction, a portion at a time."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, update

from quizbot.outbox.notices import Notices
from quizbot.people.file.person_change import Kind, PostChange
from quizbot.people.file.plan import PersonLine, Plan
from quizbot.people.file.sheet import PORTION
from quizbot.people.leaving import close
from quizbot.signin import given_out
from quizbot.signin.readdressed import readdress
from quizbot.standing.standings import forget
from quizbot.store.audit import Audit
from quizbot.store.tables import new_id, person, post, unit

KINDS = ("partnership", "agency", "team")  # by depth; deeper ones are teams too
IDS_A_ROW = 500  # of the audit trail
T = TypeVar("T")

_PERSON = (
    update(person)
    .where(person.c.id == bindparam("whose"))
    .values(
        name=bindparam("name"),
        email=bindparam("email"),
        staff_ref=bindparam("staff_ref"),
        left_on=bindparam("left_on"),
        is_guest=bindparam("is_guest"),
    )
)
_NO_ADDRESS = update(person).where(person.c.id == bindparam("whose")).values(email=None)
_POST = (
    update(post)
    .where(post.c.id == bindparam("which"))
    .values(
        job=bindparam("job"),
        manager_id=bindparam("manager_id"),
        starts_on=bindparam("starts_on"),
        ends_on=bindparam("ends_on"),
    )
)
_KNOWN_SINCE = (
    update(post).where(post.c.id == bindparam("which")).values(recorded_on=bindparam("recorded_on"))
)


def apply(
    connection: Connection,
    plan: Plan,
    audit: Audit,
    notices: Notices,
    actor: UUID | str,
) -> None:
    """Do what the plan says; nothing planned leaves no trace."""
    if plan.counts.is_nothing:
        return
    units = _write_units(connection, plan)
    # Two may change addresses with each other: all that go are given up first.
    readdressed = plan.sheet.all(
        "SELECT id, known.email FROM known JOIN becomes ON becomes.person = known.id"
        " WHERE known.email IS NOT NULL AND becomes.email IS NOT known.email"
    )
    former = {UUID(bytes=id_): address for id_, address in readdressed}
    _run(connection, _NO_ADDRESS, ({"whose": whose} for whose in former))
    # Who has left and gives an address up is not written to there: it is another's now.
    handed_on = {UUID(bytes=id_) for (id_,) in plan.sheet.all("SELECT person FROM gives_up")}
    given_out.end(connection, handed_on)
    still = {who: address for who, address in former.items() if who not in handed_on}
    readdress(connection, notices, still)
    for who in sorted(handed_on):
        audit.add(connection, actor, "person.edit", who, fields=["email"])
    joining = plan.sheet.all(
        "SELECT person, name, email, ref, starts_on FROM becomes WHERE has_lines AND NOT is_known"
    )
    _run(connection, insert(person), map(_new_person, joining))
    for portion in _portions(plan.people(), IDS_A_ROW):
        _write(connection, portion, units, plan.today)
        forget(connection, [line.person_id for line in portion if line.first_day is None])
        touched: dict[str, list[str]] = {}
        for line in portion:
            touched.setdefault(line.change.kind.split()[0], []).append(str(line.person_id))
        details: dict[str, Any] = {"people": touched}
        others = [str(line.person_id) for line in portion if line.person_id in former]
        if others:
            details["address_changed"] = others
        audit.add(connection, actor, "people.import.part", **details)
    audit.add(connection, actor, "people.import", **vars(plan.counts))


def _write(
    connection: Connection, lines: list[PersonLine], units: dict[str, UUID], today: date
) -> None:
    """A portion of people: themselves, and their posts."""
    known = [line for line in lines if line.first_day is None]
    _run(connection, _PERSON, (_person(line) for line in known if _is_other(line)))
    leavers = [line.person_id for line in known if line.change.kind is Kind.LEAVES]
    if leavers:
        close(connection, leavers, today)
    # What was given out before they left does not come back with them.
    back = [line.person_id for line in known if line.change.kind is Kind.RETURNS]
    given_out.end(connection, back)
    changes = [(line.person_id, change) for line in lines for change in line.change.posts]
    new = (_new_post(who, c, units, today) for who, c in changes if c.before is None)
    _run(connection, insert(post), new)
    _run(connection, _POST, (_post(c) for _, c in changes if c.before is not None))
    # A start that moves back is news: nothing may be due before it was known.
    earlier = (c.before for _, c in changes if c.before and c.after.starts_on < c.before.starts_on)
    _run(connection, _KNOWN_SINCE, ({"which": e.post_id, "recorded_on": today} for e in earlier))


def add_unit(connection: Connection, unit_id: UUID, parent_id: UUID | None, path: str) -> None:
    """A new unit; its kind comes from its depth."""
    kind = KINDS[min(path.count("/"), len(KINDS) - 1)]
    name = path.rpartition("/")[2]
    connection.execute(
        insert(unit).values(id=unit_id, parent_id=parent_id, path=path, kind=kind, name=name)
    )


def _write_units(connection: Connection, plan: Plan) -> dict[str, UUID]:
    """Make or open again what is needed, from the top; every unit by its key."""
    units: dict[str, UUID] = {}
    rows = plan.sheet.all("SELECT key, id, path, is_new FROM unit ORDER BY LENGTH(path), key")
    for key, id_, path, is_new in rows:
        units[key] = UUID(bytes=id_)
        if is_new == 1:
            above = key.rpartition("/")[0]
            add_unit(connection, units[key], units[above] if above else None, path)
        elif is_new:
            connection.execute(update(unit).where(unit.c.id == units[key]).values(ended_on=None))
    return units


def _new_person(row: tuple[bytes, str, str | None, str | None, str]) -> dict[str, Any]:
    id_, name, email, staff_ref, starts_on = row
    return {
        "id": UUID(bytes=id_),
        "name": name,
        "email": email,
        "staff_ref": staff_ref,
        "started_on": date.fromisoformat(starts_on),
        "is_guest": False,
        "sign_in_epoch": 0,
    }


def _is_other(line: PersonLine) -> bool:
    return line.change.before != line.change.after


def _person(line: PersonLine) -> dict[str, Any]:
    after = line.change.after
    return {
        "whose": line.person_id,
        "name": after.name,
        "email": after.email,
        "staff_ref": after.staff_ref,
        "left_on": after.left_on,
        "is_guest": after.is_guest,
    }


def _new_post(
    person_id: UUID, change: PostChange, units: dict[str, UUID], today: date
) -> dict[str, Any]:
    after = change.after
    return {
        "id": new_id(),
        "person_id": person_id,
        "unit_id": units[after.unit_key],
        "job": after.job,
        "manager_id": after.manager_id,
        "starts_on": after.starts_on,
        "recorded_on": today,
    }


def _post(change: PostChange) -> dict[str, Any]:
    after = change.after
    return {
        "which": after.post_id,
        "job": after.job,
        "manager_id": after.manager_id,
        "starts_on": after.starts_on,
        "ends_on": after.ends_on,
    }


def _run(connection: Connection, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    for portion in _portions(rows):
        connection.execute(statement, portion)


def _portions(items: Iterable[T], size: int = PORTION) -> Iterator[list[T]]:
    rest = iter(items)
    while portion := list(islice(rest, size)):
        yield portion
